"""Accounts brought together and split again by a program."""

from urllib.parse import quote

import pytest
from django.test import Client
from tests.web.rest import HERE, Call
from tests.web.site import SEEN, Site

from banso.desk.models import Account, AccountId, Alert, Mute
from banso.desk.services.tokens import add_token


@pytest.fixture(autouse=True)
def _as_before(vendor_site: Site) -> object:
    """The store is the site's, for all tests: it follows the desk, which is rolled back."""
    yield
    vendor_site.session.store.set_merged({})


def test_accounts_are_merged_listed_and_split_again(call: Call) -> None:
    status, made = call("cs_ops", "POST", "merges", {"account": "A2", "into": "A1"})
    assert (status, made["account"], made["into"]) == (200, "A2", "A1")
    assert (made["account_name"], made["member"], made["undone_at"]) == ("A2 商事", "cs_ops", None)
    assert call("csm", "GET", "merges")[1] == [made]
    assert call("mate", "GET", "merges")[1] == []
    _, accounts = call("admin", "GET", "accounts?limit=200")
    assert "A2" not in {x["key"] for x in accounts["items"]}
    assert call("csm", "GET", "accounts/A1")[1]["merged"] == ["A2"]
    number = made["number"]
    status, split = call("cs_ops", "POST", f"merges/{number}/undo")
    assert (status, split["undone_by"], split["undone_at"] is None) == (200, "cs_ops", False)
    assert call("cs_ops", "POST", f"merges/{number}/undo")[0] == 409
    assert call("csm", "GET", "accounts/A1")[1]["merged"] == []
    assert Account.objects.filter(key="A2").exists()


@pytest.mark.parametrize(
    ("account", "into", "status", "why"),
    [
        ("A1", "A1", 409, "'A1' is that account already"),
        ("A9", "A1", 404, "there is no account 'A9'"),
    ],
)
def test_what_can_not_be_merged_is_told(
    call: Call, account: str, into: str, status: int, why: str
) -> None:
    answer = call("admin", "POST", "merges", {"account": account, "into": into})
    assert answer == (status, {"detail": why})


def test_the_address_of_a_merged_account_leads_to_the_one_that_stays(
    vendor_site: Site, call: Call
) -> None:
    call("admin", "POST", "merges", {"account": "A2", "into": "A1"})
    header = {"Authorization": f"Bearer {add_token(handle='csm', name='a test').text}"}
    moved = Client().get(f"{HERE}accounts/A2", headers=header)
    assert (moved.status_code, moved["Location"]) == (308, f"{HERE}accounts/A1")
    assert moved.json() == {"detail": "this account is 'A1' by now", "account": "A1"}
    found = Client().get(moved["Location"], headers=header)
    assert (found.json()["key"], found.json()["name"]) == ("A1", "A1 商事")
    # whoever does not see the one that stays learns nothing of the other either
    assert call("mate", "GET", "accounts/A2")[0] == 404


def test_an_old_key_means_the_account_that_stays_wherever_it_is_sent(
    vendor_site: Site, call: Call
) -> None:
    call("admin", "POST", "merges", {"account": "A2", "into": "A1"})
    by_old, by_new = (call("csm", "GET", f"alerts?account={x}")[1] for x in ("A2", "A1"))
    kept = Alert.objects.filter(episode__account=vendor_site.accounts["A1"]).order_by("-pk")
    assert [x["id"] for x in by_old["items"]] == list(kept.values_list("pk", flat=True))
    assert by_old == by_new
    mute = {"rule": "quiet", "account": "A2", "until": "2099-01-01", "reason": "x"}
    assert call("admin", "POST", "mutes", mute)[1]["account"] == "A1"
    assert Mute.objects.get().account_id == vendor_site.accounts["A1"]


def test_one_account_is_told_by_any_of_its_ids(vendor_site: Site, call: Call) -> None:
    ids = vendor_site.accounts
    AccountId.objects.create(account_id=ids["A1"], name="crm", value="CRM 7/1")
    Account.objects.filter(pk=ids["A4"]).update(key="株式/A 4")
    _, one = call("csm", "GET", "accounts/A1")
    _, page = call("csm", "GET", "accounts?limit=200")
    assert one["items"][0] in page["items"]
    assert {x["key"] for x in one["items"]} == {"A1"}
    status, found = call("csm", "GET", f"accounts/{quote('CRM 7/1')}")
    assert (status, found["account"]) == (308, "A1")
    assert call("admin", "GET", f"accounts/{quote('株式/A 4')}")[1]["key"] == "株式/A 4"
    for hidden in set(SEEN["admin"]) - set(SEEN["csm"]) | {"A9"}:
        assert call("csm", "GET", f"accounts/{hidden}")[0] == 404
