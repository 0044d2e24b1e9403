"""A few dozen counts as a small picture of thin bars, drawn by the template."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 96, 24, 1.5


@dataclass(frozen=True)
class Bars:
    """path: of an SVG with viewBox 0 0 96 24; empty where all counts are 0."""

    path: str
    most: int
    zeros: int


def bars(counts: Sequence[int]) -> Bars:
    most = max(counts, default=0)
    step = (WIDTH - 2 * EDGE) / max(len(counts) - 1, 1)
    pieces = [
        f"M{EDGE + at * step:.1f} {HEIGHT - EDGE:g}V{_top(count, most):.1f}"
        for at, count in enumerate(counts)
        if count
    ]
    return Bars("".join(pieces), most, sum(not count for count in counts))


def _top(count: int, most: int) -> float:
    return HEIGHT - EDGE - max(count / most * (HEIGHT - 2 * EDGE), 1)
