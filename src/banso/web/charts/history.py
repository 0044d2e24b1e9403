"""A number over the whole history as an ECharts picture: gaps where it is unmeasured, shaded by
reason; below it what happened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from banso.core.health import COLOURS
from banso.core.unmeasured import Reason
from banso.web.components import reason_words, state_word

MOST_POINTS = 1_100
"""Three years of days; a longer history shows every seventh day, so that pages stay small."""

Options = dict[str, Any]
Kind = Literal["stage", "opened", "closed", "definitions"]

SHADES: Mapping[Reason, tuple[str, float]] = {
    Reason.NOT_APPLICABLE: ("--chart-grid", 0.7),
    Reason.BEFORE_FIRST_DATA: ("--chart-axis", 0.35),
    Reason.NO_SOURCE: ("--chart-axis", 0.6),
    Reason.SOURCE_LATE: ("--watch-mark", 0.3),
}
SYMBOLS: Mapping[Kind, tuple[str, str, int]] = {
    "stage": ("diamond", "--chart-1", 11),
    "opened": ("triangle", "--at-risk-mark", 10),
    "closed": ("circle", "--healthy-mark", 8),
    "definitions": ("rect", "--chart-5", 8),
}
MARKS = {"healthy": "--healthy-mark", "watch": "--watch-mark", "at_risk": "--at-risk-mark"}


@dataclass(frozen=True)
class Mark:
    """Something that happened on a day, told beside the line."""

    day: date
    kind: Kind
    text: str


@dataclass(frozen=True)
class Line:
    """One number by day from `first` on. values: NaN where unmeasured; reasons: Reason codes.
    figures: how numbers are shown, for Intl.NumberFormat."""

    name: str
    first: date
    values: NDArray[np.float64]
    reasons: NDArray[np.uint8]
    figures: Mapping[str, object]

    @property
    def step(self) -> int:
        return 1 if len(self.values) <= MOST_POINTS else 7

    def days(self) -> Iterator[tuple[int, date]]:
        """Index and date of the days that are shown; the last one always is."""
        last = len(self.values) - 1
        for index in range(last % self.step, last + 1, self.step):
            yield index, self.first + timedelta(days=index)


def kind_word(kind: Kind) -> str:
    return {
        "stage": gettext("Stage"),
        "opened": gettext("Alert opened"),
        "closed": gettext("Alert closed"),
        "definitions": gettext("Definitions changed"),
    }[kind]


def options(line: Line, marks: Sequence[Mark], *, today: date | None = None) -> Options:
    """today: the day that is looked at, where it is not the last one."""
    grids = Grids(line, colours=False)
    drawn = {"type": "line", "name": line.name, "data": _points(line), "z": 3}
    drawn["markLine"] = {"data": _lines(marks, today)}
    return grids.picture([drawn, *_unmeasured(line), *_marks(marks, grid=1)])


def score_options(
    line: Line,
    marks: Sequence[Mark],
    colours: NDArray[np.int8],
    *,
    watch: float,
    healthy: float,
    today: date | None = None,
) -> Options:
    """A journey's score over the bands of its colours, and under it the colour of each day, which
    a critical condition or low confidence may have made another one. colours: codes by day, -1
    off the journey."""
    grids = Grids(line, colours=True)
    drawn = {"type": "line", "name": line.name, "data": _points(line), "z": 3}
    drawn["markLine"] = {"data": _lines(marks, today)}
    drawn["markArea"] = {"silent": True, "data": _bands(watch, healthy)}
    picture = grids.picture(
        [drawn, *_unmeasured(line), *_marks(marks, grid=2), *_strip(line, colours)]
    )
    picture["yAxis"][0].update({"min": 0, "max": 100})
    return picture


@dataclass(frozen=True)
class Grids:
    """The picture's parts, from above: the line, (the colours,) what happened."""

    line: Line
    colours: bool

    def picture(self, series: list[Options]) -> Options:
        last = self.line.first + timedelta(days=len(self.line.values) - 1)
        heights = [  # the line's own days stand between it and what is below it: 24 pixels
            (100 if self.colours else 84, None),
            *([(66, 10)] if self.colours else []),
            (40, 20),
        ]
        grids = [
            {**SIDES, "bottom": bottom, **({"height": h} if h else {"top": 34})}
            for bottom, h in heights
        ]
        axes = range(len(grids))
        bounds = {"min": str(self.line.first), "max": str(last)}
        return {
            "figures": dict(self.line.figures),
            "grid": grids,
            "legend": {"type": "scroll", "left": 40, "right": 12},
            "tooltip": {"trigger": "axis", "axisPointer": {"type": "line"}},
            # what happened is told where it stands: its axis goes its own way
            "axisPointer": {"link": [{"xAxisIndex": list(axes)[:-1]}]},
            "dataZoom": [
                {"type": "inside", "xAxisIndex": list(axes), "zoomOnMouseWheel": "ctrl"},
                {"type": "slider", "xAxisIndex": list(axes)},
            ],
            "xAxis": [
                {"type": "time", "gridIndex": n, **bounds, **({} if n == 0 else HIDDEN)}
                for n in axes
            ],
            "yAxis": [
                {"type": "value", "gridIndex": 0, "scale": True},
                *(
                    {"type": "value", "gridIndex": n, "min": 0, "max": 1, "show": False}
                    for n in axes
                    if n
                ),
                {"type": "value", "gridIndex": 0, "min": 0, "max": 1, "show": False},
            ],
            "series": [_placed(one, len(grids)) for one in series],
        }


