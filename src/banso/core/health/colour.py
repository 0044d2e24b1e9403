"""The words in which health is told to people and to rules."""

from enum import IntEnum


class Colour(IntEnum):
    """Codes of the colour arrays; -1 there means that the account is not on the journey."""

    HEALTHY = 0
    WATCH = 1
    AT_RISK = 2
    UNMEASURED = 3

    @property
    def code(self) -> str:
        """The word used in rules, JSON and on screens: `at_risk`."""
        return self.name.lower()


COLOURS: tuple[str, ...] = tuple(colour.code for colour in Colour)
OFF_JOURNEY = -1
