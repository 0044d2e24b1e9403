"""The facts behind a number: as many as the number says, each on exactly one page."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.pipeline.one_vendor import TODAY, ago, at, contact, contacts, fact, looking, told
from tests.pipeline.vendor import ACCOUNTS, LAST, apply, furnish

from banso.cli.session import Session
from banso.core.metrics import FactsWindow, facts_windows
from banso.desk.models import Account
from banso.pipeline.counted_facts import CountedFact, CountedFacts, FactPlace, counted_facts
from banso.pipeline.one_account import OneAccount, one_account

METRICS = """
metrics:
  - {name: logins, kind: count, where: event = 'login', window: 7d}
  - {name: by_champion, kind: recency, where: role = 'champion'}
  - {name: large, kind: count, where: "properties.size >= 3 and event = 'order'"}
  - {name: answer, kind: latest, of: record.nps}
"""


def window(one: OneAccount, metric: str, day: date = TODAY) -> FactsWindow:
    (found,) = facts_windows(
        definitions=one.definitions, calendar=one.calendar, metric=metric, as_of=day
    )
    return found


def events(found: CountedFacts) -> list[str]:
    return [x.event for x in found.facts]


def test_a_fact_is_told_with_all_that_is_known_of_it(session: Session) -> None:
    properties = '{"comment":"良い","size":3}'
    told(
        session,
        events=[
            fact(
                ago(1),
                "order",
                user="ann",
                feature="shop",
                product="web",
                value=2.5,
                properties=properties,
            )
        ],
    )
    contacts(contact("c1", user="ann", role="champion"))
    with looking(session, METRICS) as one:
        found = counted_facts(one, window(one, "large"), limit=10)
    assert found == CountedFacts(
        total=1,
        facts=(
            CountedFact(
                place=found.facts[0].place,
                at=at(ago(1)),
                user="ann",
                event="order",
                feature="shop",
                product="web",
                source="web",
                role="champion",
                value=2.5,
                properties=(("comment", "良い"), ("size", "3")),
            ),
        ),
        previous=None,
        next=None,
    )


def test_only_what_counts_is_there_newest_first(session: Session) -> None:
    told(
        session,
        events=[
            fact(ago(0), user="ann"),  # the day itself does not count
            fact(ago(1), user="ann"),
            fact(ago(7), user="bob", hour=0),  # the window's first instant
            fact(ago(8), user="bob", hour=23, minute=59),
            fact(ago(2), "order", user="ann"),
        ],
        records=[fact(ago(3), "nps", value=9.0), fact(ago(4), "ticket")],
    )
    contacts(contact("c1", user="ann", role="champion"))
    with looking(session, METRICS) as one:
        logins = counted_facts(one, window(one, "logins"), limit=10)
        champion = counted_facts(one, window(one, "by_champion"), limit=10)
        answers = counted_facts(one, window(one, "answer"), limit=10)
    assert [(x.user, x.at) for x in logins.facts] == [("ann", at(ago(1))), ("bob", at(ago(7), 0))]
    assert events(champion) == ["login", "order"]
    assert [(x.event, x.value) for x in answers.facts] == [("nps", 9.0)]
    assert (logins.total, champion.total, answers.total) == (2, 2, 1)


def test_pages_forth_and_back_show_every_fact_once_even_of_one_instant(session: Session) -> None:
    # twelve facts of three instants: pages of five must break within an instant
    facts = [
        fact(ago(1 + number % 3), user=f"u{number}", message_id=f"m{number}")
        for number in range(12)
    ]
    told(session, events=facts)
    with looking(session, METRICS) as one:
        at_hand = window(one, "logins")
        pages = [counted_facts(one, at_hand, limit=5)]
        while (cursor := pages[-1].next) is not None:
            pages.append(counted_facts(one, at_hand, limit=5, after=FactPlace.of(cursor)))
        back = counted_facts(one, at_hand, limit=5, before=FactPlace.of(pages[2].previous or ""))
        front = counted_facts(one, at_hand, limit=5, before=FactPlace.of(back.previous or ""))
    shown = [x.place for page in pages for x in page.facts]
    assert [len(page.facts) for page in pages] == [5, 5, 2]
    assert shown == sorted(shown, reverse=True)
    assert len(set(shown)) == 12
    assert [page.total for page in pages] == [12, 12, 12]
    assert (pages[0].previous, pages[2].next) == (None, None)
    assert back == pages[1]
    assert front.facts == pages[0].facts
    assert front.previous is None


def test_no_fact_is_an_empty_page(session: Session) -> None:
    told(session, events=[fact(ago(30))])
    with looking(session, METRICS) as one:
        assert counted_facts(one, window(one, "logins"), limit=5) == CountedFacts(0, (), None, None)


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", "1.", ".1", "1.2.3", "１.２", "1.-2", f"{10**30}.1", f"1.{2**64}"]
)
def test_a_text_that_is_no_cursor_is_none(cursor: str) -> None:
    assert FactPlace.of(cursor) is None


def test_a_cursor_comes_back_as_the_place_it_names() -> None:
    for place in (FactPlace(-5, 0), FactPlace(1_780_000_000_000_000, 2**64 - 1)):
        assert FactPlace.of(place.cursor) == place


def test_there_are_as_many_facts_as_a_count_says(session: Session) -> None:
    furnish(session)
    definitions = apply(
        "organisation: {name: Test, time_zone: Asia/Tokyo}\n"
        "metrics: [{name: logins, kind: count, window: 5d}]\n"
    )
    random = np.random.default_rng(3)
    for key in ACCOUNTS:
        number = Account.objects.get(key=key).pk
        with one_account(session.store, definitions, account=number, as_of=LAST) as one:
            for days in random.integers(1, 50, 4).tolist():
                day = LAST - timedelta(days=days)
                found = counted_facts(one, window(one, "logins", day), limit=1)
                assert found.total == one.told("logins", day).value
