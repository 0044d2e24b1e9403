"""The monthly review: which rules and plays to keep, to look at, to retire, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.core.value.dominoes import Fallen, PlayUse, Wish
from banso.core.value.told import Order
from banso.desk.models import Backtest, Effect, Loss
from banso.desk.queries.backtests import judged_backtests
from banso.desk.queries.foresight import foresight, losses_of
from banso.desk.queries.judged import expected_of_plays
from banso.desk.queries.proof import effects_of, effects_of_plays
from banso.desk.queries.scope import Scope
from banso.desk.queries.value_figures import Counting
from banso.pipeline.held_back import (
    Month,
    OfRule,
    held_back,
    held_back_of_rules,
    was_it_right,
)
from banso.pipeline.value_figures import counted

RECENT = timedelta(days=90)
LOW_PRECISION = 0.2
"""Where even the upper end of the interval lies below it, a rule is more often wrong than four in
five times."""
ENOUGH_TOLD = 10
"""Accounts flagged in 90 days before one says that nobody ever acts on a rule."""

Where = Literal["retire", "watch", "keep"]
Code = Literal[
    "did_worse", "no_effect", "seldom_right", "nobody_acted", "did_better", "often_right",
    "not_used", "too_little", "came_true",
]  # fmt: skip


@dataclass(frozen=True)
class Why:
    """number: a share; of nobody_acted and no_effect accounts; None where none belongs to it."""

    code: Code
    number: float | None = None


@dataclass(frozen=True)
class Reviewed:
    """A rule or a play. flagged: accounts of the last 90 days, of a play those that entered it;
    acted: those of which an alert or a task is done. came: told alerts, of a play its runs, by what
    became of what was expected. replayed: of rules; None where the rule has no
    outcome, or has not been replayed yet."""

    kind: Literal["rule", "play"]
    name: str
    where: Where
    flagged: int
    acted: int
    came: Mapping[str, int]
    replayed: Backtest | None
    why: Sequence[Why]


@dataclass(frozen=True)
class Lost:
    """Losses of the last 90 days by which rule saw them: in time, too late, or none (the newest
    first)."""

    foreseen: int
    late: int
    unseen: Sequence[Loss]


@dataclass(frozen=True)
class Review:
    """counting: what it counts from. total: of the last 90 days, up to `until`. lost: None where
    nobody has looked back yet, or nothing says what a loss is."""

    until: date
    counting: Counting
    rules: Sequence[Reviewed]
    plays: Sequence[Reviewed]
    total: Fallen
    lost: Lost | None
    held_back: Sequence[Month]
    held_back_of_rules: Sequence[OfRule]
    order: Order


def review(scope: Scope, definitions: Definitions, *, as_of: date) -> Review:
    """Of the reader's accounts; effects and replays are of all. as_of: of the newest run; the
    figures kept may be older."""
    counting = counted(scope, definitions, as_of=as_of)
    until = counting.figures.as_of
    since = until - RECENT + timedelta(days=1)
    dominoes = counting.dominoes(Wish(since, until))
    found = dominoes.by("rule")
    replays, expected = judged_backtests(definitions.rules), counting.outcomes()
    effects: dict[str, list[Effect]] = {}
    for x in effects_of():
        effects.setdefault(x.rule, []).append(x)
    months = held_back(counting)
    return Review(
        until=until,
        counting=counting,
        rules=[
            _reviewed(
                rule,
                found.get(name, Fallen()),
                replays.get(name),
                effects.get(name, ()),
                expected[name].told if name in expected else {},
            )
            for name, rule in definitions.rules.items()
        ],
        plays=_plays(scope, definitions, dominoes.use()),
        total=dominoes.fallen(),
        lost=_lost(scope, since, until),
        held_back=months,
        held_back_of_rules=held_back_of_rules(counting),
        order=was_it_right(months),
    )


def _plays(scope: Scope, definitions: Definitions, use: Mapping[str, PlayUse]) -> list[Reviewed]:
    kept, came = effects_of_plays(), expected_of_plays(scope)
    return [
        _reviewed_play(name, use.get(name, PlayUse()), kept.get(name, ()), came.get(name, {}))
        for name in definitions.plays
    ]


def _reviewed_play(
    name: str, use: PlayUse, effects: Sequence[Effect], came: Mapping[str, int]
) -> Reviewed:
    """Nobody waits for what a play without tasks is to bring about."""
    told = Fallen(flagged=use.asked, acted=use.acted)
    bad, good = list(_against(told, None, effects)), list(_for(None, effects))
    where: Where = "keep" if good and not bad else "watch" if good or not bad else "retire"
    why = [*bad, *good] or [_nothing_known(use.entered)]
    why += _beside(came)
    return Reviewed("play", name, where, use.entered, use.acted, came, None, why)


def _lost(scope: Scope, since: date, until: date) -> Lost | None:
    looked = foresight()
    if looked is None or not looked.outcomes:
        return None
    found = losses_of(scope, since=since, until=until)
    return Lost(
        foreseen=sum(x.foreseen for x in found),
        late=sum(bool(x.sights) and not x.foreseen for x in found),
        unseen=[x for x in found if not x.sights],
    )


def _reviewed(
    rule: Rule,
    told: Fallen,
    judged: Backtest | None,
    effects: Sequence[Effect],
    came: Mapping[str, int],
) -> Reviewed:
    bad, good = list(_against(told, judged, effects)), list(_for(judged, effects))
    # somebody must be told what a duty of care is about, whatever the figures say
    duty = rule.duty_of_care
    where: Where = "keep" if good and not bad else "watch" if good or not bad or duty else "retire"
    why = [*bad, *good] or [_nothing_known(told.flagged)]
    why += _beside(came)
    return Reviewed("rule", rule.name, where, told.flagged, told.acted, came, judged, why)


def _nothing_known(accounts: int) -> Why:
    return Why("too_little" if accounts else "not_used")


def _by_lot(effects: Sequence[Effect], verdict: str) -> list[Effect]:
    return [x for x in effects if x.grade == "A" and x.verdict == verdict]


def _against(told: Fallen, judged: Backtest | None, effects: Sequence[Effect]) -> Iterator[Why]:
    if _by_lot(effects, "harms"):
        yield Why("did_worse")
    seen = [_enough(x) for x in _by_lot(effects, "unclear")]
    if any(seen) and not _by_lot(effects, "helps"):
        yield Why("no_effect", max(seen))
    if judged is not None and judged.high is not None and judged.high < LOW_PRECISION:
        yield Why("seldom_right", judged.precision)
    if told.flagged >= ENOUGH_TOLD and not told.acted:
        yield Why("nobody_acted", told.flagged)


def _enough(effect: Effect) -> int:
    """Its accounts, where they are as many as it was said beforehand that an answer takes; else
    0."""
    counted = int(effect.told.get("treated") or 0) + int(effect.told.get("held_out") or 0)
    needed = effect.told.get("needed")
    return counted if needed is not None and counted >= needed else 0


def _for(judged: Backtest | None, effects: Sequence[Effect]) -> Iterator[Why]:
    if _by_lot(effects, "helps"):
        yield Why("did_better")
    if judged is not None and judged.low is not None and judged.low >= LOW_PRECISION:
        yield Why("often_right", judged.precision)


def _beside(came: Mapping[str, int]) -> Iterator[Why]:
    """What decides nothing, but belongs to the talk."""
    reached = came.get("reached", 0)
    settled = reached + came.get("not_reached", 0)
    if settled >= ENOUGH_TOLD:
        yield Why("came_true", reached / settled)
