"""What stays unmeasured for lack of data: what would have to come, and what it would bring to
light."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from banso.core.definitions import Definitions
from banso.core.definitions.metrics import Latest, Metric, Recency, TimeToFirst
from banso.core.definitions.model import Label
from banso.core.definitions.uses import Use, Uses
from banso.core.health.in_words import facts_in_words
from banso.core.metrics.plan import series_of
from banso.core.unmeasured import Reason

Counts = Mapping[str, Mapping[Reason, int]]
"""Metric -> reason -> accounts, MEASURED among them."""


@dataclass(frozen=True)
class MetricGap:
    """One metric and the accounts that lack it, by reason."""

    name: str
    reasons: Mapping[Reason, int]

    @property
    def accounts(self) -> int:
        return sum(self.reasons.values())


@dataclass(frozen=True)
class Gap:
    """Data of one kind. sources: those that send it, empty where none ever has. what: what it is,
    in words. metrics: those that count it, most accounts first. waiting: everything that rests on
    them."""

    sources: tuple[str, ...]
    what: Label
    metrics: tuple[MetricGap, ...]
    waiting: tuple[Use, ...]

    @property
    def accounts(self) -> int:
        """Of the metric that most accounts lack."""
        return max(metric.accounts for metric in self.metrics)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All of them, the one that can be mended soonest first."""
        return tuple(sorted({x for metric in self.metrics for x in metric.reasons}, reverse=True))


def gaps(
    definitions: Definitions, counts: Counts, *, sources: Mapping[str, frozenset[str]]
) -> tuple[Gap, ...]:
    """Gaps by size. sources: metric -> who has sent facts for it (pipeline.sources).

    Only metrics made from data are told; those calculated from them are among what waits.
    """
    found: dict[tuple[tuple[str, ...], str], list[MetricGap]] = defaultdict(list)
    words: dict[tuple[tuple[str, ...], str], Label] = {}
    for name, metric in definitions.metrics.items():
        senders = tuple(sorted(sources.get(name, ())))
        reasons = _lacking(definitions, metric, counts.get(name, {}), senders)
        what = _what(definitions, metric, senders)
        if reasons and what is not None:
            found[senders, what.en].append(MetricGap(name, reasons))
            words[senders, what.en] = what
    uses = Uses(definitions)
    made = [
        Gap(
            sources=key[0],
            what=words[key],
            metrics=tuple(sorted(metrics, key=lambda x: -x.accounts)),
            waiting=uses.resting_on([x.name for x in metrics]),
        )
        for key, metrics in found.items()
    ]
    return tuple(sorted(made, key=lambda gap: -gap.accounts))


def _lacking(
    definitions: Definitions, metric: Metric, counts: Mapping[Reason, int], senders: tuple[str, ...]
) -> Mapping[Reason, int]:
    """Reasons that more data would take away.

    Before the first fact, `recency` and `time_to_first` have nothing to tell whoever sends; and
    what does not apply is a lack only where a source says that it can't see some accounts.
    """
    telling = {Reason.NO_SOURCE, Reason.SOURCE_LATE}
    if not isinstance(metric, Recency | TimeToFirst | Latest):
        telling.add(Reason.BEFORE_FIRST_DATA)
    if any(_covers(definitions, source) for source in senders):
        telling.add(Reason.NOT_APPLICABLE)
    return {reason: accounts for reason, accounts in counts.items() if reason in telling}


def _covers(definitions: Definitions, source: str) -> bool:
    declared = definitions.sources.get(source)
    return declared is not None and declared.covers is not None


def _what(definitions: Definitions, metric: Metric, senders: tuple[str, ...]) -> Label | None:
    """None of a metric that is made from others. Where somebody sends such facts, which of them
    count does not matter."""
    if (series := series_of(metric)) is not None:
        where = None if senders else series.filter.where
        return facts_in_words(definitions, series.filter.facts, where)
    if isinstance(metric, Latest):
        group, _, name = metric.of.partition(".")
        if group == "attribute":
            return Label(en=f"Attribute {name} of accounts", ja=f"顧客の属性「{name}」")
        return Label(en="Contracts", ja="契約")
    return None
