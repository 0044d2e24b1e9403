"""A draft beside the rule in force, as the last replay has shown it, for a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.desk.models import Account
from banso.desk.queries.backtests import accounts_named
from banso.desk.queries.members import names_by_handle
from banso.desk.queries.scope import Scope
from banso.web.definitions.places import outcome_label, rule_label
from banso.web.tags import day, number, percent, points, short_day

SHOWN = 12


@dataclass(frozen=True)
class Figure:
    """One line of the comparison. live: None where no such rule is in force. under: the interval
    below each."""

    word: str
    live: str | None
    draft: str
    live_under: str = ""
    draft_under: str = ""


@dataclass(frozen=True)
class OwnerRow:
    """a_week, most: of each side, None where that one never speaks to the owner."""

    owner: str
    live: tuple[float, int] | None
    draft: tuple[float, int] | None

    @property
    def sides(self) -> tuple[tuple[float, int] | None, tuple[float, int] | None]:
        return self.live, self.draft


@dataclass(frozen=True)
class OnlyList:
    """Accounts that the reader sees. left: how many more there are."""

    word: str
    rows: Sequence[tuple[Account, date]]
    total: int
    left: int


@dataclass(frozen=True)
class Compared:
    """overlap: other rules by the share of the draft's alerts beside which they were open."""

    first: date
    last: date
    outcome: Label | None
    figures: Sequence[Figure]
    owners: Sequence[OwnerRow]
    in_both: int
    only: Sequence[OnlyList]
    overlap: Sequence[tuple[str, Label, float]]
    opens: int
    closes: int
    chart: Mapping[str, Any]
    table: tuple[Sequence[str], Sequence[Sequence[str]]]


def compared_page(scope: Scope, definitions: Definitions, told: Mapping[str, Any]) -> Compared:
    """told: pipeline.compared.Comparison as it was kept. definitions: with the draft."""
    live, draft = told["live"], told["draft"]
    return Compared(
        first=date.fromisoformat(told["first"]),
        last=date.fromisoformat(told["last"]),
        outcome=outcome_label(definitions, told["outcome"]) if told["outcome"] else None,
        figures=_figures(live, draft),
        owners=_owners(live, draft),
        in_both=told["in_both"],
        only=[
            _only(scope, gettext("Only in the draft"), told["only_draft"], told["more_draft"]),
            _only(
                scope, gettext("Only in the rule in force"), told["only_live"], told["more_live"]
            ),
        ],
        overlap=[
            (name, rule_label(definitions.rules[name]), share)
            for name, share in draft.get("overlap", {}).items()
            if name in definitions.rules
        ],
        opens=len(told["would_open"]),
        closes=len(told["would_close"]),
        chart=_chart(live, draft),
        table=_table(live, draft),
    )


def _figures(live: Mapping[str, Any] | None, draft: Mapping[str, Any]) -> list[Figure]:
    plain = (
        (gettext("Alerts a week, last 26 weeks"), "a_week", 1),
        (gettext("Alerts in all"), "alerts", 0),
        (gettext("Accounts"), "accounts", 0),
        (gettext("Not told in their week"), "held_back", 0),
    )
    made = [
        Figure(word, number(live[name], places) if live else None, number(draft[name], places))
        for word, name, places in plain
    ]
    return [*made, *_judged(live, draft)]


Say = Callable[[Mapping[str, Any]], tuple[str, str]]
"""A cell of the table and what stands below it."""


def _judged(live: Mapping[str, Any] | None, draft: Mapping[str, Any]) -> list[Figure]:
    """How often right, on all days and on those to which the rule was not fitted. What was kept by
    an earlier version lacks some of it."""
    said: tuple[tuple[str, Say], ...] = (
        (gettext("Right"), _right),
        (gettext("By chance"), _chance),
        (
            gettext("Earlier days, to which the rule may have been fitted"),
            lambda side: _part(side.get("fitting")),
        ),
        (gettext("Later days, left untouched"), lambda side: _part(side.get("untouched"))),
        (gettext("Change from the earlier to the untouched days, in points"), _shrinkage),
        (gettext("A next period as long as the untouched one, in 95 of 100 cases"), _coming),
        (gettext("Days ahead, middle"), lambda side: (number(side["lead"]) or "–", "")),
    )
    made = []
    for word, say in said:
        (old, old_under), (new, new_under) = say(live) if live else (None, ""), say(draft)
        made.append(Figure(word, old, new, old_under, new_under))
    return made


