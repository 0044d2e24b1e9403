"""What the desk has recorded of an account, page by page."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.desk.alerts import alert, member

from banso.desk.models import (
    Account,
    AccountAttribute,
    AlertState,
    Assignment,
    Cause,
    Change,
    Contact,
    Contract,
    DefinitionSet,
    Handling,
    Member,
)
from banso.desk.queries.contracts import ContractView
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.queries.timeline import recorded
from banso.desk.queries.timeline_entries import (
    RANKS,
    AlertStep,
    AttributeChange,
    ContractStep,
    Entry,
    Handled,
    HealthChange,
    Kind,
    Left,
    Owned,
    Place,
    SetApplied,
    Window,
)

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
UNTIL = date(2026, 9, 30)
KINDS: tuple[Kind, ...] = ("health", "alerts", "people", "contracts", "attributes", "sets")


def september(day: int) -> date:
    return date(2026, 9, day)


def window(*, limit: int = 100, before: Place | None = None) -> Window:
    moment = datetime(2026, 10, 1, tzinfo=TOKYO).astimezone(UTC)
    return Window(zone=TOKYO, until=UNTIL, moment=moment, before=before, limit=limit)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO).astimezone(UTC)


@pytest.fixture
def account() -> Account:
    return Account.objects.create(key="A")


def told(account: Account, *kinds: Kind) -> list[tuple[datetime, object]]:
    entries = recorded(EVERYTHING, account.pk, window=window(), kinds=kinds)
    return [(x.place.at, x.what) for x in entries]


def change(account: Account, day: date, what: str = "stage", **others: object) -> Change:
    values: dict[str, object] = {"before": "a", "after": "b", "fingerprint": "f", "generation": 1}
    return Change.objects.create(
        account=account, as_of=day, what=what, **{"journey": "web", **values, **others}
    )


def test_changes_of_stage_and_health_are_told_with_their_parts(account: Account) -> None:
    part = {"kind": "data", "condition": "x", "amount": -3.5}
    change(account, september(1), score_before=80.0, score_after=76.5, parts=[part])
    change(account, september(1), "colour", before="healthy", after="watch", cause=Cause.RESTATED)
    change(account, date(2026, 10, 1))  # after the day that is looked at
    assert told(account, "health") == [
        (
            midnight(september(1)),
            HealthChange("web", "stage", "a", "b", 80.0, 76.5, [part], "recorded"),
        ),
        (
            midnight(september(1)),
            HealthChange("web", "colour", "healthy", "watch", None, None, [], "restated"),
        ),
    ]


def test_alerts_are_told_as_they_open_and_close(account: Account) -> None:
    made = alert(account, opened=september(3), closed=september(9))
    made.episode.closed_because = "cleared"
    made.episode.save()
    opened = AlertStep(
        alert=made.pk,
        rule="quiet",
        label={},
        priority="high",
        why=[],
        closed=False,
        because="",
        opened_on=september(3),
    )
    assert told(account, "alerts") == [
        (midnight(september(9)), replace(opened, closed=True, because="cleared")),
        (midnight(september(3)), opened),
    ]


def handle(made: object, who: Member | None, at: datetime, **others: object) -> Handling:
    values: dict[str, object] = {"state": AlertState.DONE, "before": AlertState.OPEN}
    handling = Handling.objects.create(alert=made, member=who, **{**values, **others})
    Handling.objects.filter(pk=handling.pk).update(at=at)
    return handling


def test_what_members_did_is_told_with_its_moment(account: Account) -> None:
    made, sato = alert(account, opened=date(2026, 12, 1)), member("sato")
    nine = datetime(2026, 9, 5, tzinfo=UTC)
    done = handle(made, sato, nine)
    later = nine + timedelta(hours=1)
    handle(made, None, later, state=AlertState.OPEN, before=AlertState.DONE, undoes=done)
    handle(made, sato, datetime(2026, 10, 1, tzinfo=UTC))  # after the moment
    first = Handled(made.pk, "quiet", {}, "sato", "done", None, "", "", undone=False)
    assert told(account, "alerts") == [
        (later, replace(first, member=None, state="open", undone=True)),
        (nine, first),
    ]


def test_owners_follow_each_other_and_an_end_is_news_only_where_nobody_follows(
    account: Account,
) -> None:
    sato, ito = member("sato"), member("ito")
    spans = [
        (sato, september(1), september(5)),
        (ito, september(5), september(9)),
        (sato, september(20), None),
    ]
    for who, start, end in spans:
        Assignment.objects.create(account=account, member=who, started_on=start, ended_on=end)
    assert told(account, "people") == [
        (midnight(september(20)), Owned("sato", None)),
        (midnight(september(9)), Owned(None, "ito")),
        (midnight(september(5)), Owned("ito", "sato")),
        (midnight(september(1)), Owned("sato", None)),
    ]


def test_contacts_who_left_are_told(account: Account) -> None:
    Contact.objects.create(account=account, key="c1", name="安藤", role="head", user="ann")
    Contact.objects.create(account=account, key="c2", left_on=september(4))
    Contact.objects.create(account=account, key="c3", name="千葉", role="x", left_on=september(4))
    Contact.objects.create(account=account, key="c4", left_on=date(2026, 12, 1))
    assert told(account, "people") == [
        (midnight(september(4)), Left("千葉", "x", "")),
        (midnight(september(4)), Left("c2", "", "")),
    ]


def test_contracts_are_told_as_they_are_signed_begin_and_end(account: Account) -> None:
    view = ContractView(
        "c", "web", september(2), september(20), date(2026, 8, 1), seats=3, arr=None, currency=""
    )
    Contract.objects.create(account=account, **vars(view))
    later = replace(view, key="d", start_on=september(21), end_on=date(2027, 1, 1), signed_on=None)
    Contract.objects.create(account=account, **vars(later))
    assert told(account, "contracts") == [
        (midnight(september(21)), ContractStep("begins", later)),
        (midnight(september(20)), ContractStep("ends", view)),
        (midnight(september(2)), ContractStep("begins", view)),
        (midnight(date(2026, 8, 1)), ContractStep("signed", view)),
    ]


def test_attributes_are_told_where_they_changed_and_not_as_they_were_from_the_first(
    account: Account,
) -> None:
    other = Account.objects.create(key="B")
    rows = [
        (account, "size", "1", date(1900, 1, 1)),
        (account, "size", "2", september(2)),
        (account, "size", "3", september(7)),
        (account, "plan", "pro", september(3)),
        (other, "size", "9", september(6)),
    ]
    for of, name, value, day in rows:
        AccountAttribute.objects.create(account=of, name=name, value=value, valid_from=day)
    assert told(account, "attributes") == [
        (midnight(september(7)), AttributeChange("size", "3", "2")),
        (midnight(september(3)), AttributeChange("plan", "pro", None)),
        (midnight(september(2)), AttributeChange("size", "2", "1")),
    ]


def applied(moment: datetime, fingerprint: str = "f") -> None:
    made = DefinitionSet.objects.create(
        fingerprint=fingerprint,
        metadata_fingerprint="m",
        files={},
        applied_by="sato",
        why="because",
    )
    DefinitionSet.objects.filter(pk=made.pk).update(applied_at=moment)


def test_sets_are_told_with_whether_numbers_can_differ(account: Account) -> None:
    moments = [datetime(2026, 9, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
    for fingerprint, moment in zip(("f1", "f1", "f2"), moments, strict=True):
        applied(moment, fingerprint)
    assert told(account, "sets") == [
        (moments[2], SetApplied("f2", "sato", "because", numbers=True)),
        (moments[1], SetApplied("f1", "sato", "because", numbers=False)),
        (moments[0], SetApplied("f1", "sato", "because", numbers=True)),
    ]


def history(account: Account) -> None:
    """Of every kind, several on one day, two at one instant."""
    owner = member("owner")
    for day in range(1, 13):
        change(account, september(day))
        change(account, september(day), "colour")
        change(account, september(day), journey="bi")
        applied(midnight(september(day)) + timedelta(hours=12))
        made = alert(account, rule=f"r{day}", opened=september(day), closed=september(day + 1))
        at = midnight(september(day)) + timedelta(hours=day % 2)
        handle(made, owner, at)
        handle(made, owner, at)
        AccountAttribute.objects.create(
            account=account, name="size", value=str(day), valid_from=september(day)
        )
        Contact.objects.create(account=account, key=f"c{day}", left_on=september(day))
    for number in range(4):
        Contract.objects.create(
            account=account, key=f"k{number}", start_on=september(3), end_on=september(9)
        )
    Assignment.objects.create(account=account, member=owner, started_on=september(3))


@pytest.mark.parametrize("limit", [1, 4, 7, 50])
def test_pages_together_tell_everything_once_in_order(account: Account, limit: int) -> None:
    history(account)
    whole = recorded(EVERYTHING, account.pk, window=window(limit=1000), kinds=KINDS)
    pages: list[Entry] = []
    before: Place | None = None
    while found := recorded(
        EVERYTHING, account.pk, window=window(limit=limit, before=before), kinds=KINDS
    ):
        pages += found
        before = Place.of(found[-1].place.cursor)
    assert pages == whole
    assert len(whole) == 12 * 10 + 4 * 2 + 1
    places = [x.place for x in whole]
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == len(places)


def test_the_number_of_queries_does_not_grow_with_the_history(account: Account) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            recorded(EVERYTHING, account.pk, window=window(limit=50), kinds=KINDS)
        return len(asked)

    none = queries()
    history(account)
    full = queries()
    for day in range(13, 20):
        change(account, september(day))
        handle(
            alert(account, rule=f"r{day}", opened=september(day)), None, midnight(september(day))
        )
    assert (none, full, queries()) == (8, 11, 11)


def test_only_the_kinds_asked_for_are_read(account: Account) -> None:
    history(account)
    found = recorded(EVERYTHING, account.pk, window=window(), kinds=("contracts",))
    assert {x.kind for x in found} == {"contracts"}


def test_nothing_of_an_account_out_of_reach_is_told_but_the_sets_of_all(account: Account) -> None:
    history(account)
    scope = scope_of(member("somebody"))
    found = recorded(scope, account.pk, window=window(), kinds=KINDS)
    assert [x.kind for x in found] == ["sets"] * 12


def test_amounts_are_hidden_from_those_who_may_not_see_them(account: Account) -> None:
    Contract.objects.create(
        account=account, key="k", start_on=september(3), end_on=date(2027, 1, 1), arr=100
    )
    scope = replace(EVERYTHING, revenue=False)
    (entry,) = recorded(scope, account.pk, window=window(), kinds=("contracts",))
    assert isinstance(entry.what, ContractStep)
    assert entry.what.contract.arr is None


def test_a_cursor_comes_back_as_the_place_it_names() -> None:
    for place in (
        Place(datetime(2026, 9, 1, 1, 2, 3, 456789, tzinfo=UTC), RANKS["stage"], 7),
        Place(midnight(date(1950, 1, 1)), 0, -3),
        Place(midnight(UNTIL), 12, 2**64 - 1),
    ):
        assert Place.of(place.cursor) == place


@pytest.mark.parametrize(
    "cursor", ["", "1", "1.2", "1.2.x", "1.2.3.4", "9" * 30 + ".1.1", "1.2.３"]
)
def test_a_text_that_is_no_cursor_is_none(cursor: str) -> None:
    assert Place.of(cursor) is None


def test_a_cursor_of_nobodys_making_asks_the_database_nothing_impossible(account: Account) -> None:
    history(account)
    far = Place(midnight(september(5)), RANKS["stage"], 2**64 - 1)
    found = recorded(EVERYTHING, account.pk, window=window(before=far), kinds=("health",))
    assert len(found) == 5 * 3
