"""Random journeys over random panels, and what they should come to: told slowly, a cell at a time,
as the sentences of the documentation say it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from banso.core.unmeasured import Reason

from .conftest import Cell, Rows

MEASURED, NA, LATE = Reason.MEASURED, Reason.NOT_APPLICABLE, Reason.SOURCE_LATE
METRICS = ("users", "depth", "idle")
OFF: Mapping[str, Cell] = dict.fromkeys(
    ("stage", "days_in_stage", "overdue", "score", "confidence", "colour"), NA
)
Written = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """journey: as written in YAML. rows: of the three metrics and of `customer`."""

    journey: Written
    rows: dict[str, Rows]

    @property
    def text(self) -> str:
        return json.dumps({"journeys": [self.journey]})


def _comparison() -> st.SearchStrategy[str]:
    return st.builds("{} {} {}".format, st.sampled_from(METRICS), st.just(">="), st.integers(1, 5))


def _condition() -> st.SearchStrategy[Written]:
    line = st.sampled_from([(0, 6), (5, 1), (1, 4)]).map(lambda x: {"poor": x[0], "good": x[1]})
    plain = st.fixed_dictionaries(
        {
            "condition": _comparison(),
            "weight": st.sampled_from([0.1, 0.2, 0.7, 1, 3]),
            "critical": st.booleans(),
        }
    )
    of = st.builds(lambda name, ends: {"of": name, **ends}, st.sampled_from(METRICS), line)
    return st.builds(lambda a, b: {**a, **b}, plain, st.one_of(st.just({}), of))


def _conditions() -> st.SearchStrategy[list[Written]]:
    return st.lists(_condition(), max_size=3, unique_by=lambda x: str(x["condition"]))


def _stage() -> st.SearchStrategy[Written]:
    return st.fixed_dictionaries(
        {"health": _conditions(), "enter": _comparison()},
        optional={"expected_days": st.integers(1, 4)},
    )


def _named(stages: Sequence[Written]) -> list[Written]:
    """The first has no condition to enter it."""
    return [
        {k: v for k, v in {**stage, "name": f"s{n}"}.items() if n > 0 or k != "enter"}
        for n, stage in enumerate(stages)
    ]


def journeys() -> st.SearchStrategy[Written]:
    return st.fixed_dictionaries(
        {
            "name": st.just("adoption"),
            "sticky": st.booleans(),
            "stages": st.lists(_stage(), min_size=1, max_size=3).map(_named),
            "minimum_confidence": st.sampled_from([0, 0.3, 0.5, 0.75, 1]),
        },
        optional={"applies": _comparison()},
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    accounts, days = draw(st.integers(1, 3)), draw(st.integers(1, 12))
    reason = st.sampled_from([x for x in Reason if x])
    cell: st.SearchStrategy[Cell] = st.integers(0, 6).map(float) | reason

    def rows(cell: st.SearchStrategy[Cell]) -> Rows:
        row = st.lists(cell, min_size=days, max_size=days)
        return draw(st.lists(row, min_size=accounts, max_size=accounts))

    drawn = {name: rows(cell) for name in METRICS}
    customer = st.sampled_from([True, True, True, False])
    return Case(draw(journeys()), {**drawn, "customer": rows(customer)})


@dataclass
class SlowAccount:
    """Goes through the days of one account. stage: -1 before it was on the journey."""

    journey: Written
    stage: int = -1
    entered: int = -1

    def __post_init__(self) -> None:
        self.known: dict[str, bool] = {}

    def live(self, day: int, cells: Mapping[str, Cell]) -> Mapping[str, Cell | None]:
        """What the history has of this day, `sees.X`: what rules see."""
        stages = self.journey["stages"]
        enters = [stage["enter"] for stage in stages[1:]]
        for text in [*enters, self.journey.get("applies", "")]:
            if text and not isinstance(truth := _truth(text, cells), Reason):
                self.known[text] = truth
        applies = self.journey.get("applies")
        if not cells["customer"] or (applies and not self.known.get(applies, False)):
            return _seen(OFF, dict.fromkeys(("score", "confidence", "colour", "late")))
        held = [
            _truth(x, cells) is True if self.journey["sticky"] else self.known.get(x, False)
            for x in enters
        ]
        reached = max([0, *(n for n, held_now in enumerate(held, 1) if held_now)])
        new = max(self.stage, reached) if self.journey["sticky"] else reached
        if new != self.stage:
            self.stage, self.entered = new, day
        first = self.stage + 1 if self.journey["sticky"] else max(self.stage, 1)
        hidden = any(_truth(x, cells) is LATE for x in enters[first - 1 :])
        return self._told(day, stages[self.stage], cells, hidden=hidden)

    def _told(
        self, day: int, stage: Written, cells: Mapping[str, Cell], *, hidden: bool
    ) -> Mapping[str, Cell | None]:
        parts = [(x, _points(x, cells)) for x in stage["health"]]
        earned = known = total = 0.0
        for condition, points in parts:
            total += condition["weight"]
            if not isinstance(points, Reason):
                earned += condition["weight"] * points
                known += condition["weight"]
        score = _rounded(100 * earned / known) if known else None
        confidence = _rounded(known / total) if total else 0.0
        fails = any(x["critical"] and _truth(x["condition"], cells) is False for x, _ in parts)
        colour = self._colour(score, confidence, fails=fails)
        late = any(points is LATE for _, points in parts)
        days = day - self.entered
        over = days > stage.get("expected_days", days)
        sees: dict[str, Cell] = {
            "stage": stage["name"],
            "days_in_stage": LATE if hidden else float(days),
            "overdue": LATE if hidden and over else over,
            "score": LATE if late else NA if score is None else score,
            "confidence": NA if not parts else LATE if late else confidence,
            "colour": LATE if late else colour,
        }
        kept = {"score": score, "confidence": confidence, "colour": colour, "late": late}
        return _seen(sees, kept)

    def _colour(self, score: float | None, confidence: float, *, fails: bool) -> str:
        if fails:
            return "at_risk"
        if score is None or confidence < self.journey["minimum_confidence"]:
            return "unmeasured"
        return "healthy" if score >= 70 else "watch" if score >= 40 else "at_risk"


def _seen(sees: Mapping[str, Cell], kept: Mapping[str, Cell | None]) -> Mapping[str, Cell | None]:
    return {**kept, **{f"sees.{name}": cell for name, cell in sees.items()}}


def _truth(text: str, cells: Mapping[str, Cell]) -> bool | Reason:
    name, _, threshold = text.split()
    value = cells[name]
    return value if isinstance(value, Reason) else float(value) >= int(threshold)


def _points(condition: Written, cells: Mapping[str, Cell]) -> float | Reason:
    holds = _truth(condition["condition"], cells)
    if "of" not in condition:
        return holds if isinstance(holds, Reason) else float(holds)
    value = cells[condition["of"]]
    unknown = [x for x in (holds, value) if isinstance(x, Reason)]
    if unknown:
        return max(unknown)
    poor, good = condition["poor"], condition["good"]
    return min(max((float(value) - poor) / (good - poor), 0.0), 1.0)


def _rounded(number: float) -> float:
    return float(np.round(number, 10))
