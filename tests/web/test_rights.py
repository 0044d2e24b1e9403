"""Who may open what: every route x every role x own, team's and others' accounts."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker
from tests.pipeline.vendor import DEFINITIONS
from tests.web.conftest import AsMember, Built, visited
from tests.web.routes import NAMES, Route, alert_of, handled, mail_of, routes, run_of, task_of
from tests.web.site import SEEN, Site, build_site, connected, create_site_database, traces

from banso.desk.models import Alert, Handling, Member, Role
from banso.web.rights import PUBLIC, RIGHTS

ROUTES = {route.name: route for route in routes()}
GUARDED = [route for name, route in ROUTES.items() if name not in PUBLIC]
ABOUT_ACCOUNTS = [route for route in GUARDED if route.about_an_account]
ELSEWHERE = {"design"}
"""Only where BANSO_DEVELOPMENT is set; otherwise there is no such page."""

SIGNED = {"slack_actions": 401, "slack_events": 401, "unsubscribe": 404}
"""What no browser of a member sends: a signature stands in for our token."""

named = pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
about_accounts = pytest.mark.parametrize("route", ABOUT_ACCOUNTS, ids=lambda route: route.name)
everybody = pytest.mark.parametrize("handle", SEEN)


def body(answer: HttpResponseBase) -> str:
    if isinstance(answer, StreamingHttpResponse):
        return b"".join(answer).decode("utf-8-sig")
    assert isinstance(answer, HttpResponse)
    return answer.content.decode("utf-8-sig")


def send(
    client: Client, site: Site, route: Route, key: str, *, htmx: bool = False
) -> list[HttpResponse]:
    """What the route, about this account, answers to looking and to sending its form."""
    headers = {"HX-Request": "true"} if htmx else {}
    address, form = route.address(site, key), route.form(site, key)
    return [
        client.get(address, headers=headers),
        client.post(address, form, headers=headers),
    ]


def test_every_route_has_a_name_and_stands_in_the_matrix() -> None:
    assert "" not in ROUTES
    assert set(ROUTES) - set(RIGHTS) - PUBLIC == set()


def test_the_matrix_names_no_route_that_is_gone() -> None:
    assert (set(RIGHTS) | PUBLIC) - set(ROUTES) == set()


def test_no_route_is_both_public_and_guarded() -> None:
    assert set(RIGHTS) & PUBLIC == set()
    assert set() not in RIGHTS.values()


def test_a_route_that_is_not_in_the_matrix_is_open_to_nobody(
    as_member: AsMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also not to the admin: this is what deny by default means."""
    without = {name: roles for name, roles in RIGHTS.items() if name != "password"}
    monkeypatch.setattr("banso.web.middleware.RIGHTS", without)
    assert as_member("admin").get("/password/").status_code == 403


@named
def test_a_route_is_closed_to_whoever_is_not_signed_in(vendor_site: Site, route: Route) -> None:
    for answer in send(Client(), vendor_site, route, "A1"):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in/?next=/")


@named
@everybody
def test_a_route_is_open_to_the_roles_of_the_matrix_and_to_no_other(
    vendor_site: Site, as_member: AsMember, route: Route, handle: str
) -> None:
    answers = send(as_member(handle), vendor_site, route, SEEN[handle][0])
    found = {answer.status_code for answer in answers}
    if Role(handle) not in RIGHTS[route.name]:
        assert found == {403}
    elif route.name in ELSEWHERE:
        assert found == {404}
    else:
        assert found & {200, 302}
        assert found <= {200, 302, 405}


@about_accounts
@everybody
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_an_account_that_a_member_does_not_see_is_not_there(
    vendor_site: Site, as_member: AsMember, route: Route, handle: str, htmx: bool
) -> None:
    if Role(handle) not in RIGHTS[route.name]:
        return
    client = as_member(handle)
    for key in vendor_site.unseen(handle):
        form = route.form(vendor_site, key)
        before = all_about_alerts()
        answers = send(client, vendor_site, route, key, htmx=htmx)
        assert {x.status_code for x in answers} <= {404, 405}
        assert 404 in {x.status_code for x in answers}
        assert [x for answer in answers for x in traces(key) if x in body(answer)] == []
        assert all_about_alerts() == before, form


def all_about_alerts() -> list[tuple[object, ...]]:
    rows = Alert.objects.order_by("pk", "handlings__pk")
    return list(rows.values_list("pk", "state", "until", "handlings__pk"))


@about_accounts
def test_an_id_that_nobody_has_is_answered_as_one_that_is_hidden(
    as_member: AsMember, vendor_site: Site, route: Route
) -> None:
    """Otherwise one could count the accounts that one does not see."""
    client = as_member("csm")
    hidden = route.address(vendor_site, "A4")
    ids = {str(vendor_site.accounts["A4"]), str(alert_of(vendor_site, "A4"))}
    if "task" in route.parameters:
        ids = {str(task_of(vendor_site, "A4"))}
    if "run" in route.parameters:
        ids = {str(run_of(vendor_site, "A4"))}
    if "mail" in route.parameters:
        ids = {str(mail_of(vendor_site, "A4"))}
    nobodys = "/".join(NOBODYS if part in ids else part for part in hidden.split("/"))
    assert NOBODYS in nobodys
    form = route.form(vendor_site, "A4")
    for one, other in (
        (client.get(hidden), client.get(nobodys)),
        (client.post(hidden, form), client.post(nobodys, form)),
    ):
        assert one.status_code == other.status_code
        assert plain(body(one)) == plain(body(other).replace(nobodys, hidden))


NOBODYS = "987654321"


def plain(page: str) -> str:
    """Without the tokens, which differ in every answer."""
    return re.sub("[0-9A-Za-z]{64}", "", page)


