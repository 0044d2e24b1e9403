"""A histogram with the thresholds of the definitions drawn on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from banso.core.metrics.histogram import Histogram

Show = Callable[[float], str]


@dataclass(frozen=True)
class Line:
    """A threshold: value and operator as in Histogram.place. name: what stands at the line.
    colour: a CSS variable."""

    value: float
    operator: str
    name: str
    colour: str


@dataclass(frozen=True)
class Bar:
    """outside: it gathers all that lies beyond the bins."""

    label: str
    accounts: int
    outside: bool = False


def bars(histogram: Histogram, show: Show) -> Sequence[Bar]:
    """The bins, and beyond them what lies outside, where there is any. show: a value in words."""
    edges = histogram.edges
    found = [
        Bar(_label(low, high, histogram, show), accounts)
        for low, high, accounts in zip(edges, edges[1:], histogram.counts, strict=False)
    ]
    if histogram.below:
        found.insert(0, Bar(f"< {show(edges[0])}", histogram.below, outside=True))
    if histogram.above:
        found.append(Bar(f"≥ {show(edges[-1])}", histogram.above, outside=True))
    return found


def _label(low: float, high: float, histogram: Histogram, show: Show) -> str:
    """Whole numbers by the first and last one, others up to where the next bin begins."""
    if not histogram.whole:
        return f"{show(low)} – {show(high)}"
    return show(low) if high - low == 1 else f"{show(low)} – {show(high - 1)}"


def options(histogram: Histogram, lines: Sequence[Line], show: Show) -> dict[str, Any]:
    """For the tag `chart`. Lines stand on an axis of their own that counts bins, so that they are
    right on bins of any width; lines in one place share a label."""
    shown = bars(histogram, show)
    offset = 1 if histogram.below else 0
    return {
        "tooltip": {"trigger": "item"},
        "grid": {"top": 32, "right": 28},
        "xAxis": [
            {"type": "category", "data": [bar.label for bar in shown]},
            {"type": "value", "min": 0, "max": len(shown), "show": False},
        ],
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar",
                "name": gettext("Accounts"),
                "barCategoryGap": "12%",
                "barMaxWidth": 200,
                "data": [_item(bar) for bar in shown],
            },
            {
                "type": "line",
                "xAxisIndex": 1,
                "data": [[0, 0]],
                "symbol": "none",
                "silent": True,
                "markLine": {"data": _marks(histogram, lines, offset)},
            },
        ],
    }


def _item(bar: Bar) -> dict[str, Any]:
    colour = "--chart-axis" if bar.outside else "--chart-1"
    return {"value": bar.accounts, "itemStyle": {"color": colour}}


def _marks(histogram: Histogram, lines: Sequence[Line], offset: int) -> list[dict[str, Any]]:
    together: dict[float, list[Line]] = {}
    for line in lines:
        place = histogram.place(line.value, line.operator)
        if place is not None:
            together.setdefault(round(place + offset, 4), []).append(line)
    return [
        {
            "xAxis": place,
            "lineStyle": {"color": here[0].colour, "width": 1.5},
            "label": {"formatter": ", ".join(line.name for line in here)},
        }
        for place, here in sorted(together.items())
    ]
