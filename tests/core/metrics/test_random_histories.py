"""Random worlds and random definitions of every kind, cell by cell against the oracle."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.metrics.given import (
    AttributeRow,
    ContactRow,
    ContractRow,
    FactRow,
    World,
    told,
)
from tests.core.metrics.oracle import Answer, Condition, Oracle

from banso.core.definitions import loads
from banso.core.metrics import Calendar
from banso.core.unmeasured import Column, Reason

DAYS = 12
# zone and a first day that puts a change of clocks (or a leap day) inside the calendar
PLACES = [
    ("Asia/Tokyo", date(2024, 2, 22)),
    ("America/New_York", date(2024, 3, 4)),
    ("America/New_York", date(2024, 10, 28)),
    ("America/Sao_Paulo", date(2017, 10, 9)),
    ("America/Sao_Paulo", date(2018, 2, 12)),
    ("Asia/Beirut", date(2021, 3, 22)),
    ("America/Havana", date(2021, 11, 1)),
    ("Pacific/Apia", date(2011, 12, 25)),
    ("UTC", date(2023, 12, 25)),
]
USERS = ["", "ann", "bob", "cho"]
ACCOUNTS = ["acme", "bolt", "core"]


def _property(fact: FactRow, name: str) -> object:
    return json.loads(fact.properties or "{}").get(name)


def number(fact: FactRow, of: str) -> float | None:
    if of == "value":
        return fact.value
    found = _property(fact, of.removeprefix("properties."))
    return float(found) if isinstance(found, int | float) else None


def _more(value: float | None, than: float) -> bool | None:
    return None if value is None else value > than


CONDITIONS = [
    Condition(None, lambda _f, _r: True, lambda _f: True),
    Condition("event = 'login'", lambda f, _r: f.event == "login", lambda f: f.event == "login"),
    Condition(
        "feature != 'export' and source = 'app'",
        lambda f, _r: f.action.feature != "export" and f.source == "app",
        lambda f: f.action.feature != "export" and f.source == "app",
    ),
    Condition("role = 'admin'", lambda _f, r: r == "admin", lambda _f: True),
    Condition(
        "not (role = 'admin') and product = 'p'",
        lambda f, r: r != "admin" and f.product == "p",
        lambda f: f.product == "p",
    ),
    Condition(
        "role = 'admin' or event = 'report'",
        lambda f, r: r == "admin" or f.event == "report",
        lambda _f: True,
    ),
    Condition(
        "value > 2 and event = 'login'",
        lambda f, _r: f.event == "login" and _more(f.value, 2) is True,
        lambda f: f.event == "login",
    ),
    Condition(
        "not (value > 2 and event = 'login')",
        lambda f, _r: f.event != "login" or _more(f.value, 2) is False,
        lambda _f: True,
    ),
    Condition(
        "value is unmeasured or event = 'report'",
        lambda f, _r: f.value is None or f.event == "report",
        lambda _f: True,
    ),
    Condition(
        "(properties.plan = 'pro' and source = 'crm') or (properties.n >= 3 and role != 'admin')",
        lambda f, r: (
            (_property(f, "plan") == "pro" and f.source == "crm")
            or ((number(f, "properties.n") or 0) >= 3 and r != "admin")
        ),
        lambda _f: True,
    ),
]
WHERE = {condition.text: condition for condition in CONDITIONS}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    zone, first = draw(st.sampled_from(PLACES))
    calendar = Calendar(zone, first, DAYS)
    days = st.integers(-3, DAYS + 2).map(lambda i: first + timedelta(days=i))
    accounts = {x: draw(st.none() | days) for x in ACCOUNTS}
    facts = draw(st.lists(_facts(zone, first), max_size=30))
    contacts = draw(
        st.lists(
            st.builds(
                ContactRow,
                st.sampled_from(ACCOUNTS),
                st.sampled_from(USERS[1:]),
                st.sampled_from(["admin", "member", ""]),
                st.none() | days,
            ),
            max_size=6,
            unique_by=lambda x: (x.account, x.user, x.since),
        )
    )
    contracts = draw(st.lists(_contracts(days), max_size=4))
    attributes = draw(
        st.lists(
            st.builds(
                AttributeRow,
                st.sampled_from(ACCOUNTS),
                st.sampled_from(["size", "plan"]),
                st.sampled_from(["1", "2.5", "7", "big"]),
                days,
            ),
            max_size=4,
        )
    )
    return World(calendar, accounts, facts, contracts, attributes, contacts)


@st.composite
def _facts(draw: st.DrawFn, zone: str, first: date) -> FactRow:
    day = first + timedelta(days=draw(st.integers(-1, DAYS)))
    # midnight, a microsecond around it, hours in which clocks change, any hour
    offset = draw(
        st.sampled_from([0, 1, -1]).map(lambda us: timedelta(microseconds=us))
        | st.integers(0, 23 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))
    )
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    kind = draw(st.sampled_from(["login", "login", "report", "nps"]))
    number_ = draw(st.sampled_from([None, 0.1, 1.0, 2.5, 3.0, -7.25, 1e15, -1e15]))
    properties = draw(st.sampled_from([None, {"plan": "pro"}, {"n": 3.5}, {"n": 1, "plan": "x"}]))
    return FactRow(
        account=draw(st.sampled_from(ACCOUNTS)),
        time=midnight + offset,
        event=kind,
        user=draw(st.sampled_from(USERS)),
        dataset="records" if kind == "nps" else "events",
        source=draw(st.sampled_from(["app", "crm"])),
        feature=draw(st.sampled_from(["", "export", "search"])),
        product=draw(st.sampled_from(["", "p"])),
        value=number_,
        properties=None if properties is None else json.dumps(properties),
    )


@st.composite
def _contracts(draw: st.DrawFn, days: st.SearchStrategy[date]) -> ContractRow:
    start = draw(days)
    end = draw(st.none() | st.integers(0, 8).map(lambda i: start + timedelta(days=i)))
    return ContractRow(
        account=draw(st.sampled_from(ACCOUNTS)),
        start=start,
        end=end,
        signed=draw(st.none() | days),
        seats=draw(st.sampled_from([None, 0.0, 4.0, 10.0])),
        arr=draw(st.sampled_from([None, 1000.0])),
    )


def _windowed(draw: st.DrawFn) -> str:
    window = draw(st.sampled_from(["", "1d", "2d", "3d", "7d", "30d"]))
    return f", window: {window}" if window else ""


@st.composite
def metrics(draw: st.DrawFn) -> list[str]:
    """Lines of YAML, one per kind, with random filters and windows."""
    lines: list[str] = []
    for kind in ("count", "distinct_users", "active_days", "breadth", "sum", "avg"):
        extra = _windowed(draw)
        if kind == "breadth":
            extra += f", of: {draw(st.sampled_from(['feature', 'event', 'product']))}"
        if kind in ("sum", "avg"):
            extra += f", of: {draw(st.sampled_from(['value', 'properties.n']))}"
        lines.append(f"name: a_{kind}, kind: {kind}{extra}, {_filter(draw)}")
    lines.extend(
        f"name: a_{kind}, kind: {kind}, {_filter(draw)}" for kind in ("recency", "time_to_first")
    )
    lines.append("name: a_tenure, kind: tenure")
    lines.append(f"name: nps, kind: latest, of: record.nps{_windowed(draw)}, {_where(draw)}")
    lines += [f"name: {x}, kind: latest, of: contract.{x}" for x in ("seats", "arr", "days_to_end")]
    lines += [f"name: {x}, kind: latest, of: attribute.{x}" for x in ("size", "plan")]
    lines.append("name: a_ratio, kind: ratio, of: a_distinct_users, by: seats")
    against = draw(st.sampled_from(["1d", "2d", "5d", "30d"]))
    lines.append(f"name: a_change, kind: change, of: a_count, against: {against}")
    return lines


def _where(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(CONDITIONS)).text
    return f'where: "{text}"' if text else "where: null"


def _filter(draw: st.DrawFn) -> str:
    return f"facts: {draw(st.sampled_from(['events', 'events', 'record.nps']))}, {_where(draw)}"


SOURCES = {
    "none": "",
    "late": "{name: app, late_after: 2d}",
    "both": "{name: app, late_after: 4d}, {name: crm, late_after: 3d}",
    "covers": "{name: app, covers: attribute.plan = 'big'}, {name: crm, late_after: 5d}",
}


def yaml_of(lines: list[str], sources: str, zone: str) -> str:
    body = "".join(f"  - {{{line}}}\n" for line in lines)
    head = f"organisation: {{name: Test, time_zone: {zone}}}\n"
    return f"{head}sources: [{SOURCES[sources]}]\nmetrics:\n{body}"


def cell(column: Column, row: int, day: int) -> Answer:
    reason = Reason(int(column.reasons[row, day]))
    if reason:
        return reason
    if column.categories is not None:
        return column.categories[column.values[row, day]]
    return float(column.values[row, day])


def alike(found: Answer, wanted: Answer) -> bool:
    if type(found) is not type(wanted) or not isinstance(wanted, float):
        return found == wanted
    return bool(np.isclose(found, wanted, rtol=1e-9, atol=1e-12))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    world=worlds(),
    lines=metrics(),
    sources=st.sampled_from(sorted(SOURCES)),
    size=st.sampled_from([1, 7, 100]),
)
def test_every_cell_of_a_random_history_equals_the_oracle(
    world: World, lines: list[str], sources: str, size: int
) -> None:
    definitions = loads({"all.yaml": yaml_of(lines, sources, world.calendar.zone)})
    oracle = Oracle(
        world=world,
        metrics=definitions.metrics,
        conditions=WHERE,
        sources=definitions.sources,
        covers={"app": lambda known: known["plan"] == "big" if "plan" in known else None}
        if sources == "covers"
        else {},
        number=number,
    )
    panel = told(world, definitions, size=size)
    different = [
        (name, account, world.calendar.as_of(day), found, wanted)
        for name in definitions.metrics
        for row, account in enumerate(world.names)
        for day in range(world.calendar.days)
        if not alike(
            found := cell(panel.column(name), row, day),
            wanted := oracle.tell(name, account, world.calendar.as_of(day)),
        )
    ]
    assert different == []
