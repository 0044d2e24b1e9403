"""What replaying a rule over history has shown: how often it is right, how sure that is, how early,
how many alerts it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.desk.models import Account, Backtest
from banso.desk.queries.backtests import accounts_named, backtests_of
from banso.desk.queries.scope import Scope
from banso.web.definitions.places import outcome_label, rule_label
from banso.web.tags import day, number, short_day

SHOWN = 20
VERDICTS = ("hit", "late", "miss", "unknown", "not_applicable")
COLOURS = dict(
    zip(
        VERDICTS,
        ("--chart-2", "--chart-3", "--chart-4", "--chart-axis", "--chart-grid"),
        strict=True,
    )
)


@dataclass(frozen=True)
class Choice:
    """An outcome by which the rule may be judged. address: of the page judged by it."""

    label: Label
    address: str
    chosen: bool


@dataclass(frozen=True)
class PeriodRow:
    """precision, low, high, base: shares; None where nothing is judged."""

    word: str
    first: date
    last: date
    alerts: int
    judged: int
    precision: float | None
    low: float | None
    high: float | None
    base: float | None
    lift: float | None


@dataclass(frozen=True)
class FiredRow:
    """closed_on: None while open. told: whether it would have reached its owner."""

    account: Account
    opened_on: date
    closed_on: date | None
    told: bool
    verdict: str
    outcome_on: date | None


@dataclass(frozen=True)
class Replayed:
    """outdated: made with other definitions than those in force. coming: between what the precision
    of the next period will lie. lead: days, of the middle hit. overlap: other rules by share of
    alerts beside which they were open. fired: the newest, of accounts that the reader sees.
    every: address of the page with all that were kept, '' where they stand there."""

    kept: Backtest
    first: date
    choices: Sequence[Choice]
    outdated: bool
    periods: Sequence[PeriodRow]
    shrinkage: float | None
    coming: tuple[float, float] | None
    lead: float | None
    alerts: int
    held_back: int
    budget: int | None
    overlap: Sequence[tuple[str, Label, float]]
    chart: Mapping[str, Any]
    table: tuple[Sequence[str], Sequence[Sequence[str]]]
    fired: Sequence[FiredRow]
    every: str


def verdict_words() -> Mapping[str, str]:
    return {
        "hit": gettext("Outcome came, with time to act"),
        "late": gettext("Outcome came too soon to act"),
        "miss": gettext("Outcome did not come"),
        "unknown": gettext("Not known yet"),
        "not_applicable": gettext("Outcome could not come"),
    }


def replayed(
    scope: Scope, definitions: Definitions, rule: str, *, asked: Mapping[str, str], address: str
) -> Replayed | None:
    """asked: parameters of the address. outcome: by which it is judged; the first one where it is
    not among those. fired: `all` that were kept. address: of the rule's page. None where nothing
    has been kept yet."""
    outcome = asked.get("outcome", "")
    every = backtests_of(rule)
    kept = next((x for x in every if x.outcome == outcome), every[0] if every else None)
    if kept is None:
        return None
    told: Mapping[str, Any] = kept.told
    fired = _fired(scope, told["fired"])
    shown = fired if asked.get("fired") == "all" else fired[:SHOWN]
    return Replayed(
        kept=kept,
        first=date.fromisoformat(told["first"]),
        choices=[
            Choice(outcome_label(definitions, x), f"{address}?outcome={x}", x == kept.outcome)
            for x in (one.outcome for one in every)
            if x
        ],
        outdated=kept.fingerprint != definitions.fingerprint,
        periods=_periods(told["periods"]),
        shrinkage=told["shrinkage"],
        coming=tuple(told["coming"]) if told["coming"] else None,
        lead=told["leads"].get("0.5"),
        alerts=told["alerts"],
        held_back=told["held_back"],
        budget=told["budget"],
        overlap=_overlap(definitions, told["overlap"]),
        chart=_chart(told["weeks"]),
        table=_table(told["weeks"]),
        fired=shown,
        every=f"{address}?{urlencode({'outcome': kept.outcome, 'fired': 'all'})}"
        if len(shown) < len(fired)
        else "",
    )


def _overlap(definitions: Definitions, told: Mapping[str, float]) -> list[tuple[str, Label, float]]:
    rules = definitions.rules
    return [(name, rule_label(rules[name]), x) for name, x in told.items() if name in rules]


def _periods(told: Mapping[str, Any]) -> list[PeriodRow]:
    words = {
        "whole": gettext("All days whose outcome is sure"),
        "fitting": gettext("Earlier days, to which the rule may have been fitted"),
        "untouched": gettext("Later days, left untouched"),
    }
    return [
        PeriodRow(
            word=word,
            first=date.fromisoformat(x["first"]),
            last=date.fromisoformat(x["last"]),
            alerts=x["alerts"],
            judged=x["judged"],
            precision=x["precision"],
            low=x["interval"][0] if x["interval"] else None,
            high=x["interval"][1] if x["interval"] else None,
            base=x["base"],
            lift=x["lift"],
        )
        for name, word in words.items()
        if (x := told.get(name)) is not None
    ]


def _chart(weeks: Sequence[tuple[str, Mapping[str, int]]]) -> dict[str, Any]:
    words = verdict_words()
    seen = [x for x in VERDICTS if any(counts.get(x) for _, counts in weeks)]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"data": [words[x] for x in seen], "left": 0, "top": 0},
        "grid": {"top": 56},
        "xAxis": {
            "type": "category",
            "data": [short_day(date.fromisoformat(week)) for week, _ in weeks],
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar",
                "stack": "alerts",
                "name": words[x],
                "itemStyle": {"color": COLOURS[x]},
                "data": [counts.get(x, 0) for _, counts in weeks],
            }
            for x in seen
        ],
    }


def _table(
    weeks: Sequence[tuple[str, Mapping[str, int]]],
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    words = verdict_words()
    headings = (gettext("Week of"), *(words[x] for x in VERDICTS))
    rows = [
        (day(date.fromisoformat(week)), *(number(counts.get(x, 0)) for x in VERDICTS))
        for week, counts in weeks
    ]
    return headings, rows


def _fired(scope: Scope, told: Sequence[Mapping[str, Any]]) -> list[FiredRow]:
    words = verdict_words()
    known = accounts_named(scope, [x["account"] for x in told])
    return [
        FiredRow(
            account=known[x["account"]],
            opened_on=date.fromisoformat(x["opened_on"]),
            closed_on=date.fromisoformat(x["closed_on"]) if x["closed_on"] else None,
            told=x["told"],
            verdict=words.get(x["verdict"] or "", ""),
            outcome_on=date.fromisoformat(x["outcome_on"]) if x["outcome_on"] else None,
        )
        for x in told
        if x["account"] in known
    ]
