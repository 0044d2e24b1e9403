"""Every rule in force replayed, and what that shows kept for the pages: too long for a visitor to
wait for, so it is done by a job, or by `banso backtest`. What was lost, and which rule saw it, is
found in the same pass."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from banso.core.definitions import Definitions
from banso.core.definitions.outcomes import Outcome
from banso.core.rules.backtest import Judged, Period
from banso.core.rules.budget import monday
from banso.core.rules.precision import Interval
from banso.desk.models import Account, Foresight
from banso.desk.models import Backtest as Kept
from banso.desk.models import Loss as KeptLoss
from banso.desk.queries.owners import owners
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services import backtests
from banso.desk.services.foresight import keep_foresight
from banso.pipeline.backtest import (
    Backtest,
    Fired,
    Progress,
    Question,
    answers,
    replayed,
)
from banso.pipeline.foreseen import YEAR, Loss, Losses, Watch, that_are_losses
from banso.pipeline.gather import gather
from banso.store import Store

WEEKS = 26
MOST_FIRED = 200
"""The newest alerts are told one by one."""


def keep_backtests(
    store: Store,
    definitions: Definitions,
    *,
    as_of: date,
    progress: Progress = lambda done, all_: None,
) -> int:
    """Replay all rules, judged by each outcome; how many rules there are."""
    rules = list(definitions.rules)
    outcomes: list[Outcome | None] = [*definitions.outcomes.values()] or [None]
    rows: list[Kept] = []
    with store.snapshot() as snapshot:
        inputs = gather(store, snapshot, definitions, as_of=as_of)
        owned = owners(EVERYTHING)
        watch = Watch(inputs, that_are_losses(definitions), as_of - YEAR, owned)
        some = inputs.book.accounts and (rules or watch.chosen)
        found = replayed(inputs, outcomes, beside=watch.take, progress=progress) if some else []
        for outcome, whole in zip(outcomes, found, strict=False):
            question = Question(rules, outcome.name if outcome else None, as_of)
            rows += [_row(x) for x in answers(inputs, whole, question, owned)]
    # of each rule the outcome that it is there for comes first
    own = {rule.name: rule.outcome for rule in definitions.rules.values()}
    backtests.keep_backtests(sorted(rows, key=lambda x: x.outcome != own[x.rule]))
    _keep_losses(watch.found, definitions.fingerprint)
    return len(rules)


def _keep_losses(found: Losses, fingerprint: str) -> None:
    accounts = Account.objects.in_bulk({x.account for x in found.losses}, field_name="key")
    seen = Foresight(
        as_of=found.until, since=found.since, fingerprint=fingerprint, outcomes=found.outcomes
    )
    keep_foresight(seen, [_loss(x, accounts[x.account]) for x in found.losses])


def _loss(x: Loss, account: Account) -> KeptLoss:
    return KeptLoss(
        account=account,
        outcome=x.outcome,
        on=x.on,
        arr=x.arr,
        owner=x.owner or "",
        foreseen=x.foreseen,
        sights=[vars(sight) for sight in x.sights],
        was=[vars(was) for was in x.was],
    )


def _row(found: Backtest) -> Kept:
    precision = found.judged.whole.precision if found.judged else None
    interval = precision.interval if precision else None
    since = found.axis.last - timedelta(weeks=WEEKS)
    recent = sum(x.opened_on > since for x in found.fired)
    return Kept(
        rule=found.rule.name,
        outcome=found.outcome.name if found.outcome else "",
        fingerprint=found.fingerprint,
        as_of=found.axis.last,
        precision=precision.value if precision else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        weekly=recent / WEEKS,
        told=_told(found),
    )


def _told(found: Backtest) -> dict[str, object]:
    """As JSON: `weeks`: [Monday, alerts by verdict], from the first with an alert on."""
    judged = found.judged
    return {
        "first": str(found.first),
        "accounts": found.accounts,
        "alerts": len(found.fired),
        "budget": found.budget,
        "held_back": sum(x.held_back for x in found.loads),
        "most": max((x.alerts for x in found.loads), default=0),
        "periods": _periods(found, judged) if judged else {},
        "shrinkage": judged.shrinkage if judged else None,
        "coming": _interval(judged.coming) if judged else None,
        "leads": {str(k): v for k, v in judged.leads.items()} if judged and judged.leads else {},
        "overlap": dict(found.overlap),
        "weeks": _weeks(found),
        "fired": [_fired(x) for x in _newest(found)],
    }


def _periods(found: Backtest, judged: Judged) -> Mapping[str, object]:
    named = {"whole": judged.whole, "fitting": judged.fitting, "untouched": judged.untouched}
    return {name: _period(found, x) for name, x in named.items() if x is not None}


def _period(found: Backtest, period: Period) -> Mapping[str, object]:
    return {
        "first": str(found.day(period.first)),
        "last": str(found.day(max(period.stop - 1, period.first))),
        "alerts": period.alerts,
        "counts": {verdict.code: n for verdict, n in period.counts.items()},
        "precision": period.precision.value,
        "interval": _interval(period.precision.interval),
        "judged": period.precision.judged,
        "base": period.base,
        "lift": period.lift,
    }


def _interval(interval: Interval | None) -> Sequence[float] | None:
    return None if interval is None else (interval.low, interval.high)


def _weeks(found: Backtest) -> list[tuple[str, Mapping[str, int]]]:
    counts: dict[date, Counter[str]] = {}
    for x in found.fired:
        verdict = x.verdict.code if x.verdict is not None else "unknown"
        counts.setdefault(monday(x.opened_on), Counter())[verdict] += 1
    if not counts:
        return []
    first, last = min(counts), monday(found.axis.last)
    weeks = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return [(str(week), dict(counts.get(week, {}))) for week in weeks]


def _newest(found: Backtest) -> Sequence[Fired]:
    return sorted(found.fired, key=lambda x: x.opened_on, reverse=True)[:MOST_FIRED]


def _fired(x: Fired) -> Mapping[str, object]:
    return {
        "account": x.account,
        "opened_on": str(x.opened_on),
        "closed_on": str(x.closed_on) if x.closed_on else None,
        "told": x.told_on is not None,
        "verdict": x.verdict.code if x.verdict is not None else None,
        "outcome_on": str(x.outcome_on) if x.outcome_on else None,
    }
