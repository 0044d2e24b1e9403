"""Coming in: by invitation only, with handle or e-mail address, and out again."""

import re
import time

import pytest
from django.conf import settings
from django.test import Client
from tests.web.conftest import AsMember
from tests.web.site import Site

from banso.desk.invitation import FIRST_ADMIN_AGE, MEMBER_AGE, first_admin_token, member_token
from banso.desk.models import Member, Reach, Role
from banso.desk.queries.members import DEMO_PASSWORD
from banso.desk.services.members import (
    OvertakenError,
    change_member,
    deactivate_member,
    found_first_admin,
    set_password,
)

GOOD = "three quiet lanterns"
OTHER = "seven loud lanterns"


def member(handle: str) -> Member:
    return Member.objects.get(handle=handle)


def with_password(handle: str, password: str = GOOD) -> Member:
    return set_password(member=member(handle).pk, password=password)


def sign_in(client: Client, login: str, password: str = GOOD, **more: str) -> str:
    """Where one is sent to; empty where one is told what is wrong."""
    answer = client.post("/sign-in/", {"login": login, "password": password, **more})
    return answer.headers.get("Location", "") if answer.status_code == 302 else ""


def who(client: Client) -> str | None:
    """The handle of whoever is signed in, as the next page sees it."""
    answer = client.get("/password/")
    return None if answer.status_code == 302 else str(answer.wsgi_request.user.get_username())


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_then_back(vendor_site: Site) -> None:
    with_password("csm")
    client = Client()
    answer = client.get("/password/?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/sign-in/?next=/password/%3Fa%3D1",
    )
    assert sign_in(client, "csm", next="/password/?a=1") == "/password/?a=1"
    assert who(client) == "csm"


def test_nobody_is_sent_to_another_site_after_signing_in(vendor_site: Site) -> None:
    with_password("csm")
    assert sign_in(Client(), "csm", next="https://evil.example/") == "/"


def test_a_fragment_asked_without_a_session_takes_the_whole_page_to_sign_in(
    vendor_site: Site,
) -> None:
    answer = Client().post(
        "/password/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/?owner=csm"},
    )
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=/%3Fowner%3Dcsm"
    assert answer.content == b""


def test_what_was_about_to_be_sent_is_not_asked_for_again(vendor_site: Site) -> None:
    answer = Client().post("/password/", {"old": "x"})
    assert answer.headers["Location"] == "/sign-in/?next=/"


@pytest.mark.parametrize("login", ["csm", "CSM", " csm ", "kaede@example.com", "Kaede@Example.com"])
def test_handle_and_e_mail_address_open_in_any_case(vendor_site: Site, login: str) -> None:
    change_member(handle="csm", details={"email": "kaede@example.com"})
    with_password("csm")
    client = Client()
    assert sign_in(client, login) == "/"
    assert who(client) == "csm"


def test_a_handle_goes_before_the_same_e_mail_address_of_another(vendor_site: Site) -> None:
    change_member(handle="other", details={"email": "csm"})
    with_password("csm")
    with_password("other", OTHER)
    assert sign_in(Client(), "csm", OTHER) == ""
    assert sign_in(Client(), "csm") == "/"


def test_an_e_mail_address_of_two_members_means_neither(vendor_site: Site) -> None:
    for handle in ("csm", "mate"):
        change_member(handle=handle, details={"email": "team@example.com"})
        with_password(handle)
    assert sign_in(Client(), "team@example.com") == ""
    assert sign_in(Client(), "csm") == "/"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_wrong_password_a_stranger_and_one_who_has_left_are_told_the_same(
    vendor_site: Site, language: str
) -> None:
    with_password("csm")
    with_password("mate")
    deactivate_member(handle="mate")
    answers = [
        Client().post(
            "/sign-in/",
            {"login": login, "password": password},
            headers={"Accept-Language": language},
        )
        for login, password in (("csm", OTHER), ("nobody", GOOD), ("mate", GOOD), ("cs_ops", GOOD))
    ]
    told = [re.findall(r'role="alert">([^<]*)<', x.content.decode()) for x in answers]
    expected = {"en": "Handle or password is wrong.", "ja": "IDまたはパスワードが違います。"}
    assert told == [[expected[language]]] * 4


