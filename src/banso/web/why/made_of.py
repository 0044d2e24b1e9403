"""What a number is made of: other metrics, contracts, values of an attribute, conditions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.definitions.metrics import Latest
from banso.core.definitions.model import Label
from banso.core.definitions.money import is_money
from banso.core.expressions import evaluate
from banso.core.health.assessment import ConditionResult
from banso.core.health.comparisons import comparisons
from banso.core.health.describe import describe_field
from banso.core.health.evidence import Evidence
from banso.core.health.truths import window
from banso.core.metrics.statement import Moment, inputs_of
from banso.core.rules.sentence import sentence
from banso.core.unmeasured import Reason
from banso.desk.queries.book import BookAttribute
from banso.desk.queries.contracts import ContractView, account_contracts
from banso.pipeline.because import product_holds
from banso.pipeline.one_account import Told
from banso.web.account360.visit import Visit
from banso.web.tags import language
from banso.web.why.fields import why_address
from banso.web.why.values import Shown, shown


@dataclass(frozen=True)
class Part:
    """A metric that the number is made of. depth: 1 for its own inputs, 2 for theirs. address: of
    its own why, '' where the day lies before all data."""

    name: str
    label: Label
    as_of: date
    value: Shown
    address: str
    depth: int


def told(visit: Visit, name: str, day: date) -> Told:
    """As `one.told`, also for days before the first data and for attributes that no definition
    uses."""
    if day < visit.one.calendar.first:
        return Told(None, Reason.BEFORE_FIRST_DATA)
    family, _, attribute = name.partition(".")
    if family == "attribute" and attribute not in visit.one.inputs.plan.attributes:
        values = _values(visit, attribute, day)
        if not values:
            return Told(None, Reason.NOT_APPLICABLE)
        return Told(values[0].value, Reason.MEASURED)
    return visit.one.told(name, day)


def _values(visit: Visit, name: str, day: date) -> list[BookAttribute]:
    """Known values of an attribute, newest first."""
    rows = visit.one.inputs.book.attributes.get(visit.one.number, ())
    mine = [x for x in rows if x.name == name and x.valid_from <= day]
    return sorted(mine, key=lambda x: x.valid_from, reverse=True)


def value_of(visit: Visit, name: str, day: date) -> Shown:
    """Money is hidden where the reader may not see it."""
    hidden = not visit.scope.revenue and is_money(visit.definitions, name)
    return shown(visit.definitions, name, told(visit, name, day), hidden=hidden)


def parts(visit: Visit, name: str, as_of: date) -> Sequence[Part]:
    """All metrics below it, each after what it serves and once."""
    found: dict[Moment, Part] = {}
    _collect(visit, (name, as_of), 1, found)
    return tuple(found.values())


def _collect(visit: Visit, of: Moment, depth: int, found: dict[Moment, Part]) -> None:
    definitions = visit.definitions
    for name, day in sorted(inputs_of(definitions, *of), key=lambda x: x[1], reverse=True):
        if (name, day) in found:
            continue
        known = day >= visit.one.calendar.first
        found[name, day] = Part(
            name=name,
            label=describe_field(definitions, name).label,
            as_of=day,
            value=value_of(visit, name, day),
            address=address(visit, name, day) if known else "",
            depth=depth,
        )
        _collect(visit, (name, day), depth + 1, found)


def address(visit: Visit, name: str, day: date) -> str:
    return why_address(visit.head.id, name, as_of=day, newest=visit.newest)


def unmeasured_inputs(visit: Visit, found: Sequence[Part]) -> dict[Moment, Reason]:
    """As `statement` takes them."""
    reasons = {(x.name, x.as_of): x.value.reason for x in found}
    return {moment: reason for moment, reason in reasons.items() if reason}


@dataclass(frozen=True)
class CountedContract:
    """counts: whether it is in the number; the others stand beside it for comparison."""

    contract: ContractView
    counts: bool


def contracts(visit: Visit, of: str, where: str | None) -> Sequence[CountedContract]:
    """Those that had not ended by the day and match the condition over product. of: `seats`,
    `arr` or `days_to_end`."""
    rows = [
        x
        for x in account_contracts(visit.scope, visit.head.id)
        if x.end_on >= visit.as_of and product_holds(visit.definitions, where, x.product)
    ]
    counted = {x.key for x in rows if x.runs_on(visit.as_of)}
    if of == "days_to_end":
        counted = _chain(rows, visit.as_of)
    return [CountedContract(x, x.key in counted) for x in rows]


def _chain(rows: Sequence[ContractView], as_of: date) -> set[str]:
    """Contracts in force and those, signed by then, that follow without a gap."""
    found = {x.key for x in rows if x.runs_on(as_of)}
    until = max((x.end_on for x in rows if x.key in found), default=None)
    for x in sorted(rows, key=lambda x: x.start_on):
        if until is None or x.signed_on is None or x.signed_on > as_of:
            continue
        if x.start_on.toordinal() <= until.toordinal() + 1 and x.end_on > until:
            found.add(x.key)
            until = x.end_on
    return found


@dataclass(frozen=True)
class AttributeValue:
    """since: None where it was known from the first. counts: it was true on the day."""

    value: str
    since: date | None
    counts: bool


def attribute_values(visit: Visit, name: str) -> Sequence[AttributeValue]:
    """Newest first; not those of later days."""
    return [
        AttributeValue(x.value, x.valid_from if x.valid_from.year > 1900 else None, number == 0)
        for number, x in enumerate(_values(visit, name, visit.as_of))
    ]


@dataclass(frozen=True)
class Compared:
    """One comparison of a condition. holds: None where unmeasured. address: of the why of what is
    compared."""

    text: str
    holds: bool | None
    address: str


def compared(visit: Visit, found: Sequence[Evidence]) -> Sequence[Compared]:
    """Of amounts of money only whether they hold, where the reader may not see them."""
    return [
        Compared(_words(visit, x), x.supports, address(visit, x.field, visit.as_of)) for x in found
    ]


def _words(visit: Visit, found: Evidence) -> str:
    if not visit.scope.revenue and is_money(visit.definitions, found.field):
        return found.label.ja if language() == "ja" else found.label.en
    return sentence(found, "ja" if language() == "ja" else "en")


def condition(visit: Visit, text: str) -> tuple[bool | None, Sequence[Compared]]:
    """Whether a condition on accounts held on the day (None: unmeasured), and its comparisons."""
    one = visit.one
    day = one.index(visit.as_of)
    cell = window(one.panel, rows=slice(0, 1), days=slice(day, day + 1))
    root = visit.definitions.condition(text).root
    truth = evaluate(root, cell, (1, 1))
    held = bool(truth.values[0, 0]) if truth.measured[0, 0] else None
    return held, compared(visit, comparisons(visit.definitions, root=root, cell=cell))


@dataclass(frozen=True)
class HealthPart:
    """A condition of the stage. points: 0..1, None where unmeasured."""

    label: Label
    holds: bool | None
    reason: Reason | None
    points: float | None
    weight: float
    critical: bool
    evidence: Sequence[Compared]


def health_parts(visit: Visit, found: Sequence[ConditionResult]) -> Iterator[HealthPart]:
    for x in found:
        yield HealthPart(
            label=x.label or Label(en=x.key, ja=x.key),
            holds=x.holds,
            reason=x.reason,
            points=x.points,
            weight=x.weight,
            critical=x.critical,
            evidence=compared(visit, x.evidence),
        )


def contract_filter_of(visit: Visit, name: str) -> tuple[str, str | None] | None:
    """`seats`, `arr` or `days_to_end` and the condition over product; None of what is not made of
    contracts."""
    if name.startswith("contract."):
        return name.removeprefix("contract."), None
    metric = visit.definitions.metrics.get(name)
    if isinstance(metric, Latest) and metric.of.startswith("contract."):
        return metric.of.removeprefix("contract."), metric.where
    return None


def attribute_of(visit: Visit, name: str) -> str | None:
    """The attribute behind a name, None where none is."""
    metric = visit.definitions.metrics.get(name)
    of = metric.of if isinstance(metric, Latest) else name
    family, _, rest = of.partition(".")
    return rest if family == "attribute" else None
