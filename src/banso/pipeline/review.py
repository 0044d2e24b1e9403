"""The monthly review: which rules to keep, to look at, to retire, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.desk.models import Backtest
from banso.desk.queries.backtests import judged_backtests
from banso.desk.queries.dominoes import Fallen, Wish, fallen, fallen_by
from banso.desk.queries.proof import Outcomes, effects_of, expectations_of
from banso.desk.queries.scope import Scope
from banso.pipeline.held_back import Month, held_back

RECENT = timedelta(days=90)
LOW_PRECISION = 0.2
"""Where even the upper end of the interval lies below it, a rule is more often wrong than four in
five times."""
ENOUGH_TOLD = 10
"""Accounts flagged in 90 days before one says that nobody ever acts on a rule."""

Where = Literal["retire", "watch", "keep"]
Code = Literal[
    "did_worse", "seldom_right", "nobody_acted", "did_better", "often_right", "too_little",
    "came_true",
]  # fmt: skip


@dataclass(frozen=True)
class Why:
    """number: a share, of nobody_acted accounts; None where none belongs to it."""

    code: Code
    number: float | None = None


@dataclass(frozen=True)
class Reviewed:
    """flagged, acted: accounts of the last 90 days. replayed: None where the rule has no outcome,
    or has not been replayed yet."""

    rule: str
    where: Where
    flagged: int
    acted: int
    replayed: Backtest | None
    why: Sequence[Why]


@dataclass(frozen=True)
class Review:
    """total: of the last 90 days, up to `until`."""

    until: date
    rules: Sequence[Reviewed]
    total: Fallen
    held_back: Sequence[Month]


def review(scope: Scope, definitions: Definitions, *, as_of: date) -> Review:
    """Of the reader's accounts; effects and replays are of all."""
    zone = definitions.organisation.time_zone
    wish = Wish(as_of - RECENT + timedelta(days=1), as_of, zone=zone)
    found = fallen_by(scope, wish, "rule")
    replays, expected = judged_backtests(definitions.rules), expectations_of(scope)
    verdicts: dict[str, set[str]] = {}
    for x in effects_of():
        if x.grade == "A":
            verdicts.setdefault(x.rule, set()).add(x.verdict)
    return Review(
        until=as_of,
        rules=[
            _reviewed(
                rule,
                found.get(name, Fallen()),
                replays.get(name),
                verdicts.get(name, set()),
                expected.get(name, Outcomes({}, {})),
            )
            for name, rule in definitions.rules.items()
        ],
        total=fallen(scope, wish),
        held_back=held_back(scope, definitions, as_of=as_of),
    )


def _reviewed(
    rule: Rule, told: Fallen, judged: Backtest | None, verdicts: set[str], expected: Outcomes
) -> Reviewed:
    bad, good = list(_against(told, judged, verdicts)), list(_for(judged, verdicts))
    # somebody must be told what a duty of care is about, whatever the figures say
    duty = rule.duty_of_care
    where: Where = "keep" if good and not bad else "watch" if good or not bad or duty else "retire"
    why = [*bad, *good] or [Why("too_little")]
    why += _beside(expected)
    return Reviewed(rule.name, where, told.flagged, told.acted, judged, why)


def _against(told: Fallen, judged: Backtest | None, verdicts: set[str]) -> Iterator[Why]:
    if "harms" in verdicts:
        yield Why("did_worse")
    if judged is not None and judged.high is not None and judged.high < LOW_PRECISION:
        yield Why("seldom_right", judged.precision)
    if told.flagged >= ENOUGH_TOLD and not told.acted:
        yield Why("nobody_acted", told.flagged)


def _for(judged: Backtest | None, verdicts: set[str]) -> Iterator[Why]:
    if "helps" in verdicts:
        yield Why("did_better")
    if judged is not None and judged.low is not None and judged.low >= LOW_PRECISION:
        yield Why("often_right", judged.precision)


def _beside(expected: Outcomes) -> Iterator[Why]:
    """What decides nothing, but belongs to the talk."""
    reached = expected.told.get("reached", 0)
    settled = reached + expected.told.get("not_reached", 0)
    if settled >= ENOUGH_TOLD:
        yield Why("came_true", reached / settled)