def test_guessing_is_stopped_after_five_wrong_passwords(vendor_site: Site) -> None:
    with_password("csm")
    client = Client()
    for _ in range(5):
        assert sign_in(client, "csm", OTHER) == ""
    answer = client.post("/sign-in/", {"login": "csm", "password": GOOD})
    assert answer.context["form"].non_field_errors() == [
        "Too many attempts. Wait five minutes, then try again."
    ]
    assert who(client) is None


def test_members_of_imports_cannot_sign_in_until_they_are_invited(vendor_site: Site) -> None:
    imported = member("sato@example.com")
    assert (imported.has_usable_password(), imported.reach) == (False, Reach.OWN)
    assert sign_in(Client(), "sato@example.com", "") == ""
    assert sign_in(Client(), "sato@example.com", imported.password) == ""


def test_nobody_signs_up_by_themselves(vendor_site: Site) -> None:
    for path in ("/signup/", "/sign-up/", "/accounts/signup/", "/password/reset/", "/admin/"):
        assert Client().get(path).status_code == 404


def test_signing_out_ends_the_session_and_asks_for_post(as_member: AsMember) -> None:
    client = as_member("csm")
    assert client.get("/sign-out/").status_code == 405
    assert who(client) == "csm"
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert who(client) is None


def test_signing_in_and_out_says_nothing_on_the_next_page(vendor_site: Site) -> None:
    with_password("csm")
    client = Client()
    sign_in(client, "csm")
    assert list(client.get("/password/").context["messages"]) == []


def test_one_who_has_left_sees_nothing_from_the_next_request_on(as_member: AsMember) -> None:
    client = as_member("csm")
    deactivate_member(handle="csm")
    assert who(client) is None
    back = change_member(handle="csm", details={}, active=True)
    assert (who(client), back.is_active, back.has_usable_password()) == (None, True, False)


def test_a_session_lasts_two_weeks_and_no_script_can_read_it(vendor_site: Site) -> None:
    with_password("csm")
    client = Client()
    sign_in(client, "csm")
    cookie = client.cookies["banso_session"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (14 * 86_400, True, "Lax")


def test_whoever_sends_too_much_is_told_to_wait(vendor_site: Site) -> None:
    """Whatever they send, right or wrong, under whatever name."""
    client = Client()
    answers = [client.post("/sign-in/", {"login": f"x{i}", "password": ""}) for i in range(31)]
    assert [x.status_code for x in answers] == [200] * 30 + [429]
    assert "Too many attempts" in answers[-1].content.decode()


# Changing one's password


def test_a_new_password_signs_out_everywhere_else(vendor_site: Site) -> None:
    with_password("csm")
    here, there = Client(), Client()
    sign_in(here, "csm")
    sign_in(there, "csm")
    answer = here.post("/password/", {"old": GOOD, "password": OTHER, "again": OTHER})
    assert answer.headers["Location"] == "/"
    assert (who(here), who(there)) == ("csm", None)
    assert sign_in(Client(), "csm") == ""
    assert sign_in(Client(), "csm", OTHER) == "/"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"old": OTHER}, "old"),
        ({"password": "too short", "again": "too short"}, "password"),
        ({"password": "qwertyuiop", "again": "qwertyuiop"}, "password"),
        ({"password": "longhandle@example", "again": "longhandle@example"}, "password"),
        ({"password": DEMO_PASSWORD, "again": DEMO_PASSWORD}, "password"),
        ({"again": "something else here"}, "again"),
    ],
)
def test_a_password_that_is_refused_changes_nothing(
    vendor_site: Site, sent: dict[str, str], field: str
) -> None:
    change_member(handle="csm", details={"email": "longhandle@example.com"})
    with_password("csm")
    client = Client()
    sign_in(client, "csm")
    answer = client.post("/password/", {"old": GOOD, "password": OTHER, "again": OTHER, **sent})
    assert list(answer.context["form"].errors) == [field]
    assert sign_in(Client(), "csm") == "/"


# Links that work once


def link(token: str) -> str:
    return f"/set-up/{token}/"


def for_member(handle: str) -> str:
    return link(member_token(member(handle), key=settings.SECRET_KEY))


def for_first_admin() -> str:
    return link(first_admin_token(key=settings.SECRET_KEY))


FIRST = {"handle": "sora@example.com", "name": "Sora", "password": GOOD, "again": GOOD}


