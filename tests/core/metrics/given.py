"""A tiny world written by hand -> what `plan` and `measure` want. No database, no files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import duckdb
import numpy as np
import pyarrow as pa

from banso.core.definitions import Definitions
from banso.core.metrics import (
    EVER,
    NEVER,
    AccountFacts,
    Action,
    Attributes,
    Calendar,
    Contacts,
    Contracts,
    OrgFacts,
    Panel,
    attribute_type,
    late_days,
    measure,
    plan,
)
from banso.core.metrics.plan import window_days

MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class FactRow:
    """time: an aware instant. user: '' = none. value, properties (JSON text): None = none."""

    account: str
    time: datetime
    event: str = "login"
    user: str = ""
    dataset: str = "events"
    source: str = "app"
    feature: str = ""
    product: str = ""
    value: float | None = None
    properties: str | None = None

    @property
    def action(self) -> Action:
        return Action(
            self.dataset, self.source, self.event, self.feature or self.event, self.product
        )

    @property
    def microseconds(self) -> int:
        delta = self.time.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (delta.days * 86400 + delta.seconds) * MICROSECONDS + delta.microseconds


@dataclass(frozen=True)
class ContractRow:
    account: str
    start: date
    end: date | None
    signed: date | None = None
    seats: float | None = None
    arr: float | None = None
    product: str = ""


@dataclass(frozen=True)
class AttributeRow:
    account: str
    name: str
    value: str
    valid_from: date


@dataclass(frozen=True)
class ContactRow:
    """since: None for the first one: it counts from ever."""

    account: str
    user: str
    role: str
    since: date | None = None


@dataclass(frozen=True)
class World:
    """accounts: name -> declared start."""

    calendar: Calendar
    accounts: Mapping[str, date | None]
    facts: Sequence[FactRow] = ()
    contracts: Sequence[ContractRow] = ()
    attributes: Sequence[AttributeRow] = ()
    contacts: Sequence[ContactRow] = ()
    ids: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        # ids with holes, as in life
        ids = {name: 3 + 2 * i for i, name in enumerate(sorted(self.accounts))}
        object.__setattr__(self, "ids", ids)

    @property
    def dated_contacts(self) -> list[ContactRow]:
        """By day, as the book has them."""
        return sorted(self.contacts, key=lambda x: x.since or date.min)

    @property
    def names(self) -> list[str]:
        return sorted(self.accounts)

    @property
    def actions(self) -> list[Action]:
        return sorted({fact.action for fact in self.facts}, key=repr)

    @property
    def users(self) -> list[str]:
        keys = {x.user for x in self.facts} | {x.user for x in self.contacts}
        return ["", *sorted(keys - {""})]

    @property
    def roles(self) -> list[str]:
        return ["", *sorted({x.role for x in self.contacts} - {""})]

    def day(self, when: date | None) -> int:
        return NEVER if when is None else self.calendar.index(when)

    def local_day(self, fact: FactRow) -> int:
        return int(self.calendar.day_index(np.array([fact.microseconds]))[0])


def organisation(world: World, definitions: Definitions) -> OrgFacts:
    first = dict.fromkeys(world.actions, NEVER)
    sent: dict[str, list[int]] = {}
    for fact in world.facts:
        day = world.local_day(fact)
        if day < 0:  # before the calendar: as if it had never been
            continue
        first[fact.action] = min(first[fact.action], day)
        sent.setdefault(fact.source, []).append(day)
    late = {
        name: late_days(
            event_days=np.array(sent.get(name, []), np.int32),
            late_after=window_days(source.late_after),
            calendar=world.calendar,
        )
        for name, source in definitions.sources.items()
        if source.late_after
    }
    values: dict[str, list[str]] = {}
    for row in world.attributes:
        values.setdefault(row.name, []).append(row.value)
    return OrgFacts(
        calendar=world.calendar,
        actions=tuple(world.actions),
        action_first=np.array([first[x] for x in world.actions], np.int32),
        source_late=late,
        roles=tuple(world.roles),
        attribute_types={name: attribute_type(known) for name, known in values.items()},
        has_contracts=bool(world.contracts),
    )


def accounts_of(world: World) -> AccountFacts:
    rows = {name: i for i, name in enumerate(world.names)}
    kept = world.contracts

    def whole(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array(values, np.int32)

    return AccountFacts(
        accounts=whole([world.ids[x] for x in world.names]),
        declared_start=whole([world.day(world.accounts[x]) for x in world.names]),
        contracts=Contracts(
            row=whole([rows[x.account] for x in kept]),
            start=whole([world.day(x.start) for x in kept]),
            end=whole([world.day(x.end) for x in kept]),
            signed=whole([world.day(x.signed) for x in kept]),
            seats=np.array([x.seats for x in kept], np.float64),
            arr=np.array([x.arr for x in kept], np.float64),
            product=tuple(x.product for x in kept),
        ),
        attributes=Attributes(
            row=whole([rows[x.account] for x in world.attributes]),
            name=tuple(x.name for x in world.attributes),
            value=tuple(x.value for x in world.attributes),
            valid_from=whole([world.day(x.valid_from) for x in world.attributes]),
        ),
        contacts=Contacts(
            account=whole([world.ids[x.account] for x in world.dated_contacts]),
            user=whole([world.users.index(x.user) for x in world.dated_contacts]),
            role=whole([world.roles.index(x.role) for x in world.dated_contacts]),
            since=whole(
                [EVER if x.since is None else world.day(x.since) for x in world.dated_contacts]
            ),
        ),
    )


def batches(world: World, *, computed: Mapping[str, str], size: int = 4096) -> list[pa.RecordBatch]:
    """The facts as the store would send them, in the order in which the world lists them."""
    users = {key: i for i, key in enumerate(world.users)}
    actions = {action: i for i, action in enumerate(world.actions)}
    facts = pa.table(
        {
            "position": pa.array(range(len(world.facts)), pa.int32()),
            "account": pa.array([world.ids[x.account] for x in world.facts], pa.int32()),
            "user": pa.array([users[x.user] for x in world.facts], pa.int32()),
            "action": pa.array([actions[x.action] for x in world.facts], pa.int32()),
            "time": pa.array([x.microseconds for x in world.facts], pa.timestamp("us", tz="UTC")),
            "value": pa.array([x.value for x in world.facts], pa.float64()),
            "properties": pa.array([x.properties for x in world.facts], pa.string()),
        }
    )
    if not computed:
        return facts.to_batches(max_chunksize=size)
    extra = "".join(f", {sql} as {name}" for name, sql in computed.items())
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("facts", facts)
        sql = f'select account, "user", action, "time", value{extra} from facts order by position'
        return list(connection.sql(sql).to_arrow_reader(size))


def told(world: World, definitions: Definitions, *, size: int = 4096) -> Panel:
    """The panel of a world."""
    made = plan(definitions, org=organisation(world, definitions))
    facts = batches(world, computed=made.computed, size=size)
    return measure(plan=made, accounts=accounts_of(world), batches=facts)
