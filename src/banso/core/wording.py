"""Sentences of the checker that can be said in another language too."""

from __future__ import annotations

from collections.abc import Callable


class Wording(str):
    """A sentence in English that remembers its pattern (with {name} for each value) and its values,
    which may be wordings themselves. Screens translate the pattern; everything else takes it as
    the text it is."""

    pattern: str
    values: dict[str, object]

    def translated(self, translate: Callable[[str], str]) -> str:
        """translate: from a pattern to that of the reader's language."""
        said = {
            name: value.translated(translate) if isinstance(value, Wording) else value
            for name, value in self.values.items()
        }
        return translate(self.pattern).format(**said)


def worded(pattern: str, /, **values: object) -> Wording:
    """The sentence of str.format(pattern, **values). The pattern must stand here as it is written
    in the catalogue: `./run messages` reads it from the source."""
    wording = Wording(pattern.format(**values))
    wording.pattern, wording.values = pattern, values
    return wording
