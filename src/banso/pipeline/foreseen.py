"""What was lost, and who saw it coming: churn and downgrades against the alerts of all rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from banso.core.definitions import Definitions
from banso.core.definitions.outcomes import Churn, Downgrade, Outcome
from banso.core.health import COLOURS, JourneyHistory
from banso.core.metrics import Contracts, Panel
from banso.core.rules.outcomes import happened
from banso.core.rules.replay import rule_episodes
from banso.core.rules.sights import Happening, Sight, happenings
from banso.desk.queries.owners import Owners, owners
from banso.desk.queries.scope import EVERYTHING
from banso.pipeline.assess import Histories, histories
from banso.pipeline.backtest import UnknownDefinitionError, known
from banso.pipeline.decide import at_stake
from banso.pipeline.gather import Inputs, contract_facts, gather
from banso.pipeline.measure import panels
from banso.store import Store

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Was:
    """Where an account stood on a journey on the last day on which there was time to act."""

    journey: str
    stage: str
    colour: str


@dataclass(frozen=True)
class Loss:
    """One outcome. arr: in force on the day before, None where unmeasured. sights: alerts that
    saw it, the earliest first. was: on each journey that it was on, `lead_days` before."""

    outcome: str
    account: str
    account_name: str
    owner: str | None
    on: date
    arr: Decimal | None
    sights: Sequence[Sight]
    was: Sequence[Was]

    @property
    def foreseen(self) -> bool:
        """Whether any alert saw it in time."""
        return any(x.in_time for x in self.sights)


@dataclass(frozen=True)
class Losses:
    """Outcomes of the days since..until, both included, newest first. outcomes: looked for."""

    since: date
    until: date
    outcomes: Sequence[str]
    losses: Sequence[Loss]


@dataclass(frozen=True)
class Candidate:
    """A place on a journey from which accounts were lost without a rule that saw it in time: a rule
    over it would have helped, if it does not speak too often otherwise.

    missed: losses that none saw in time; losses: all from there. arr: of the missed ones, where
    measured; None where it is of none of them.
    """

    was: Was
    missed: int
    losses: int
    arr: Decimal | None


def candidates(found: Iterable[tuple[bool, Decimal | None, Sequence[Was]]]) -> list[Candidate]:
    """Most missed losses first. found: of each loss whether it was foreseen, its ARR, and where
    the account stood."""
    missed: dict[Was, list[Decimal | None]] = {}
    every: Counter[Was] = Counter()
    for foreseen, arr, was in found:
        every.update(was)
        if not foreseen:
            for place in was:
                missed.setdefault(place, []).append(arr)
    made = [Candidate(was, len(x), every[was], _sum(x)) for was, x in missed.items()]
    return sorted(made, key=lambda x: (-x.missed, -(x.arr or 0), x.was.journey, x.was.stage))


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [x for x in amounts if x is not None]
    return sum(known, Decimal(0)) if known else None


@dataclass
class Watch:
    """Asks panel by panel, once each is completed by `histories`; `losses` has what was found."""

    inputs: Inputs
    chosen: Sequence[Outcome]
    since: date
    owned: Owners
    losses: list[Loss] = field(default_factory=list)

    def take(self, panel: Panel, contracts: Contracts) -> None:
        """contracts: of the panel's accounts."""
        inputs, start = self.inputs, max(self.inputs.calendar.index(self.since), 0)
        found = histories(inputs, panel)
        episodes = rule_episodes(inputs.definitions, panel)
        some = inputs.org.has_contracts
        self.losses += (
            _loss(inputs, panel, found, outcome, self.owned, x)
            for outcome in self.chosen
            for x in happenings(
                outcome,
                happened(inputs.definitions, outcome, panel, contracts, any_contract=some),
                episodes,
                start=start,
            )
        )

    @property
    def found(self) -> Losses:
        self.losses.sort(key=lambda x: (-x.on.toordinal(), x.account, x.outcome))
        names = [x.name for x in self.chosen]
        return Losses(self.since, self.inputs.calendar.last, names, self.losses)


def losses(
    store: Store,
    definitions: Definitions,
    *,
    as_of: date,
    since: date | None = None,
    outcomes: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, all_: None,
) -> Losses:
    """Replays every rule and asks which of its alerts came before each outcome. Changes nothing.

    since: default: one year. outcomes: default: all of kind churn or downgrade.
    UnknownDefinitionError where there is none.
    """
    chosen = _chosen(definitions, outcomes)
    done = 0
    with store.snapshot() as snapshot:
        inputs = gather(store, snapshot, definitions, as_of=as_of)
        watch = Watch(inputs, chosen, since or as_of - YEAR, owners(EVERYTHING))
        for _, panel in panels(inputs):
            watch.take(panel, contract_facts(inputs, panel.accounts))
            done += len(panel.accounts)
            progress(done, len(inputs.book.accounts))
    return watch.found


def that_are_losses(definitions: Definitions) -> Sequence[Outcome]:
    """Outcomes of kind churn or downgrade."""
    return [x for x in definitions.outcomes.values() if isinstance(x, Churn | Downgrade)]


def _chosen(definitions: Definitions, names: Sequence[str]) -> Sequence[Outcome]:
    if names:
        return [known("outcome", name, definitions.outcomes) for name in names]
    chosen = that_are_losses(definitions)
    if not chosen:
        raise UnknownDefinitionError(
            "No outcome of kind churn or downgrade is defined, so nothing says what a loss is. Add "
            "`outcomes: [{name: churned, kind: churn}]` to the definitions, or name another "
            "outcome with --outcome."
        )
    return chosen


def _loss(  # noqa: PLR0917  one place, seen from all that is known
    inputs: Inputs, panel: Panel, found: Histories, outcome: Outcome, owned: Owners, at: Happening
) -> Loss:
    account = inputs.book.accounts[int(panel.accounts[at.row])]
    on = inputs.calendar.as_of(at.day)
    last = max(at.day - outcome.lead_days, 0)
    standing = (_was(name, history, at.row, last) for name, history in found.items())
    return Loss(
        outcome=outcome.name,
        account=account.key,
        account_name=account.name or account.key,
        owner=owned.on(account.key, on),
        on=on,
        arr=at_stake(panel, row=at.row, day=max(at.day - 1, 0)),
        sights=at.sights,
        was=[x for x in standing if x is not None],
    )


def _was(name: str, history: JourneyHistory, row: int, day: int) -> Was | None:
    if not history.applies[row, day]:
        return None
    stage = history.journey.stages[history.stage[row, day]].name
    return Was(name, stage, COLOURS[history.colour[row, day]])