SIDES = {"left": 52, "right": 12, "outerBoundsMode": "none"}
HIDDEN = {"axisLabel": {"show": False}, "axisLine": {"show": False}}
TOLD = {"x": 0, "y": 1, "tooltip": [2]}
DIMENSIONS = [
    {"name": "day", "type": "time"},
    {"name": "place"},
    {"name": "told", "type": "ordinal"},
]


def _placed(one: Options, grids: int) -> Options:
    """grid: where it stands; `over` stands over the line and counts from 0 to 1."""
    grid = one.pop("grid", 0)
    if grid == "over":
        return {**one, "xAxisIndex": 0, "yAxisIndex": grids}
    return {**one, "xAxisIndex": grid, "yAxisIndex": grid}


def _points(line: Line) -> list[list[object]]:
    return [[str(day), _rounded(line.values[index])] for index, day in line.days()]


def _rounded(value: np.float64) -> float | None:
    """Five digits are more than a picture shows; whole numbers stay whole."""
    if np.isnan(value):
        return None
    short = float(f"{value:.5g}")
    return int(short) if short == int(short) else short


def _unmeasured(line: Line) -> Iterator[Options]:
    """One shade for each reason that occurs."""
    for reason, (colour, opacity) in SHADES.items():
        if not (line.reasons == reason).any():
            continue
        shade = {"color": colour, "opacity": opacity}
        yield {
            "grid": "over",
            "type": "line",
            "name": reason_words(reason),
            "step": "end",
            "symbol": "none",
            "silent": True,
            "lineStyle": {"width": 0},
            "itemStyle": shade,
            "areaStyle": {**shade, "origin": "start"},
            "dimensions": DIMENSIONS,
            "encode": TOLD,
            "data": list(_runs(line, line.reasons == reason, gettext("Unmeasured"))),
        }


def _runs(line: Line, where: NDArray[np.bool_], told: str) -> Iterator[list[object]]:
    """Points of the days where it is so, each run closed by an empty one."""
    for so, group in groupby(line.days(), key=lambda x: bool(where[x[0]])):
        days = [day for _, day in group]
        if so:
            yield from ([str(day), 1, told] for day in days)
            yield [str(days[-1] + timedelta(days=line.step)), 1, told]
            yield [str(days[-1] + timedelta(days=line.step)), None, ""]


def _marks(marks: Sequence[Mark], *, grid: int) -> Iterator[Options]:
    for kind, (symbol, colour, size) in SYMBOLS.items():
        mine = [x for x in marks if x.kind == kind]
        if mine:
            yield {
                "grid": grid,
                "type": "scatter",
                "name": kind_word(kind),
                "symbol": symbol,
                "symbolSize": size,
                "itemStyle": {"color": colour},
                "dimensions": DIMENSIONS,
                "encode": TOLD,
                "data": [[str(x.day), 0.5, x.text] for x in mine],
            }


def _lines(marks: Sequence[Mark], today: date | None) -> list[Options]:
    """Through the line where its meaning changes, and at the day that is looked at."""
    found: list[Options] = [
        {"xAxis": str(x.day), "label": {"show": False}}
        for x in marks
        if x.kind in ("stage", "definitions")
    ]
    if today is not None:
        style = {"color": "--focus", "width": 2, "type": "solid"}
        found.append({"xAxis": str(today), "label": {"show": False}, "lineStyle": style})
    return found


def _bands(watch: float, healthy: float) -> list[list[Options]]:
    bounds = ((0, watch, "--at-risk-tint"), (watch, healthy, "--watch-tint"))
    return [
        [{"yAxis": low, "itemStyle": {"color": colour}}, {"yAxis": high}]
        for low, high, colour in (*bounds, (healthy, 100, "--healthy-tint"))
    ]


def _strip(line: Line, colours: NDArray[np.int8]) -> Iterator[Options]:
    """The colour of each day, as it was given."""
    for code, name in enumerate(COLOURS):
        if not (colours == code).any():
            continue
        colour = MARKS.get(name, "--chart-axis")
        yield {
            "grid": 1,
            "type": "line",
            "name": state_word(name),
            "step": "end",
            "symbol": "none",
            "silent": True,
            "lineStyle": {"width": 0},
            "itemStyle": {"color": colour},
            "areaStyle": {"color": colour, "opacity": 1, "origin": "start"},
            "dimensions": DIMENSIONS,
            "encode": TOLD,
            "data": list(_runs(line, colours == code, "")),
        }
