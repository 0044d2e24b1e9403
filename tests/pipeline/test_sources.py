"""What each source has sent, whether it still speaks, and what rests on it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.pipeline.vendor import noon

from banso.core.definitions import Definitions, loads
from banso.core.events.fact import Dataset, Fact
from banso.pipeline.freshness import late_sources
from banso.pipeline.session import Session
from banso.pipeline.sources import SHOWN_DAYS, State, feeds, metric_sources
from banso.store import Ledger, Rejected, Store

AS_OF = date(2026, 5, 30)
SET = """
organisation: {name: Test, time_zone: Asia/Tokyo}
sources:
  - {name: web, late_after: 5d, label: {en: Web log, ja: ログ}}
  - {name: survey, covers: "attribute.plan = 'pro'"}
  - {name: planned, late_after: 2d}
metrics:
  - {name: users, kind: distinct_users, window: 7d}
  - {name: bi_users, kind: distinct_users, window: 7d, where: product = 'bi'}
  - {name: nps, kind: latest, of: record.nps}
  - {name: csat, kind: latest, of: record.csat}
  - {name: seats, kind: latest, of: contract.seats}
  - {name: use, kind: ratio, of: users, by: seats}
  - {name: both, kind: derived, expression: use * nps}
"""


@pytest.fixture
def definitions() -> Definitions:
    return loads({"x": SET})


def send(
    store: Store, source: str, *days: int, dataset: Dataset = "events", event: str = "login"
) -> None:
    """Facts of noon so many days before AS_OF."""
    facts = [
        Fact(account="A", event=event, time=noon(AS_OF - timedelta(days=n)), message_id=f"{n}")
        for n in days
    ]
    store.accept(source=source, dataset=dataset, facts=facts)
    store.collect()


def test_declared_sources_come_first_and_those_that_nobody_declared_by_name(
    session: Session, definitions: Definitions
) -> None:
    for source in ("zeta", "web", "alpha"):
        send(session.store, source, 1)
    names = [feed.name for feed in feeds(session.store, definitions, as_of=AS_OF)]
    assert names == ["web", "survey", "planned", "alpha", "zeta"]
    undefined = feeds(session.store, None, as_of=AS_OF)
    assert [feed.name for feed in undefined] == ["alpha", "web", "zeta"]


def test_a_source_is_its_facts_days_and_ledger(session: Session, definitions: Definitions) -> None:
    store = session.store
    send(store, "web", 0, 1, 56, 57)
    send(store, "web", 1, 2)
    send(store, "web", 3, dataset="records", event="nps")
    store.accept(
        source="web", dataset="events", facts=[Fact(account="A", event="x", time=noon(AS_OF))]
    )
    web = feeds(store, definitions, as_of=AS_OF)[0]
    assert web.declared == definitions.sources["web"]
    assert web.kinds == ("events", "records")
    assert (web.first, web.last) == (AS_OF - timedelta(days=57), AS_OF)
    expected = [0] * SHOWN_DAYS
    for days_before in (1, 2, 3, 56):
        expected[-days_before] = 1
    assert list(web.days) == expected
    assert web.facts == 6
    assert web.ledger == Ledger(received=7, stored=6, duplicate=1)
    assert web.waiting == 1
    assert web.received_at is not None
    assert datetime.now(tz=UTC) - web.received_at < timedelta(hours=1)


@pytest.mark.parametrize(
    ("source", "last", "state"),
    [
        ("web", 5, State.ON_TIME),
        ("web", 6, State.LATE),
        ("survey", 28, State.ARRIVING),
        ("survey", 29, State.SILENT),
        ("other", 1, State.ARRIVING),
    ],
)
def test_states_are_told_by_the_last_fact_before_the_day(
    session: Session, definitions: Definitions, source: str, last: int, state: State
) -> None:
    send(session.store, source, last, last + 9)
    found = {feed.name: feed.state for feed in feeds(session.store, definitions, as_of=AS_OF)}
    assert found[source] is state
    late = {x.source for x in late_sources(session.store, definitions, AS_OF)}
    assert (source in late) is (state is State.LATE)


def test_who_has_computed_nothing_for_long_is_not_told_that_all_is_well(
    session: Session, definitions: Definitions
) -> None:
    send(session.store, "web", 1)
    told = [
        feeds(session.store, definitions, as_of=AS_OF, today=AS_OF + timedelta(days=days))[0]
        for days in (-3, 0, 4, 5)
    ]
    assert [x.state for x in told] == [State.ON_TIME, State.ON_TIME, State.ON_TIME, State.LATE]
    assert {x.days for x in told} == {told[0].days}  # what is shown ends with the run


def test_facts_of_the_day_itself_and_later_say_nothing_of_it(
    session: Session, definitions: Definitions
) -> None:
    send(session.store, "web", 0, -1, 20)
    web = feeds(session.store, definitions, as_of=AS_OF)[0]
    assert web.state is State.LATE
    assert web.last == AS_OF + timedelta(days=1)
    assert sum(web.days) == 1


def test_a_declared_source_that_has_never_spoken_is_told(
    session: Session, definitions: Definitions
) -> None:
    planned = feeds(session.store, definitions, as_of=AS_OF)[2]
    assert (planned.name, planned.state, planned.kinds) == ("planned", State.NEVER, ())
    assert (planned.first, planned.last, planned.facts) == (None, None, 0)


def test_a_source_of_the_book_has_a_ledger_but_no_facts(
    session: Session, definitions: Definitions
) -> None:
    session.store.reject(
        source="crm",
        dataset="accounts",
        origin="a.csv",
        rejected=[Rejected(2, "no account", "")],
        ledger=Ledger(received=9, stored=7, duplicate=1, quarantined=1),
    )
    crm = feeds(session.store, definitions, as_of=AS_OF)[-1]
    assert (crm.name, crm.state, crm.facts, crm.ledger.received) == ("crm", State.BOOK, 0, 9)


def test_metrics_rest_on_the_sources_of_facts_that_can_count_in_them(
    session: Session, definitions: Definitions
) -> None:
    send(session.store, "web", 1)
    send(session.store, "app", 1)
    send(session.store, "survey", 1, dataset="records", event="nps")
    assert metric_sources(session.store, definitions) == {
        "users": {"web", "app"},
        "bi_users": set(),
        "nps": {"survey"},
        "csat": set(),
        "seats": set(),
        "use": {"web", "app"},
        "both": {"web", "app", "survey"},
    }
    survey = feeds(session.store, definitions, as_of=AS_OF)[1]
    assert survey.metrics == ("nps", "both")


def test_a_new_source_is_seen_at_once(session: Session, definitions: Definitions) -> None:
    send(session.store, "web", 1)
    assert metric_sources(session.store, definitions)["users"] == {"web"}
    send(session.store, "app", 1)
    assert metric_sources(session.store, definitions)["users"] == {"web", "app"}
