"""What was lost, and who saw it coming: churn and downgrades against the alerts of all rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from banso.core.definitions import Definitions
from banso.core.definitions.outcomes import Churn, Downgrade, Outcome
from banso.core.health import COLOURS, JourneyHistory
from banso.core.metrics import Panel
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
    since = since or as_of - YEAR
    found: list[Loss] = []
    with store.snapshot() as snapshot:
        inputs = gather(store, snapshot, definitions, as_of=as_of)
        start, owned, done = max(inputs.calendar.index(since), 0), owners(EVERYTHING), 0
        for _, panel in panels(inputs):
            found += _of_panel(inputs, panel, chosen, owned, start)
            done += len(panel.accounts)
            progress(done, len(inputs.book.accounts))
    found.sort(key=lambda x: (-x.on.toordinal(), x.account, x.outcome))
    return Losses(since, as_of, [x.name for x in chosen], found)


def _chosen(definitions: Definitions, names: Sequence[str]) -> Sequence[Outcome]:
    if names:
        return [known("outcome", name, definitions.outcomes) for name in names]
    chosen = [x for x in definitions.outcomes.values() if isinstance(x, Churn | Downgrade)]
    if not chosen:
        raise UnknownDefinitionError(
            "No outcome of kind churn or downgrade is defined, so nothing says what a loss is. Add "
            "`outcomes: [{name: churned, kind: churn}]` to the definitions, or name another "
            "outcome with --outcome."
        )
    return chosen


def _of_panel(
    inputs: Inputs, panel: Panel, chosen: Sequence[Outcome], owned: Owners, start: int
) -> list[Loss]:
    found = histories(inputs, panel)
    episodes = rule_episodes(inputs.definitions, panel)
    contracts = contract_facts(inputs, panel.accounts)
    some = inputs.org.has_contracts
    return [
        _loss(inputs, panel, found, outcome, owned, x)
        for outcome in chosen
        for x in happenings(
            outcome,
            happened(inputs.definitions, outcome, panel, contracts, any_contract=some),
            episodes,
            start=start,
        )
    ]


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