@named
@pytest.mark.parametrize("handle", ["manager", "csm"])
def test_nothing_of_other_accounts_stands_on_any_page(
    vendor_site: Site, as_member: AsMember, route: Route, handle: str
) -> None:
    """Also not where somebody writes others' ids into the address or into the form."""
    client = as_member(handle)
    address = route.address(vendor_site, SEEN[handle][0])
    unseen = vendor_site.unseen(handle)
    others = {
        "owner": str(vendor_site.members["other"]),
        "team": "West",
        "account": str(vendor_site.accounts["A4"]),
        "alert": str(alert_of(vendor_site, "A4")),
        "q": "商事",
        "handling": str(handled(vendor_site, "A4")),
    }
    answers = [
        client.get(address),
        client.get(address, others),
        client.get(address, {**others, "owner": "other"}),
        client.post(address, {**route.form(vendor_site, SEEN[handle][0]), **others}),
    ]
    found = [x for key in unseen for x in traces(key) for answer in answers if x in body(answer)]
    assert found == []


def test_the_pages_do_show_what_belongs_to_a_member(vendor_site: Site, as_member: AsMember) -> None:
    """What the tests above look for can be found: they would fail if it leaked."""
    client = as_member("csm")
    pages = [
        body(client.get(route.address(vendor_site, "A1")))
        for route in GUARDED
        if client.get(route.address(vendor_site, "A1")).status_code == 200
    ]
    shown = "".join(pages)
    assert [x for x in traces("A1") if x not in shown] == []


@pytest.mark.parametrize("handling", ["own alert", "alert of others"])
def test_a_step_of_somebody_else_is_not_taken_back_through_an_alert_of_ones_own(
    vendor_site: Site, as_member: AsMember, handling: str
) -> None:
    alert = alert_of(vendor_site, "A1" if handling == "own alert" else "A4")
    step = handled(vendor_site, "A4")
    before = Alert.objects.get(pk=alert_of(vendor_site, "A4")).state
    as_member("csm").post(f"/alerts/{alert}/undo/", {"handling": step})
    assert Alert.objects.get(pk=alert_of(vendor_site, "A4")).state == before
    assert Handling.objects.filter(undoes=step).count() == 0


@named
def test_looking_at_a_page_changes_nothing(
    vendor_site: Site, as_member: AsMember, route: Route
) -> None:
    client = as_member("admin")
    address = route.address(vendor_site, "A1")
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
        client.head(address)
    writes = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE)", re.I)
    assert [x["sql"] for x in queries if writes.match(x["sql"])] == []


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_form_without_our_token_is_refused(vendor_site: Site, name: str) -> None:
    route = ROUTES[name]
    address, form = route.address(vendor_site, "A1"), route.form(vendor_site, "A1")
    before = all_about_alerts()
    client = Client(enforce_csrf_checks=True)
    refused = SIGNED.get(name, 403)
    assert client.post(address, form).status_code == refused
    client.force_login(Member.objects.get(handle="admin"))
    assert client.post(address, form).status_code == refused
    assert all_about_alerts() == before


# Amounts of money


MONEY = re.compile(r"[¥￥]|[1-6]00,?000(?!\d)|[1-6]00K|\d+万円")
WITH_MONEY = (
    DEFINITIONS.replace(
        "  - {name: answer,",
        "  - {name: revenue, kind: latest, of: contract.arr}\n  - {name: answer,",
    ).replace(
        "  - {name: large,",
        "  - {name: rich, where: revenue >= 99999}\n  - {name: large,",
    )
    + """
  - name: valuable
    when: revenue >= 99999 and segment.rich
    action: {en: Call, ja: 電話する}
"""
)


@pytest.fixture(scope="module")
def built_with_money(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    """A metric that is an amount, a segment of it, and alerts that say it."""
    url = create_site_database("site_with_money")
    with django_db_blocker.unblock(), connected(url, tmp_path_factory.mktemp("money")):
        return url, build_site(WITH_MONEY, first_number=2_000_000)


@pytest.fixture
def vendor_site_with_money(
    built_with_money: Built, django_db_blocker: DjangoDbBlocker
) -> Iterator[Site]:
    with django_db_blocker.unblock(), visited(built_with_money) as site:
        yield site


def pages_about_a1(handle: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    client = Client()
    client.force_login(Member.objects.get(handle=handle))
    found = {}
    for metric, rule in (("weekly_users", "quiet"), ("revenue", "valuable")):
        monkeypatch.setitem(NAMES, "metric", metric)
        monkeypatch.setitem(NAMES, "rule", rule)
        for route in GUARDED:
            answer = client.get(route.address(site, "A1"))
            if answer.status_code == 200:
                found[f"{route.name} {metric}"] = body(answer)
    return found


@pytest.mark.parametrize("handle", ["viewer", "admin"])
def test_whoever_may_not_see_amounts_sees_none_on_any_page(
    vendor_site_with_money: Site, monkeypatch: pytest.MonkeyPatch, handle: str
) -> None:
    """An admin opens all pages, and may be kept from amounts like everybody."""
    Member.objects.filter(handle=handle).update(sees_revenue=False)
    pages = pages_about_a1(handle, vendor_site_with_money, monkeypatch)
    leaks = {name: MONEY.findall(page) for name, page in pages.items() if MONEY.search(page)}
    assert leaks == {}


def test_whoever_may_sees_them(
    vendor_site_with_money: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = pages_about_a1("admin", vendor_site_with_money, monkeypatch)
    shown = {name.split()[0] for name, page in pages.items() if MONEY.search(page)}
    assert {"today", "accounts", "accounts_csv", "account", "why"} <= shown
