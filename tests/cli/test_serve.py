"""`banso serve`: a real server, in a process of its own."""

import json
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.cli.conftest import Banso
from tests.served import BANSO, free_port, serving

from banso.cli.demo_members import PEOPLE, make_demo_members
from banso.cli.links import AddressError
from banso.cli.serve import ServeError
from banso.cli.session import open_session
from banso.desk.models import Member, Role
from banso.desk.services.members import set_password
from banso.pipeline.home import WeakKeyError, secret_key

EVERYWHERE = "0.0.0.0"  # noqa: S104  what must be refused
GOOD = "three quiet lanterns"


@pytest.fixture(autouse=True)
def open_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BANSO_URL", "BANSO_SECRET_KEY", "BANSO_DEVELOPMENT"):
        monkeypatch.delenv(name, raising=False)
    open_session(create=True)


class Visitor:
    """A browser without scripts."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, address: str) -> str:
        with self.opener.open(address, timeout=20) as answer:
            return str(answer.read().decode())

    def get_posted(self, address: str) -> None:
        self.opener.open(address, b'{"batch": [{}]}', timeout=20).close()

    def send(self, address: str, **form: str) -> str:
        """Fill in the form of a page; the page that one comes to."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(address))
        assert token
        sent = urlencode({**form, "csrfmiddlewaretoken": token[1]}).encode()
        with self.opener.open(address, sent, timeout=20) as answer:
            return str(answer.url)


def test_the_first_administrator_comes_in_by_the_link_that_is_printed_once() -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with serving(port) as (server, said):
        (link,) = re.findall(rf"{address}/set-up/\S+/", said)
        assert said.splitlines()[0] == f"Banso is at {address} (Ctrl-C stops it)."
        told = {"handle": "aoi@example.com", "name": "葵", "password": GOOD, "again": GOOD}
        assert Visitor().send(link, **told) == f"{address}/"
        with pytest.raises(urllib.error.HTTPError, match="410"):
            Visitor().get(link)
        someone = Visitor()
        signed_in = someone.send(f"{address}/sign-in/", login="aoi@example.com", password=GOOD)
        assert signed_in == f"{address}/"
        assert "葵" in someone.get(f"{address}/password/")
        assert Visitor().get(f"{address}/healthz") == '{"alive": true}'
        assert json.loads(Visitor().get(f"{address}/readyz"))["ready"] is True
        with pytest.raises(urllib.error.HTTPError, match="401"):
            Visitor().get_posted(f"{address}/v1/batch")
        figures = Visitor().get(f"{address}/metrics").splitlines()
        assert 'banso_tracking_request_seconds_count{status="401"} 1.0' in figures
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=15) == 0
    made = Member.objects.get()
    assert (made.handle, made.name, made.role) == ("aoi@example.com", "葵", Role.ADMIN)
    assert made.password.startswith("argon2")
    with serving(port) as (server, said):
        assert "/set-up/" not in said
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=15) == 0


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [str(BANSO), "serve", "--port", str(port)], capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"banso: Port {port} of 127.0.0.1 is in use. Is Banso served already? "
        "Another port: --port.\n"
    )


@pytest.mark.parametrize("host", [EVERYWHERE, "192.0.2.7", "::", "banso.example"])
def test_other_machines_come_in_only_where_their_address_is_known(banso: Banso, host: str) -> None:
    with pytest.raises(ServeError, match=f"--host {host} lets other machines in.*BANSO_URL"):
        banso("serve", "--host", host)


@pytest.mark.parametrize(
    ("words", "url"),
    [
        (["--host", EVERYWHERE], "https://banso.example.co.jp"),
        (["--host", EVERYWHERE], ""),
        ([], "https://banso.example.co.jp"),
    ],
)
def test_a_demo_is_served_on_this_machine_alone(
    banso: Banso, monkeypatch: pytest.MonkeyPatch, words: list[str], url: str
) -> None:
    """Its password stands in the documentation; a proxy in front makes no difference."""
    monkeypatch.setenv("BANSO_URL", url)
    make_demo_members()
    with pytest.raises(ServeError, match="This home holds the demo, whose password everybody"):
        banso("serve", *words)


def test_what_was_a_demo_is_served_once_nobody_has_its_password(
    banso: Banso, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_URL", "https://banso.example.co.jp")
    make_demo_members()
    for member in Member.objects.all():
        if member.has_usable_password():
            set_password(member=member.pk, password=GOOD)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ServeError, match="is in use"):
            banso("serve", "--port", str(other.getsockname()[1]))


@pytest.mark.parametrize("url", ["banso.example.co.jp", "ftp://x.example", "https://x.example/b"])
def test_an_address_that_no_browser_shows_is_refused(
    banso: Banso, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("BANSO_URL", url)
    with pytest.raises(AddressError, match=f"BANSO_URL is '{url}'"):
        banso("serve")


def test_a_key_that_can_be_guessed_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANSO_SECRET_KEY", "changeme")
    with pytest.raises(WeakKeyError, match="BANSO_SECRET_KEY has 8 characters"):
        secret_key(home)
    monkeypatch.setenv("BANSO_SECRET_KEY", 4 * "changeme")
    assert secret_key(home) == 4 * "changeme"
    monkeypatch.delenv("BANSO_SECRET_KEY")
    own = secret_key(home)
    assert (len(own) >= 50, secret_key(home), [x.name for x in home.glob("secret*")]) == (
        True,
        own,
        ["secret_key"],
    )


def test_the_demo_has_somebody_of_each_role_who_can_sign_in(home: Path) -> None:
    make_demo_members()
    can = Member.objects.filter(handle__in=[x.handle for x in PEOPLE if x.signs_in])
    assert {x.role for x in can if x.check_password("banso-demo")} == set(Role)
    assert Member.objects.count() == len(PEOPLE)


def test_the_demo_again_leaves_what_somebody_has_changed(home: Path) -> None:
    make_demo_members()
    admin = Member.objects.get(handle="admin")
    set_password(member=admin.pk, password=GOOD)
    Member.objects.filter(handle="viewer").update(role=Role.CSM)
    make_demo_members()
    assert Member.objects.get(handle="admin").check_password(GOOD)
    assert Member.objects.get(handle="viewer").role == Role.CSM
