"""`banso keys`: with which keys applications send live events."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conftest import Banso

from banso.cli.session import open_session
from banso.desk.models import SourceKey
from banso.desk.queries.keys import Admission, admission
from banso.desk.services.keys import SourceKeyError, add_key, revoke_key

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def banso_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BANSO_URL", raising=False)
    open_session(create=True)
    return home


def test_a_key_is_shown_once_and_only_its_hash_is_kept(banso_home: Path, banso: Banso) -> None:
    told, key = banso("keys", "add", "app").stdout.strip().splitlines()
    assert told == (
        "Key of the source app. It is not shown again; give it to the application, with the "
        "address http://127.0.0.1:8000:"
    )
    row = SourceKey.objects.get()
    assert (key[:9], len(key), key.isascii()) == (row.start, 43, True)
    kept = " ".join(str(value) for value in vars(row).values())
    assert key not in kept
    assert admission(key) == Admission(key=row.pk, source="app", rate=5_000)
    assert key not in banso("keys", "list").stdout + banso("keys", "list", "--json").stdout


def test_the_list_tells_how_each_key_begins_and_whether_it_is_valid(
    banso_home: Path, banso: Banso
) -> None:
    old, new = add_key(source="app"), add_key(source="app", rate=70)
    banso("keys", "revoke", old.row.start)
    items = json.loads(banso("keys", "list", "--json").stdout)
    assert [(x["source"], x["start"], x["rate"], bool(x["revoked_at"])) for x in items] == [
        ("app", old.text[:9], 5_000, True),
        ("app", new.text[:9], 70, False),
    ]
    lines = banso("keys", "list").stdout.splitlines()
    assert [x.start for x in (old.row, new.row) if any(f"{x.start}…" in y for y in lines)] == [
        old.row.start,
        new.row.start,
    ]


def test_a_revoked_key_opens_nothing_and_the_other_key_of_its_source_still_does(
    banso_home: Path, banso: Banso, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = add_key(source="app"), add_key(source="app")
    monkeypatch.setenv("BANSO_LANGUAGE", "ja")
    said = banso("keys", "revoke", old.text).stdout
    assert said.startswith(f"appのキー{old.row.start}…を失効しました。")
    assert admission(old.text) is None
    assert admission(new.text) == Admission(key=new.row.pk, source="app", rate=5_000)


def test_revoking_twice_keeps_the_first_time(banso_home: Path) -> None:
    made = add_key(source="app")
    revoke_key(key=f"{made.row.start}…", now=NOW)
    assert revoke_key(key=made.text, now=datetime.now(tz=UTC)).revoked_at == NOW


@pytest.mark.parametrize("key", ["", "bk_", "bk_unknown", "x" * 5_000, "\udcff", "\0"])
def test_what_was_never_given_out_is_no_key(banso_home: Path, key: str) -> None:
    add_key(source="app")
    assert admission(key) is None


def test_a_key_nobody_knows_can_not_be_revoked(banso_home: Path) -> None:
    add_key(source="app")
    with pytest.raises(SourceKeyError, match="no key that begins with 'bk_nobody'"):
        revoke_key(key="bk_nobody", now=NOW)


@pytest.mark.parametrize("source", ["", "  ", "a\nb", "a\0b", "あ" * 67])
def test_a_source_has_a_name_that_can_be_shown(banso_home: Path, source: str) -> None:
    with pytest.raises(SourceKeyError, match="The name of a source has 1 to 200 bytes"):
        add_key(source=source)
