"""Two accounts brought together on screen, and split again."""

import pytest
from tests.web.conftest import AsMember
from tests.web.markup import read
from tests.web.site import Site

from banso.desk.models import Account, Merge
from banso.desk.queries.merges import merged_now


@pytest.fixture(autouse=True)
def _as_before(vendor_site: Site) -> object:
    """The store is the site's, for all tests: it follows the desk, which is rolled back."""
    yield
    vendor_site.session.store.set_merged({})


def test_an_account_is_merged_its_old_address_leads_on_and_it_is_split_again(
    vendor_site: Site, as_member: AsMember
) -> None:
    admin, ids = as_member("admin"), vendor_site.accounts
    old, new = f"/accounts/{ids['A2']}/", f"/accounts/{ids['A1']}/"
    answer = admin.post(f"{old}merge/", {"into": "A1"})
    assert (answer.status_code, answer["Location"]) == (302, new)
    assert merged_now() == {"A2": "A1"}
    assert Merge.objects.get().member is not None
    moved = admin.get(f"{old}timeline/?kind=people")
    assert (moved.status_code, moved["Location"]) == (302, f"{new}timeline/?kind=people")
    page = read(admin.get(new).content)
    assert "A2 商事 (A2), merged here on" in page.one("main").text
    told = read(admin.get(f"{new}timeline/").content).one("main").text
    assert "was merged into this account" in told
    answer = admin.post(f"{new}split/", {"account": "A2"}, follow=True)
    assert "Two accounts again" in answer.content.decode()
    assert Account.objects.filter(key="A2").exists()
    assert merged_now() == {}


def test_what_can_not_be_merged_is_told_on_the_page(vendor_site: Site, as_member: AsMember) -> None:
    old = f"/accounts/{vendor_site.accounts['A2']}/"
    answer = as_member("admin").post(f"{old}merge/", {"into": "nobody"}, follow=True)
    assert answer.redirect_chain == [(old, 302)]
    assert "there is no account &#x27;nobody&#x27;" in answer.content.decode()
    assert merged_now() == {}


def test_whoever_may_not_keep_accounts_sees_no_form(vendor_site: Site, as_member: AsMember) -> None:
    page = read(as_member("csm").get(f"/accounts/{vendor_site.accounts['A1']}/").content)
    assert "One company, two accounts?" not in page.one("main").text
