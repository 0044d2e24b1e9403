"""Who the product introduces becomes a contact; what people have entered comes first."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.api.conftest import Send
from tests.api.test_identity import Said, at

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import Contact, ContactRole, Revision
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.pipeline.live import Collector

TOKYO = ZoneInfo("Asia/Tokyo")
EFFECTIVE = date(2026, 1, 1)
ASKED = """
organisation: {name: Test}
sources:
  - {name: app, tracking: {consent: Analytics}}
"""
NOT = """
organisation: {name: Test}
sources:
  - {name: app, tracking: {contacts: false}}
"""


def turn(session: Session, definitions: str = "organisation: {name: Test}") -> None:
    known = loads({"a.yaml": definitions})
    Collector(session.store, lambda: known).turn()


def said(send: Send, minute: int, groupId: str | None = "C1", **told: Any) -> None:  # noqa: N803
    """An identify call of u1, in an account."""
    context = told.pop("context", {}) | ({"groupId": groupId} if groupId else {})
    call = {"userId": "u1", "messageId": f"i{minute}", "context": context}
    Said(send).call("identify", minute, **call, traits=told).post()


def contacts() -> list[tuple[str, ...]]:
    rows = Contact.objects.order_by("account__key", "key")
    return list(rows.values_list("account__key", "key", "user", "name", "email", "role"))


def test_name_email_and_role_become_a_contact_that_follows_the_newest_call(
    send: Send, session: Session
) -> None:
    said(send, 10, name=" 山田\n花子 ", email="h@kaede.jp", title="部長", phone="090")
    turn(session)
    assert contacts() == [("C1", "u1", "u1", "山田 花子", "h@kaede.jp", "部長")]
    said(send, 30, firstName="Hanako", lastName="Yamada", role="champion")
    turn(session)
    said(send, 20, name="late", email="late@kaede.jp")  # arrives after, was before
    turn(session)
    assert contacts() == [("C1", "u1", "u1", "Hanako Yamada", "h@kaede.jp", "champion")]


def test_a_call_that_says_nothing_new_changes_nothing(send: Send, session: Session) -> None:
    said(send, 10, name="Hanako")
    turn(session)
    before = Revision.objects.get().number
    said(send, 20, name="Hanako")
    turn(session)
    assert Revision.objects.get().number == before


def test_a_user_becomes_a_contact_once_the_account_is_known(send: Send, session: Session) -> None:
    said(send, 10, groupId=None, name="Hanako")
    turn(session)
    assert contacts() == []
    Said(send).call("group", 20, userId="u1", groupId="C2", messageId="g").post()
    turn(session)
    assert contacts() == [("C2", "u1", "u1", "Hanako", "", "")]


def test_of_a_contact_that_was_imported_only_what_is_empty_is_filled_in(
    send: Send, session: Session
) -> None:
    save_contacts(
        [ContactRow(row=1, account="C1", key="p1", name="山田", email="H@kaede.jp")],
        effective=EFFECTIVE,
    )
    said(send, 10, name="Hanako", email="h@kaede.jp", role="champion")
    turn(session)
    assert contacts() == [("C1", "p1", "u1", "山田", "H@kaede.jp", "champion")]


def test_an_imported_contact_takes_the_place_of_the_introduced_one(
    send: Send, session: Session
) -> None:
    said(send, 10, name="Hanako", role="champion")
    turn(session)
    save_contacts(
        [ContactRow(row=1, account="C1", key="p1", user="u1", name="山田")], effective=EFFECTIVE
    )
    assert contacts() == [("C1", "p1", "u1", "山田", "", "")]


def test_roles_that_calls_told_stay_with_the_contact_that_comes_from_a_file(
    send: Send, session: Session
) -> None:
    said(send, 10, role="user")
    said(send, 3000, role="admin")
    turn(session)
    told = list(ContactRole.objects.order_by("valid_from").values_list("valid_from", "role"))
    assert [role for _, role in told] == ["user", "admin"]
    later = max(day for day, _ in told) + timedelta(days=9)
    row = ContactRow(row=1, account="C1", key="p1", user="u1", name="山田", role="owner")
    save_contacts([row], effective=later)
    rows = ContactRole.objects.filter(contact__key="p1").order_by("valid_from")
    assert list(rows.values_list("valid_from", "role")) == [*told, (later, "owner")]


def test_who_has_not_consented_becomes_no_contact_and_who_takes_it_back_is_forgotten(
    send: Send, session: Session
) -> None:
    def preferring(**said: bool) -> dict[str, Any]:
        return {"consent": {"categoryPreferences": said}}

    said(send, 1, name="Hanako", context=preferring(Analytics=False, Ads=False))
    turn(session)
    assert contacts() == []
    said(send, 2, name="Hanako", context=preferring(Analytics=False, Ads=True))
    turn(session, ASKED)
    said(send, 3, name="Hanako")
    turn(session, ASKED)
    assert contacts() == []
    said(send, 4, name="Hanako", context=preferring(Analytics=True))
    turn(session, ASKED)
    assert contacts() == [("C1", "u1", "u1", "Hanako", "", "")]
    said(send, 5, name="Hanako", context=preferring(Analytics=False))
    turn(session, ASKED)
    assert contacts() == [("C1", "u1", "u1", "", "", "")]


def test_a_source_can_leave_its_users_alone(send: Send, session: Session) -> None:
    said(send, 1, name="Hanako")
    turn(session, NOT)
    assert contacts() == []


def test_a_role_is_dated_by_its_call_and_one_that_comes_late_takes_its_place(
    send: Send, session: Session
) -> None:
    """A day has 1,440 minutes; the organisation's day is what counts."""
    tokyo = "organisation: {name: Test, time_zone: Asia/Tokyo}"
    for minute, role in ((10, "user"), (3000, "admin"), (3001, "admin")):
        said(send, minute, role=role)
    turn(session, tokyo)
    before = Revision.objects.get().number
    said(send, 1500, role="guest")
    turn(session, tokyo)
    assert Revision.objects.get().number == before + 1
    rows = ContactRole.objects.order_by("valid_from").values_list("role", "valid_from")
    days = {minute: datetime.fromisoformat(at(minute)).astimezone(TOKYO).date()
            for minute in (10, 1500, 3000)}  # fmt: skip
    assert list(rows) == [("user", days[10]), ("guest", days[1500]), ("admin", days[3000])]
    assert contacts()[0][-1] == "admin"
    said(send, 4000, role="admin", context={"consent": {"categoryPreferences": {"A": False}}})
    turn(session, tokyo)
    assert not ContactRole.objects.exists()
