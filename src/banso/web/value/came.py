"""How often what was expected came true."""

from collections.abc import Mapping
from dataclasses import dataclass

from banso.core.definitions.proof import Expect


@dataclass(frozen=True)
class CameTrue:
    """Told alerts of a rule, or runs of a play. settled: of how many it is known; waiting,
    unmeasured: the others."""

    expects: bool
    reached: int
    settled: int
    waiting: int
    unmeasured: int


def came_true(expect: Expect | None, counts: Mapping[str, int]) -> CameTrue:
    """counts: by what became of it."""
    reached = counts.get("reached", 0)
    return CameTrue(
        expects=expect is not None,
        reached=reached,
        settled=reached + counts.get("not_reached", 0),
        waiting=counts.get("open", 0),
        unmeasured=counts.get("unmeasured", 0),
    )
