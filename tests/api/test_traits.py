"""What group calls say of an account is true from that day on."""

from datetime import UTC, date, datetime, timedelta

from tests.api.conftest import Send

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import Account, AccountAttribute
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.live import Collector

BEGINNING = date(1900, 1, 1)
TOKYO = loads({"a.yaml": "organisation: {name: Test, time_zone: Asia/Tokyo}"})


def attributes(account: str) -> dict[tuple[str, date], str]:
    rows = AccountAttribute.objects.filter(account__key=account)
    return {(x.name, x.valid_from): x.value for x in rows}


def group(send: Send, when: str, account: str = "C1", **traits: object) -> None:
    told = {"userId": "u1", "groupId": account, "timestamp": when, "traits": traits}
    assert send("/v1/group", told).status == 200


def turn(session: Session) -> None:
    Collector(session.store, lambda: TOKYO).turn()


def test_attributes_are_dated_by_the_day_of_the_call_in_the_organisations_zone(
    send: Send, session: Session
) -> None:
    group(send, "2026-10-01T10:00:00Z", plan="free", seats=5, trial=True, address={"city": "京都"})
    group(send, "2026-10-20T16:00:00Z", plan="pro", seats=5, left=None, tags=["a"])
    turn(session)
    day = date(2026, 10, 21)  # 01:00 in Tokyo
    assert attributes("C1") == {
        ("plan", BEGINNING): "free",
        ("plan", day): "pro",
        ("seats", BEGINNING): "5",
        ("trial", BEGINNING): "true",
        ("address_city", BEGINNING): "京都",
        ("tags", BEGINNING): '["a"]',
    }


def test_a_late_call_is_true_on_its_own_day(send: Send, session: Session) -> None:
    for when, plan in (("2026-10-01", "free"), ("2026-10-20", "pro"), ("2026-10-10", "trial")):
        group(send, f"{when}T00:00:00Z", plan=plan)
        turn(session)
    assert attributes("C1") == {
        ("plan", BEGINNING): "free",
        ("plan", date(2026, 10, 10)): "trial",
        ("plan", date(2026, 10, 20)): "pro",
    }


def test_of_several_calls_on_a_day_the_last_word_counts(send: Send, session: Session) -> None:
    group(send, "2026-10-01T03:00:00Z", plan="pro", region="east")
    group(send, "2026-10-01T02:00:00Z", plan="free", size=3)
    turn(session)
    assert {k[0]: v for k, v in attributes("C1").items()} == {
        "plan": "pro",
        "region": "east",
        "size": "3",
    }


def test_a_name_that_somebody_has_given_stays(send: Send, session: Session) -> None:
    save_accounts([AccountRow(row=1, key="C1", name="楓商事")], effective=date(2026, 1, 1))
    group(send, "2026-10-01T03:00:00Z", name="Kaede Inc")
    group(send, "2026-10-01T03:00:00Z", "C2", name="もみじ物産")
    turn(session)
    group(send, "2026-10-02T03:00:00Z", "C2", name="Momiji")
    turn(session)
    names = dict(Account.objects.values_list("key", "name"))
    assert names == {"C1": "楓商事", "C2": "もみじ物産"}


def test_a_clock_that_is_a_little_ahead_tells_of_today(send: Send, session: Session) -> None:
    group(send, "2026-01-01T00:00:00Z", plan="free")
    group(send, (datetime.now(tz=UTC) + timedelta(hours=23)).isoformat(), plan="pro")
    turn(session)
    assert set(attributes("C1").values()) == {"free", "pro"}
    today = datetime.now(tz=UTC).date()
    assert max(day for _, day in attributes("C1")) <= today + timedelta(days=1)


def test_traits_that_can_not_be_attributes_harm_no_other(send: Send, session: Session) -> None:
    deep: dict[str, object] = {}
    for _ in range(60):
        deep = {"a": deep}
    group(send, "2026-10-01T02:00:00Z", deep={**deep, "b": 1})
    group(send, "2026-10-01T03:00:00Z", name="x" * 400, **{"y" * 101: 1, "a\0b": "\0", "ok": "1"})
    turn(session)
    assert Account.objects.get(key="C1").name == "x" * 300
    assert {k[0]: v for k, v in attributes("C1").items()} == {"a_b": "", "ok": "1"}
