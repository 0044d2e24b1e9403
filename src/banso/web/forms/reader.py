"""What an address says, value by value."""

from collections.abc import Container, Mapping
from datetime import date

from banso.desk.queries.briefs import NOBODY
from banso.web.forms.alerts import NO_OWNER

BIGGEST = 2**63 - 1
LONGEST = 18
"""Digits of a number that is read."""


class Reader:
    """Reads parameters, and remembers in `unknown` those whose value means nothing: of a stage
    that was renamed since somebody shared the address, say. They count as not there."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self.parameters = parameters
        self.unknown: dict[str, str] = {}

    def one_of(self, name: str, known: Container[str]) -> str:
        """Empty where it is not there or not known."""
        value = self.parameters.get(name, "")
        return value if not value or value in known else self._forget(name, value)

    def number(self, name: str, *, most: int) -> int | None:
        """A whole number from 0 to `most`."""
        value = self.parameters.get(name, "")
        if value.isascii() and value.isdecimal() and len(value) <= LONGEST and int(value) <= most:
            return int(value)
        if value:
            self._forget(name, value)
        return None

    def owner(self) -> int | None:
        """A member's id; NOBODY for accounts that have no owner."""
        if self.parameters.get("owner") == NO_OWNER:
            return NOBODY
        return self.number("owner", most=BIGGEST)

    def day(self, name: str) -> date | None:
        value = self.parameters.get(name, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self._forget(name, value)
            return None

    def _forget(self, name: str, value: str) -> str:
        self.unknown[name] = value
        return ""
