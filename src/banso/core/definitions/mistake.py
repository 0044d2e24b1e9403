"""What is wrong with a set of definitions: where, and what was probably meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from banso.core.wording import Wording


@dataclass(frozen=True, order=True)
class Mistake:
    """line, column: from 1, as editors count. level: an error stops the set, a warning does not."""

    file: str
    line: int
    column: int
    message: Wording
    suggestion: str | None = None
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{self.file}:{self.line}:{self.column}: {self.level}: {self.message}{hint}"


class DefinitionError(ValueError):
    """The set can't be used; `mistakes` holds every error and warning, in order of place."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = in_order(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def in_order(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Each once, by file and place."""
    return tuple(sorted(set(mistakes), key=lambda m: (*_place(m), m.message, m.suggestion or "")))


def _place(mistake: Mistake) -> tuple[str, int, int]:
    return mistake.file, mistake.line, mistake.column