def _right(side: Mapping[str, Any]) -> tuple[str, str]:
    return percent(side["precision"]) or gettext("Not judged"), _interval(side)


def _chance(side: Mapping[str, Any]) -> tuple[str, str]:
    lift = side.get("lift")
    return percent(side.get("base")) or "–", "" if lift is None else f"× {number(lift, 1)}"


def _part(told: Mapping[str, Any] | None) -> tuple[str, str]:
    return (percent(told["precision"]) or "–", _interval(told)) if told else ("–", "")


def _shrinkage(side: Mapping[str, Any]) -> tuple[str, str]:
    change = side.get("shrinkage")
    return ("–" if change is None else points(change)), ""


def _coming(side: Mapping[str, Any]) -> tuple[str, str]:
    coming = side.get("coming")
    return (f"{percent(coming['low'])} – {percent(coming['high'])}" if coming else "–"), ""


def _interval(side: Mapping[str, Any]) -> str:
    if side["low"] is None:
        return ""
    said = gettext("%(low)s – %(high)s, of %(n)s")
    return said % {
        "low": percent(side["low"]),
        "high": percent(side["high"]),
        "n": number(side["judged"]),
    }


def _owners(live: Mapping[str, Any] | None, draft: Mapping[str, Any]) -> list[OwnerRow]:
    """The busiest first."""
    sides = [_by_owner(live) if live else {}, _by_owner(draft)]
    names = sorted(
        {*sides[0], *sides[1]},
        key=lambda x: (-max(side[x][0] for side in sides if x in side), x),
    )
    called = names_by_handle()
    return [OwnerRow(called.get(x, x), *(side.get(x) for side in sides)) for x in names[:SHOWN]]


def _by_owner(side: Mapping[str, Any]) -> Mapping[str, tuple[float, int]]:
    return {x["owner"] or "": (x["a_week"], x["most"]) for x in side["owners"]}


def _only(scope: Scope, word: str, told: Sequence[Mapping[str, str]], more: int) -> OnlyList:
    known = accounts_named(scope, [x["account"] for x in told])
    rows = [
        (known[x["account"]], date.fromisoformat(x["opened_on"]))
        for x in told
        if x["account"] in known
    ]
    total = len(told) + more
    return OnlyList(word, rows[:SHOWN], total, total - len(rows[:SHOWN]))


def _weeks(side: Mapping[str, Any] | None) -> Mapping[str, int]:
    return dict(side["weeks"]) if side else {}


def _chart(live: Mapping[str, Any] | None, draft: Mapping[str, Any]) -> dict[str, Any]:
    weeks = sorted({*_weeks(live), *_weeks(draft)})
    sides = [(gettext("Draft"), "--chart-2", draft)]
    if live:
        sides.insert(0, (gettext("In force"), "--chart-axis", live))
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"data": [word for word, _, _ in sides], "left": 0, "top": 0},
        "grid": {"top": 40},
        "xAxis": {"type": "category", "data": [short_day(date.fromisoformat(x)) for x in weeks]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar",
                "name": word,
                "itemStyle": {"color": colour},
                "data": [_weeks(side).get(x, 0) for x in weeks],
            }
            for word, colour, side in sides
        ],
    }


def _table(
    live: Mapping[str, Any] | None, draft: Mapping[str, Any]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    weeks = sorted({*_weeks(live), *_weeks(draft)})
    headings = (gettext("Week of"), *((gettext("In force"),) if live else ()), gettext("Draft"))
    sides = [live, draft] if live else [draft]
    rows = [
        (day(date.fromisoformat(x)), *(number(_weeks(side).get(x, 0)) for side in sides))
        for x in weeks
    ]
    return headings, rows
