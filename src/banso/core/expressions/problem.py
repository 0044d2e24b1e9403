"""What is wrong with an expression, where, and what was probably meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from banso.core.wording import Wording


@dataclass(frozen=True)
class Problem:
    """offset: 0-based character of the text. suggestion: the right spelling, where one is near.
    unknown_name: the name that the scope does not have, where that is the problem."""

    message: Wording
    offset: int
    suggestion: str | None = None
    unknown_name: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion}" if self.suggestion else ""
        return f"character {self.offset + 1}: {self.message}{hint}"


class ExpressionError(ValueError):
    """The text is not an expression of the language; `problems` holds all that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda p: (p.offset, p.message)))
        super().__init__("; ".join(str(problem) for problem in self.problems))


def nearest(word: str, candidates: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The candidate most like `word`, or None where none is like it."""
    names = sorted(set(candidates))
    by_lower = {name.lower(): name for name in names}
    found = get_close_matches(word.lower(), sorted(by_lower), n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None