def test_an_invited_member_sets_a_password_and_is_in(vendor_site: Site) -> None:
    client = Client()
    address = for_member("sato@example.com")
    assert client.get(address).context["member"] == member("sato@example.com")
    assert client.get(address).status_code == 200
    answer = client.post(address, {"password": GOOD, "again": GOOD})
    assert answer.headers["Location"] == "/"
    assert who(client) == "sato@example.com"
    assert sign_in(Client(), "sato@example.com") == "/"
    assert member("sato@example.com").role == Role.CSM


def test_a_link_works_once(vendor_site: Site) -> None:
    address = for_member("csm")
    Client().post(address, {"password": GOOD, "again": GOOD})
    assert Client().get(address).status_code == 410
    assert Client().post(address, {"password": OTHER, "again": OTHER}).status_code == 410
    assert sign_in(Client(), "csm") == "/"


def test_of_two_who_use_a_link_at_once_one_is_told_that_it_is_used(vendor_site: Site) -> None:
    invited = member("csm")
    before = invited.password
    set_password(member=invited.pk, password=GOOD, before=before)
    with pytest.raises(OvertakenError):
        set_password(member=invited.pk, password=OTHER, before=before)
    with pytest.raises(OvertakenError):
        found_first_admin(handle="eve", name="Eve", password=OTHER)
    assert member("csm").check_password(GOOD)


def test_a_member_who_has_left_cannot_use_a_link_from_before(vendor_site: Site) -> None:
    address = for_member("csm")
    deactivate_member(handle="csm")
    assert Client().post(address, {"password": GOOD, "again": GOOD}).status_code == 410


def test_links_grow_old(vendor_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first, later = for_first_admin(), for_member("csm")
    now = time.time()
    for address, age in ((first, FIRST_ADMIN_AGE), (later, MEMBER_AGE)):
        for seconds, status in ((-60, 200), (60, 410)):
            moment = now + age.total_seconds() + seconds
            monkeypatch.setattr("django.core.signing.time.time", lambda moment=moment: moment)
            assert Client().get(address).status_code == status


FORGED = first_admin_token(key="another key")  # signed at some second: it must not name a test


@pytest.mark.parametrize("token", ["x", "x:y:z", FORGED], ids=["word", "shape", "key"])
def test_a_link_that_is_not_ours_opens_nothing(vendor_site: Site, token: str) -> None:
    assert Client().get(link(token)).status_code == 410
    assert Client().post(link(token), FIRST).status_code == 410


def test_the_first_admin_is_made_by_the_link_and_signed_in(vendor_site: Site) -> None:
    client = Client()
    address = for_first_admin()
    assert client.get(address).status_code == 200
    assert client.post(address, FIRST).headers["Location"] == "/"
    made = member("sora@example.com")
    assert (made.name, made.role, made.reach, made.sees_revenue, made.email) == (
        "Sora",
        Role.ADMIN,
        Reach.ALL,
        True,
        "sora@example.com",
    )
    assert who(client) == "sora@example.com"
    assert Client().post(address, {**FIRST, "handle": "eve"}).status_code == 410
    assert not Member.objects.filter(handle="eve").exists()


def test_the_link_is_dead_as_soon_as_anybody_can_sign_in(vendor_site: Site) -> None:
    address = for_first_admin()
    with_password("viewer")
    assert Client().post(address, FIRST).status_code == 410


def test_a_member_of_an_import_can_become_the_first_admin(vendor_site: Site) -> None:
    before = member("sato@example.com").pk
    Client().post(for_first_admin(), {**FIRST, "handle": "Sato@example.com"})
    made = member("sato@example.com")
    assert (made.pk, made.role, made.reach) == (before, Role.ADMIN, Reach.ALL)


def test_a_form_that_is_refused_leaves_the_link_alive(vendor_site: Site) -> None:
    address = for_first_admin()
    answer = Client().post(address, {**FIRST, "again": OTHER})
    assert answer.context["form"].errors == {"again": ["This is not the same password."]}
    assert Client().get(address).status_code == 200


def test_links_refuse_a_form_from_another_site(vendor_site: Site) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(for_member("csm"), {"password": GOOD, "again": GOOD}).status_code == 403
    assert client.post("/sign-in/", {"login": "csm", "password": GOOD}).status_code == 403
    assert not member("csm").has_usable_password()
