"""What a metric means, said as plainly as can be: one account, one date, loops over raw rows.

Independent of the product's code: local days come from zoneinfo, conditions from Python, sums
from fractions. Slow on purpose.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.core.metrics.given import ContractRow, FactRow, World

from banso.core.definitions.metrics import (
    ActiveDays,
    Average,
    Breadth,
    Change,
    Count,
    DistinctUsers,
    Latest,
    Metric,
    Ratio,
    Recency,
    Sum,
    Tenure,
    TimeToFirst,
)
from banso.core.definitions.model import Source
from banso.core.unmeasured import Reason

Answer = float | str | Reason


@dataclass(frozen=True)
class Condition:
    """A `where` in the definitions' language and in Python.

    holds: (fact, role of its user at its account) -> bool. could: whether a fact like this one
    could match if its user and numbers were others.
    """

    text: str | None
    holds: Callable[[FactRow, str], bool]
    could: Callable[[FactRow], bool]


@dataclass(frozen=True)
class Oracle:
    """conditions: by text. covers: source -> (attributes of an account at a date -> True, False
    or None for unknown)."""

    world: World
    metrics: Mapping[str, Metric]
    conditions: Mapping[str | None, Condition]
    sources: Mapping[str, Source]
    covers: Mapping[str, Callable[[Mapping[str, str]], bool | None]]
    number: Callable[[FactRow, str], float | None]

    def tell(self, name: str, account: str, as_of: date) -> Answer:
        metric = self.metrics[name]
        if isinstance(metric, Tenure):
            return self.tenure(account, as_of)
        if isinstance(metric, Ratio):
            return self.ratio(metric, account, as_of)
        if isinstance(metric, Change):
            return self.change(metric, account, as_of)
        if isinstance(metric, Latest) and not metric.of.startswith("record."):
            return self.standing(metric.of, account, as_of)
        reason = self.unmeasured(metric, account, as_of)
        return reason if reason is not None else self.over_facts(metric, account, as_of)

    def standing(self, of: str, account: str, as_of: date) -> Answer:
        if of.startswith("contract."):
            return self.contract(of, account, as_of)
        return self.attribute(of.removeprefix("attribute."), account, as_of)

    # what every metric needs

    def local_day(self, fact: FactRow) -> date:
        return fact.time.astimezone(ZoneInfo(self.world.calendar.zone)).date()

    def known(self) -> Iterable[FactRow]:
        """Facts inside the calendar."""
        calendar = self.world.calendar
        return [x for x in self.world.facts if calendar.first <= self.local_day(x) <= calendar.last]

    def begun(self, account: str) -> date | None:
        starts = [self.world.accounts[account]]
        starts += [x.start for x in self.world.contracts if x.account == account]
        starts += [self.local_day(x) for x in self.known() if x.account == account]
        return min((x for x in starts if x is not None), default=None)

    def role(self, fact: FactRow) -> str:
        told = [x for x in self.world.contacts if (x.account, x.user) == (fact.account, fact.user)]
        day = self.local_day(fact)
        then = [x for x in told if x.since is None or x.since <= day]
        return max(then, key=lambda x: x.since or date.min).role if then else ""

    def reads(self, metric: Metric, fact: FactRow) -> bool:
        """Whether the fact is of the dataset and kind that the metric reads."""
        facts = metric.of if isinstance(metric, Latest) else metric.facts
        if facts == "events":
            return fact.dataset == "events"
        return fact.dataset == "records" and fact.event == facts.removeprefix("record.")

    def matching(
        self, metric: Metric, account: str, first: date | None, stop: date
    ) -> list[FactRow]:
        condition = self.conditions[metric.where]
        return [
            x
            for x in self.known()
            if x.account == account
            and self.reads(metric, x)
            and (first is None or first <= self.local_day(x))
            and self.local_day(x) < stop
            and condition.holds(x, self.role(x))
        ]

    # whether a number may be told

    def unmeasured(self, metric: Metric, account: str, as_of: date) -> Reason | None:
        begun = self.begun(account)
        if begun is None or as_of <= begun:
            return Reason.NOT_APPLICABLE
        could = self.conditions[metric.where].could
        possible = [
            x
            for x in self.known()
            if self.reads(metric, x) and could(x) and self.local_day(x) < as_of
        ]
        sources = {x.source for x in possible}
        if any(self.late(source, as_of) for source in sources):
            return Reason.SOURCE_LATE
        if not possible:
            return Reason.NO_SOURCE
        if isinstance(metric, Latest):
            return None
        origin = min(self.local_day(x) for x in possible)
        return self.incomplete(metric, account, as_of, sources, origin)

    def incomplete(
        self, metric: Metric, account: str, as_of: date, sources: set[str], origin: date
    ) -> Reason | None:
        """The sources do not see the account, or not the whole window of an older account."""
        if not any(self.covered(source, account, as_of) for source in sources):
            return Reason.NOT_APPLICABLE
        begun = self.begun(account)
        window = days(getattr(metric, "window", None))
        if window and begun and as_of - window < origin and begun < origin:
            return Reason.BEFORE_FIRST_DATA
        return None

    def late(self, source: str, as_of: date) -> bool:
        declared = self.sources.get(source)
        allowed = days(declared.late_after) if declared else None
        if allowed is None:
            return False
        return not any(
            x.source == source and as_of - allowed <= self.local_day(x) < as_of
            for x in self.known()
        )

    def covered(self, source: str, account: str, as_of: date) -> bool:
        if any(
            x.source == source and x.account == account and self.local_day(x) < as_of
            for x in self.known()
        ):
            return True
        if source not in self.covers:
            return True
        return self.covers[source](self.attributes(account, as_of)) is not False

    # numbers

    def over_facts(self, metric: Metric, account: str, as_of: date) -> Answer:
        window = days(getattr(metric, "window", None))
        facts = self.matching(metric, account, as_of - window if window else None, as_of)
        if isinstance(metric, Recency | TimeToFirst):
            return self.moment(metric, facts, account, as_of)
        if isinstance(metric, Latest):
            return self.last_record(facts)
        if isinstance(metric, Sum | Average):
            return self.of_numbers(metric, facts)
        return float(len(self.things(metric, facts)))

    def things(self, metric: Metric, facts: list[FactRow]) -> Collection[object]:
        """What is counted."""
        if isinstance(metric, DistinctUsers):
            return {x.user for x in facts} - {""}
        if isinstance(metric, ActiveDays):
            return {self.local_day(x) for x in facts}
        if isinstance(metric, Breadth):
            return {self.counted(x, metric.of) for x in facts} - {""}
        assert isinstance(metric, Count)
        return facts

    def counted(self, fact: FactRow, of: str) -> str:
        if of == "feature":
            return fact.feature or fact.event
        return fact.event if of == "event" else fact.product

    def moment(self, metric: Metric, facts: list[FactRow], account: str, as_of: date) -> Answer:
        found = sorted(self.local_day(x) for x in facts)
        if not found:
            return Reason.BEFORE_FIRST_DATA
        if isinstance(metric, Recency):
            return float((as_of - found[-1]).days)
        begun = self.begun(account)
        return float((found[0] - begun).days) if begun else Reason.NOT_APPLICABLE

    def of_numbers(self, metric: Metric, facts: list[FactRow]) -> Answer:
        numbers = [n for x in facts if (n := self.number(x, metric.of)) is not None]
        exact = sum((Fraction(n) for n in numbers), Fraction(0))
        if isinstance(metric, Sum):
            return float(exact)
        return float(exact / len(numbers)) if numbers else Reason.NOT_APPLICABLE

    def last_record(self, facts: list[FactRow]) -> Answer:
        answered = [(x.time, x.value) for x in facts if x.value is not None]
        return max(answered)[1] if answered else Reason.NOT_APPLICABLE

    def tenure(self, account: str, as_of: date) -> Answer:
        begun = self.begun(account)
        if begun is None or as_of <= begun:
            return Reason.NOT_APPLICABLE
        return float((as_of - begun).days)

    def ratio(self, metric: Ratio, account: str, as_of: date) -> Answer:
        above, below = (self.tell(x, account, as_of) for x in (metric.of, metric.by))
        reasons = [x for x in (above, below) if isinstance(x, Reason)]
        if reasons:
            return max(reasons)
        return above / below if below else Reason.NOT_APPLICABLE

    def change(self, metric: Change, account: str, as_of: date) -> Answer:
        back = days(metric.against or self.metrics[metric.of].window)
        now = self.tell(metric.of, account, as_of)
        then: Answer = Reason.BEFORE_FIRST_DATA
        if as_of - back >= self.world.calendar.first:
            then = self.tell(metric.of, account, as_of - back)
        reasons = [x for x in (now, then) if isinstance(x, Reason)]
        if reasons:
            return max(reasons)
        return (now - then) / then if then else Reason.NOT_APPLICABLE

    # what stands without facts

    def attributes(self, account: str, as_of: date) -> dict[str, str]:
        mine = [x for x in self.world.attributes if x.account == account and x.valid_from <= as_of]
        return {x.name: x.value for x in sorted(mine, key=lambda x: x.valid_from)}

    def attribute(self, name: str, account: str, as_of: date) -> Answer:
        everyones = [x.value for x in self.world.attributes if x.name == name]
        if not everyones:
            return Reason.NO_SOURCE
        value = self.attributes(account, as_of).get(name)
        if value is None:
            return Reason.NOT_APPLICABLE
        numeric = all(x.replace(".", "", 1).isdigit() for x in everyones)
        return float(value) if numeric else value

    def contract(self, of: str, account: str, as_of: date) -> Answer:
        if not self.world.contracts:
            return Reason.NO_SOURCE
        mine = [x for x in self.world.contracts if x.account == account]
        in_force = [x for x in mine if x.start <= as_of <= last_day(x)]
        if of == "contract.days_to_end":
            return self.days_to_end(mine, in_force, as_of)
        amounts = [x.seats if of == "contract.seats" else x.arr for x in in_force]
        if not amounts or None in amounts:
            return Reason.NOT_APPLICABLE
        return sum(x for x in amounts if x is not None)

    def days_to_end(
        self, mine: list[ContractRow], in_force: list[ContractRow], as_of: date
    ) -> Answer:
        if not in_force:
            return Reason.NOT_APPLICABLE
        end = max(last_day(x) for x in in_force)
        signed = [x for x in mine if x.signed is not None and x.signed <= as_of]
        while longer := [x for x in signed if x.start <= next_day(end) and last_day(x) > end]:
            end = max(last_day(x) for x in longer)
        return Reason.NOT_APPLICABLE if end == date.max else float((end - as_of).days)


def days(window: str | None) -> timedelta | None:
    return timedelta(days=int(window[:-1])) if window else None


def last_day(contract: ContractRow) -> date:
    return contract.end or date.max


def next_day(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)
