"""Why an account stands where it stands: from stage and score down to the facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from banso.core.definitions import Definitions
from banso.core.expressions import fields as condition_fields
from banso.core.health import Assessment, Ledger, explain, ledger
from banso.core.metrics import Panel
from banso.desk.queries.members import owner_handle
from banso.desk.queries.scope import Scope
from banso.desk.queries.today import OpenAlert, alerts_open_on
from banso.pipeline.assess import histories
from banso.pipeline.evidence import MetricView, metric_views
from banso.pipeline.gather import Inputs, gather
from banso.pipeline.measure import account_panel
from banso.store import Store


class UnknownAccountError(Exception):
    """No account has this key or name."""


class UnknownMetricError(Exception):
    """No metric has this name."""


@dataclass(frozen=True)
class Comparison:
    """How a journey's score came from an earlier day's to this one's."""

    before: Assessment
    after: Assessment
    ledger: Ledger


@dataclass(frozen=True)
class Explanation:
    account: str
    account_name: str
    owner: str | None
    as_of: date
    assessments: Sequence[Assessment]
    comparisons: Sequence[Comparison]
    alerts: Sequence[OpenAlert]
    metrics: Sequence[MetricView]


def explain_account(
    scope: Scope,
    store: Store,
    definitions: Definitions,
    *,
    account: str,
    as_of: date,
    against: date | None,
    metrics: Sequence[str],
    limit: int,
) -> Explanation:
    """Explain one account as of a day, as now known. The scope hides alerts and owner; whether
    the account may be seen at all is for the caller to ask.

    against: the other day to compare scores with. metrics: those to show with their facts;
    empty: those behind the open alerts and the conditions of the stage. limit: facts each.
    Raises UnknownAccountError, UnknownMetricError.
    """
    for name in metrics:
        if name not in definitions.metrics:
            raise UnknownMetricError(_unknown("metric", name, definitions.metrics))
    with store.snapshot() as snapshot:
        last = max(as_of, against) if against else as_of
        inputs = gather(store, snapshot, definitions, as_of=last)
        number = _find(inputs, account)
        desk = inputs.book.accounts[number]
        panel = account_panel(inputs, number)
        now = _assessments(inputs, panel, as_of)
        alerts = alerts_open_on(scope, desk.key, as_of)
        names = metrics or _behind(definitions, now, alerts)
        moment = max(as_of, inputs.calendar.first)
        return Explanation(
            account=desk.key,
            account_name=desk.name or desk.key,
            owner=owner_handle(scope, desk.key),
            as_of=as_of,
            assessments=[x for x in now if x.stage is not None],
            comparisons=_compare(_assessments(inputs, panel, against), now) if against else (),
            alerts=alerts,
            metrics=list(metric_views(inputs, panel, names, as_of=moment, limit=limit)),
        )


def _assessments(inputs: Inputs, panel: Panel, day: date) -> list[Assessment]:
    found = histories(inputs, panel)
    index = max(inputs.calendar.index(day), 0)
    return [
        explain(inputs.definitions, panel, journey=name, row=0, day=index, history=found[name])
        for name in inputs.definitions.journeys
    ]


def _compare(before: Sequence[Assessment], after: Sequence[Assessment]) -> list[Comparison]:
    pairs = zip(before, after, strict=True)
    return [
        Comparison(old, new, ledger(old, new))
        for old, new in pairs
        if old.stage is not None or new.stage is not None
    ]


def _find(inputs: Inputs, account: str) -> int:
    """The account's id in the store, by key, else by its one name."""
    by_key = {x.key: number for number, x in inputs.book.accounts.items()}
    if account in by_key:
        return by_key[account]
    named = [number for number, x in inputs.book.accounts.items() if x.name == account]
    if len(named) == 1:
        return named[0]
    if named:
        keys = ", ".join(inputs.book.accounts[number].key for number in named)
        raise UnknownAccountError(f"{len(named)} accounts are called '{account}': {keys}")
    names = {x.name for x in inputs.book.accounts.values()}
    raise UnknownAccountError(_unknown("account", account, [*by_key, *names]))


def _unknown(noun: str, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"There is no {noun} '{name}'{hint}"


def _behind(
    definitions: Definitions, assessments: Sequence[Assessment], alerts: Sequence[OpenAlert]
) -> list[str]:
    """Metrics in the evidence of alerts and conditions, in that order, each once."""
    fields = [str(why["metric"]) for alert in alerts for why in alert.why]
    for assessment in assessments:
        for condition in assessment.conditions:
            fields += [x.field for x in condition.evidence]
            fields += [condition.of] if condition.of else []
    return list(dict.fromkeys(x for field in fields for x in _metrics(definitions, field)))


def _metrics(definitions: Definitions, field: str) -> list[str]:
    """The metric itself, or those that a segment is made of."""
    segment = definitions.segments.get(field.removeprefix("segment."))
    if field.startswith("segment.") and segment is not None:
        names = sorted(condition_fields(definitions.condition(segment.where).root))
        return [x for name in names for x in _metrics(definitions, name)]
    return [field] if field in definitions.metrics else []
