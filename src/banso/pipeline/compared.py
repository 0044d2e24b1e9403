"""A draft of a rule beside the rule in force: both replayed over the same history."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from banso.core.definitions import Definitions
from banso.core.definitions.rule_draft import RuleDraft
from banso.core.rules.backtest import Period
from banso.core.rules.budget import monday
from banso.core.rules.precision import Interval
from banso.desk.queries import decided
from banso.pipeline.backtest import Backtest, Progress, Question, backtest
from banso.pipeline.preview import outlook
from banso.store import Store

WEEKS = 26
"""Loads are told of so many weeks, the last ones."""
MOST_ONLY = 500


@dataclass(frozen=True)
class OwnerLoad:
    """New alerts of one owner (None: accounts of nobody). most: in one of the weeks."""

    owner: str | None
    a_week: float
    most: int


@dataclass(frozen=True)
class Part:
    """How often it was right on some of the days; None where nothing is judged there."""

    first: date
    last: date
    judged: int
    precision: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Side:
    """One of the two rules. alerts, accounts, held_back: over the whole history; a_week, owners,
    weeks (Monday, alerts): of its last WEEKS weeks. precision and what follows: None where nothing
    is judged. lead: days, of the middle hit. base: right by chance. fitting, untouched, shrinkage,
    coming: as in core.rules.backtest.Judged. overlap: other rule -> share of its alerts."""

    alerts: int
    accounts: int
    held_back: int
    a_week: float
    owners: Sequence[OwnerLoad]
    weeks: Sequence[tuple[date, int]]
    precision: float | None
    low: float | None
    high: float | None
    judged: int
    lead: float | None
    base: float | None
    lift: float | None
    fitting: Part | None
    untouched: Part | None
    shrinkage: float | None
    coming: Interval | None
    overlap: Mapping[str, float]


@dataclass(frozen=True)
class Only:
    """An account that only one of the two speaks of. opened_on: the last time."""

    account: str
    account_name: str
    opened_on: date


@dataclass(frozen=True)
class Comparison:
    """first, last: the days replayed. outcome: both are judged by; None where none is defined.
    live: None where no such rule is in force. in_both: accounts that both speak of. only_live,
    only_draft: the newest first, MOST_ONLY at most; more_live, more_draft: how many more there are.
    would_open, would_close: keys of accounts whose alert the next run would open and close."""

    rule: str
    outcome: str | None
    first: date
    last: date
    live: Side | None
    draft: Side
    in_both: int
    only_live: Sequence[Only]
    only_draft: Sequence[Only]
    more_live: int
    more_draft: int
    would_open: Sequence[str]
    would_close: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """As it is kept: days as ISO 8601."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def compared(
    store: Store,
    in_force: Definitions,
    draft: RuleDraft,
    *,
    as_of: date,
    progress: Progress = lambda done, all_: None,
) -> Comparison:
    """Replays the draft, then the rule in force, each among all other rules; then asks what the
    next run of that day would do. Changes nothing. An outcome that the draft brings along judges
    the draft alone. NoAccountsError where there is nobody."""
    with_draft, rule = draft.definitions, draft.rule
    outcome = with_draft.rules[rule].outcome or next(iter(with_draft.outcomes), None)
    (new,) = backtest(store, with_draft, Question([rule], outcome, as_of), progress=progress)
    old = None
    if rule in in_force.rules:
        judged_by = outcome if outcome in in_force.outcomes else None
        (old,) = backtest(store, in_force, Question([rule], judged_by, as_of), progress=progress)
    opens, closes = _next_run(store, with_draft, rule, as_of)
    before, after = _newest(old) if old else {}, _newest(new)
    only_live = _only(before, after)
    only_draft = _only(after, before)
    return Comparison(
        rule=rule,
        outcome=outcome,
        first=new.first,
        last=new.axis.last,
        live=_side(old) if old else None,
        draft=_side(new),
        in_both=len(before.keys() & after.keys()),
        only_live=only_live[:MOST_ONLY],
        only_draft=only_draft[:MOST_ONLY],
        more_live=max(len(only_live) - MOST_ONLY, 0),
        more_draft=max(len(only_draft) - MOST_ONLY, 0),
        would_open=opens,
        would_close=closes,
    )


def _next_run(
    store: Store, definitions: Definitions, rule: str, as_of: date
) -> tuple[list[str], list[str]]:
    with store.snapshot() as snapshot:
        ahead = outlook(store, snapshot, definitions, as_of=as_of, next_run=True)
    still = set(decided.rule_states([rule])[rule].opened_on)
    opens = {account for name, account in ahead.opens if name == rule}
    closes = {account for name, account in ahead.closes if name == rule}
    return sorted(opens - still), sorted(closes & still)


def _newest(found: Backtest) -> Mapping[str, Only]:
    rows = sorted(found.fired, key=lambda x: x.opened_on)
    return {x.account: Only(x.account, x.account_name, x.opened_on) for x in rows}


def _only(mine: Mapping[str, Only], others: Mapping[str, Only]) -> list[Only]:
    found = [x for key, x in mine.items() if key not in others]
    return sorted(found, key=lambda x: (-x.opened_on.toordinal(), x.account))


def _side(found: Backtest) -> Side:
    first = max(monday(found.first), monday(found.axis.last) - timedelta(weeks=WEEKS - 1))
    mondays = [first + timedelta(weeks=n) for n in range((found.axis.last - first).days // 7 + 1)]
    recent = [x for x in found.loads if x.week >= first]
    weekly: Counter[date] = Counter()
    for x in recent:
        weekly[x.week] += x.alerts
    judged = found.judged
    whole = _part(found, judged.whole) if judged else None
    return Side(
        alerts=len(found.fired),
        accounts=len({x.account for x in found.fired}),
        held_back=sum(x.held_back for x in found.loads),
        a_week=sum(weekly.values()) / len(mondays),
        owners=_owners([(x.owner, x.alerts) for x in recent], len(mondays)),
        weeks=[(week, weekly[week]) for week in mondays],
        precision=whole.precision if whole else None,
        low=whole.low if whole else None,
        high=whole.high if whole else None,
        judged=whole.judged if whole else 0,
        lead=judged.leads.get(0.5) if judged and judged.leads else None,
        base=judged.whole.base if judged else None,
        lift=judged.whole.lift if judged else None,
        fitting=_part(found, judged.fitting) if judged and judged.fitting else None,
        untouched=_part(found, judged.untouched) if judged and judged.untouched else None,
        shrinkage=judged.shrinkage if judged else None,
        coming=judged.coming if judged else None,
        overlap=found.overlap,
    )


def _part(found: Backtest, period: Period) -> Part:
    share = period.precision
    return Part(
        first=found.day(period.first),
        last=found.day(max(period.stop - 1, period.first)),
        judged=share.judged,
        precision=share.value,
        low=share.interval.low if share.interval else None,
        high=share.interval.high if share.interval else None,
    )


def _owners(loads: Sequence[tuple[str | None, int]], weeks: int) -> list[OwnerLoad]:
    """The busiest first."""
    by_owner: dict[str | None, list[int]] = {}
    for owner, alerts in loads:
        by_owner.setdefault(owner, []).append(alerts)
    made = [OwnerLoad(owner, sum(x) / weeks, max(x)) for owner, x in by_owner.items()]
    return sorted(made, key=lambda x: (-x.a_week, x.owner or ""))


def _plain(value: object) -> Any:
    if isinstance(value, dict):
        return {key: _plain(x) for key, x in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(x) for x in value]
    return value.isoformat() if isinstance(value, date) else value
