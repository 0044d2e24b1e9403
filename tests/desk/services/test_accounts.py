from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from banso.desk.models import Account, AccountAttribute, AccountGrams, Assignment, Member
from banso.desk.services.accounts import BEGINNING, AccountRow, ensure_accounts, save_accounts
from banso.desk.services.saved import RejectedRow, Saved

pytestmark = pytest.mark.django_db

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def row(number: int = 2, key: str = "A1", **rest: object) -> AccountRow:
    return AccountRow(row=number, key=key, **rest)  # type: ignore[arg-type]


def attributes() -> list[tuple[str, str, date]]:
    rows = AccountAttribute.objects.order_by("valid_from")
    return [(x.name, x.value, x.valid_from) for x in rows]


def assignments() -> list[tuple[str, date, date | None]]:
    rows = Assignment.objects.select_related("member").order_by("started_on")
    return [(x.member.handle, x.started_on, x.ended_on) for x in rows]


def test_accounts_met_again_are_not_made_again() -> None:
    first = ensure_accounts(["A1", "A2"])

    assert ensure_accounts(["A2", "A1", "A2"]) == first
    assert Account.objects.count() == 2


def found_by() -> list[tuple[str, str, list[str]]]:
    """What the search knows of accounts; the list is sorted by the same text."""
    rows = AccountGrams.objects.order_by("account__key")
    for folded, other in rows.values_list("account__folded", "folded"):
        assert folded == other
    return list(rows.values_list("account__key", "folded", "grams"))


def test_an_account_met_for_the_first_time_can_be_found_by_its_key() -> None:
    ensure_accounts(["A1"])
    assert found_by() == [("A1", "a1", ["1", "a", "a1"])]


def test_an_account_can_be_found_by_its_new_name() -> None:
    save_accounts([row(name="楓　商事")], effective=APRIL)
    assert found_by() == [
        ("A1", "楓 商事 a1", ["1", "a", "a1", "事", "商", "商事", "楓"]),
    ]

    save_accounts([row(name="ﾒｲﾌﾟﾙ")], effective=APRIL)
    assert [folded for _, folded, _ in found_by()] == ["めいぷる a1"]


def test_accounts_met_again_keep_their_names_and_are_still_found() -> None:
    save_accounts([row(name="楓商事")], effective=APRIL)

    ensure_accounts(["A1", "A2"])

    assert [folded for _, folded, _ in found_by()] == ["楓商事 a1", "a2"]


@pytest.mark.django_db(transaction=True)
def test_accounts_met_by_two_at_once_are_all_found() -> None:
    keys = [f"A{n}" for n in range(500)]

    def meet(keys: list[str]) -> dict[str, int]:
        try:
            return ensure_accounts(keys)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(meet, [keys, keys[::-1]])

    assert first == second
    assert [key for key, _, _ in found_by()] == sorted(keys)


def test_a_name_as_long_as_it_may_be_is_saved_however_long_it_grows() -> None:
    assert save_accounts([row(name="\ufdfa" * 300, key="x" * 200)], effective=APRIL).stored == 1


def test_the_same_row_again_is_a_duplicate() -> None:
    rows = [row(name="楓商事", owner="sato@example.com", attributes={"industry": "製造"})]

    assert save_accounts(rows, effective=APRIL) == Saved(stored=1, duplicate=0)
    assert save_accounts(rows, effective=MAY) == Saved(stored=0, duplicate=1)


def test_the_first_value_of_an_attribute_counts_from_the_beginning_and_a_new_one_from_its_day() -> (
    None
):
    save_accounts([row(attributes={"plan": "basic"})], effective=APRIL)
    save_accounts([row(attributes={"plan": "pro"})], effective=MAY)

    assert attributes() == [("plan", "basic", BEGINNING), ("plan", "pro", MAY)]


def test_two_values_of_one_day_leave_the_last() -> None:
    save_accounts([row(attributes={"plan": "basic"})], effective=APRIL)
    save_accounts([row(attributes={"plan": "pro"})], effective=MAY)
    save_accounts([row(attributes={"plan": "max"})], effective=MAY)

    assert attributes() == [("plan", "basic", BEGINNING), ("plan", "max", MAY)]


def test_rows_of_one_account_take_effect_on_their_own_days_oldest_first() -> None:
    rows = [
        row(2, owner="new", attributes={"plan": "pro"}, effective_on=MAY),
        row(3, owner="old", attributes={"plan": "basic"}, effective_on=APRIL),
    ]

    assert save_accounts(rows, effective=date(2026, 6, 1)) == Saved(stored=2, duplicate=0)
    assert attributes() == [("plan", "basic", BEGINNING), ("plan", "pro", MAY)]
    assert assignments() == [("old", APRIL, MAY), ("new", MAY, None)]
    assert save_accounts(rows, effective=date(2026, 6, 1)) == Saved(stored=0, duplicate=2)


def test_a_new_owner_ends_the_assignment_before() -> None:
    save_accounts([row(owner="sato@example.com")], effective=APRIL)
    save_accounts([row(owner="田中")], effective=MAY)

    assert assignments() == [("sato@example.com", APRIL, MAY), ("田中", MAY, None)]
    assert Account.objects.get().owner == Member.objects.get(handle="田中")


def test_a_member_made_by_an_import_cannot_sign_in() -> None:
    save_accounts([row(owner="sato@example.com")], effective=APRIL)

    assert Member.objects.get().has_usable_password() is False


def test_what_a_file_leaves_empty_is_kept() -> None:
    save_accounts([row(name="楓商事", started_on=APRIL, owner="田中")], effective=APRIL)
    save_accounts([row(name=None)], effective=MAY)

    account = Account.objects.get()
    assert (account.name, account.started_on, str(account.owner)) == ("楓商事", APRIL, "田中")


def test_one_key_with_two_contents_is_rejected_and_with_one_content_a_duplicate() -> None:
    rows = [row(2, name="a"), row(3, name="b"), row(4, name="a")]

    assert save_accounts(rows, effective=APRIL) == Saved(
        stored=1,
        duplicate=1,
        rejected=(RejectedRow(3, "the same key stands in row 2 with other content"),),
    )


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(key=""), "account is empty"),
        (row(key="x" * 201), "key is 201 characters long; at most 200 fit"),
        (row(name="x" * 301), "name is 301 characters long; at most 300 fit"),
    ],
)
def test_a_row_that_cannot_be_kept_is_rejected_with_its_reason(
    bad: AccountRow, reason: str
) -> None:
    assert save_accounts([bad], effective=APRIL) == Saved(0, 0, (RejectedRow(2, reason),))
    assert Account.objects.count() == 0


def test_a_day_that_has_not_come_is_refused() -> None:
    assert save_accounts([row(owner="new", effective_on=MAY)], effective=APRIL) == Saved(
        0,
        0,
        (RejectedRow(2, "takes effect on 2026-05-01, after 2026-04-01; import it on that day"),),
    )
    assert save_accounts([row(owner="new", effective_on=APRIL)], effective=APRIL).stored == 1


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_keep_what_the_other_has_said() -> None:
    keys = [f"A{n}" for n in range(300)]
    names = [row(n, key, name=f"name of {key}") for n, key in enumerate(keys)]
    owners = [row(n, key, owner="田中") for n, key in enumerate(keys)]

    def save(rows: list[AccountRow]) -> int:
        try:
            return save_accounts(rows, effective=APRIL).stored
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(save, [names, owners])) == [300, 300]

    told = Account.objects.values_list("key", "name", "owner__handle")
    assert sorted(told) == sorted((key, f"name of {key}", "田中") for key in keys)
