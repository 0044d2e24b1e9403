"""`banso members`: who may sign in, what they may do and whose accounts they see."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from tests.cli.conftest import Banso

from banso.cli.session import open_session
from banso.desk.invitation import InvitationError, read_token
from banso.desk.models import Member, Reach, Role, Team
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.members import MemberError, deactivate_member, set_password
from banso.pipeline.home import secret_key

GOOD = "three quiet lanterns"
LINK = re.compile(r"^(\S+)/set-up/(\S+)/$", re.M)


@pytest.fixture
def banso_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BANSO_URL", raising=False)
    monkeypatch.delenv("BANSO_SECRET_KEY", raising=False)
    open_session(create=True)
    return home


def state(handle: str) -> tuple[object, ...]:
    member = Member.objects.get(handle=handle)
    team = member.team.name if member.team else None
    return member.role, member.reach, team, member.sees_revenue


def token_of(printed: str) -> str:
    found = LINK.search(printed)
    assert found, printed
    return found[2]


@pytest.mark.parametrize(
    ("role", "reach", "revenue"),
    [
        ("admin", "all", True),
        ("cs_ops", "all", True),
        ("manager", "team", True),
        ("csm", "own", True),
        ("viewer", "all", False),
    ],
)
def test_a_role_brings_its_reach_and_whether_amounts_are_shown(
    banso_home: Path, banso: Banso, role: str, reach: str, revenue: bool
) -> None:
    banso("members", "add", "aoi@example.com", "--role", role)
    assert state("aoi@example.com") == (role, reach, None, revenue)


def test_what_is_said_goes_before_what_the_role_brings(banso_home: Path, banso: Banso) -> None:
    banso(
        *("members", "add", "aoi@example.com", "--role", "manager", "--reach", "all"),
        *("--team", "East", "--name", "葵", "--email", "a@example.com", "--no-revenue"),
    )
    aoi = Member.objects.get()
    assert state("aoi@example.com") == ("manager", "all", "East", False)
    assert (aoi.name, aoi.email, aoi.has_usable_password()) == ("葵", "a@example.com", False)


def test_the_list_says_who_is_who(banso_home: Path, banso: Banso) -> None:
    banso("members", "add", "aoi@example.com", "--team", "East", "--name", "葵")
    save_accounts(
        [
            AccountRow(row=1, key="A1", owner="aoi@example.com"),
            AccountRow(row=2, key="A2", owner="ren"),
        ],
        effective=date(2026, 4, 1),
    )
    set_password(member=Member.objects.get(handle="ren").pk, password=GOOD)
    items = json.loads(banso("members", "--json").stdout)
    assert items == [
        {
            "handle": "aoi@example.com",
            "name": "葵",
            "email": "aoi@example.com",
            "role": "csm",
            "team": "East",
            "reach": "own",
            "sees_revenue": True,
            "active": True,
            "can_sign_in": False,
            "accounts": 1,
        },
        {
            "handle": "ren",
            "name": "ren",
            "email": "",
            "role": "csm",
            "team": None,
            "reach": "own",
            "sees_revenue": True,
            "active": True,
            "can_sign_in": True,
            "accounts": 1,
        },
    ]
    table = banso("members").stdout
    assert "East" in table  # a long handle may be folded: --json above has it whole


def test_no_two_members_differ_by_capitals_alone(banso_home: Path, banso: Banso) -> None:
    banso("members", "add", "aoi@example.com")
    with pytest.raises(MemberError, match=r"There is a member 'aoi@example\.com' already"):
        banso("members", "add", "Aoi@example.com")
    with pytest.raises(MemberError, match="needs a handle"):
        banso("members", "add", "  ")


def test_an_invitation_is_a_link_that_is_signed_with_the_homes_key(
    banso_home: Path, banso: Banso
) -> None:
    banso("members", "add", "aoi@example.com")
    printed = banso("members", "invite", "aoi@example.com", "--port", "8001").stdout
    assert "http://127.0.0.1:8001/set-up/" in printed
    key = secret_key(banso_home)
    assert (banso_home / "secret_key").stat().st_mode & 0o777 == 0o600
    assert read_token(token_of(printed), key=key).member == Member.objects.get()
    with pytest.raises(InvitationError):
        read_token(token_of(printed), key=f"{key}x")


def test_links_lead_to_where_members_reach_banso(
    banso_home: Path, banso: Banso, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_URL", "https://banso.example.co.jp/")
    banso("members", "add", "aoi@example.com")
    printed = banso("members", "invite", "aoi@example.com").stdout
    assert "https://banso.example.co.jp/set-up/" in printed


def test_a_newer_invitation_makes_the_older_one_useless(banso_home: Path, banso: Banso) -> None:
    banso("members", "add", "aoi@example.com")
    older, newer = (
        token_of(banso("members", "invite", "aoi@example.com").stdout) for _ in range(2)
    )
    key = secret_key(banso_home)
    assert read_token(newer, key=key).member is not None
    with pytest.raises(InvitationError):
        read_token(older, key=key)


def test_one_who_forgot_the_password_can_be_invited_and_keeps_the_old_one_until_then(
    banso_home: Path, banso: Banso
) -> None:
    banso("members", "add", "aoi@example.com")
    set_password(member=Member.objects.get().pk, password=GOOD)
    banso("members", "invite", "aoi@example.com")
    assert Member.objects.get().check_password(GOOD)


def test_a_member_of_an_import_keeps_reach_own_and_can_be_invited(
    banso_home: Path, banso: Banso
) -> None:
    save_accounts([AccountRow(row=1, key="A1", owner="田中")], effective=date(2026, 4, 1))
    assert state("田中") == ("csm", "own", None, True)
    printed = banso("members", "invite", "田中").stdout
    found = read_token(token_of(printed), key=secret_key(banso_home))
    assert found.member == Member.objects.get(handle="田中")


def test_a_new_role_brings_its_own_reach_unless_somebody_chose_another(
    banso_home: Path, banso: Banso
) -> None:
    banso("members", "add", "aoi")
    banso("members", "change", "aoi", "--role", "manager", "--team", "East")
    assert state("aoi") == ("manager", "team", "East", True)
    banso("members", "change", "aoi", "--reach", "all")
    banso("members", "change", "aoi", "--role", "csm")
    assert state("aoi") == ("csm", "all", "East", True)
    banso("members", "change", "aoi", "--role", "viewer", "--team", "")
    assert state("aoi") == ("viewer", "all", None, False)
    banso("members", "change", "aoi", "--role", "csm", "--no-revenue")
    assert state("aoi") == ("csm", "own", None, False)


def test_what_is_not_named_stays(banso_home: Path, banso: Banso) -> None:
    banso("members", "add", "aoi", "--name", "葵", "--email", "a@example.com", "--team", "East")
    banso("members", "change", "aoi", "--name", "蒼")
    aoi = Member.objects.get()
    assert (aoi.name, aoi.email, aoi.team) == ("蒼", "a@example.com", Team.objects.get())


def test_one_who_leaves_keeps_their_accounts_and_loses_password_and_invitations(
    banso_home: Path, banso: Banso
) -> None:
    save_accounts([AccountRow(row=1, key="A1", owner="aoi")], effective=date(2026, 4, 1))
    link = token_of(banso("members", "invite", "aoi").stdout)
    printed = banso("members", "deactivate", "aoi").stdout
    assert "1 accounts still belong to them" in printed
    with pytest.raises(MemberError, match="not active"):
        banso("members", "invite", "aoi")
    banso("members", "change", "aoi", "--active")
    with pytest.raises(InvitationError):
        read_token(link, key=secret_key(banso_home))
    assert Member.objects.get().account_set.count() == 1


def test_an_unknown_member_is_an_error(banso_home: Path, banso: Banso) -> None:
    for words in (["invite", "x"], ["change", "x", "--name", "y"], ["deactivate", "x"]):
        with pytest.raises(MemberError, match="There is no member 'x'"):
            banso("members", *words)


@pytest.mark.parametrize("words", [["deactivate", "aoi"], ["change", "aoi", "--role", "cs_ops"]])
def test_the_last_active_admin_stays(banso_home: Path, banso: Banso, words: list[str]) -> None:
    banso("members", "add", "aoi", "--role", "admin")
    with pytest.raises(MemberError, match="'aoi' is the only active admin"):
        banso("members", *words)
    assert state("aoi") == ("admin", "all", None, True)
    assert Member.objects.get().is_active
    banso("members", "add", "ren", "--role", "admin")
    banso("members", *words)
    assert Member.objects.filter(role=Role.ADMIN, is_active=True).get().handle == "ren"


def test_of_two_admins_who_remove_each_other_at_once_one_stays(
    banso_home: Path, banso: Banso
) -> None:
    names = [f"admin{i}" for i in range(4)]
    for name in names:
        banso("members", "add", name, "--role", "admin")

    def leave(name: str) -> bool:
        try:
            deactivate_member(handle=name)
        except MemberError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        left = list(pool.map(leave, names))
    assert sorted(left) == [False, True, True, True]
    assert Member.objects.filter(is_active=True).count() == 1


def test_the_words_are_japanese_where_the_reader_is(
    banso_home: Path, banso: Banso, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_LANGUAGE", "ja")
    assert banso("members", "add", "葵", "--role", "manager").stdout.splitlines() == [
        "葵を追加しました。役割: マネージャー、見られる顧客: チーム、金額の表示: はい。",
        "次は `banso members invite 葵` で、パスワードを設定するリンクを発行してください。",
    ]
    assert Member.objects.get().reach == Reach.TEAM
