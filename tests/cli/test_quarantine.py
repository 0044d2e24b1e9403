"""`banso quarantine`: listed, shown, replayed, discarded, restored."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Banso

from banso.cli.session import Session
from banso.store import Store
from banso.store.arrivals import Rules
from banso.store.mending import MendingError

BAD = {"type": "track", "userId": "u1", "context": {"groupId": "C1"}}


def refuse(store: Store, *ids: str) -> None:
    calls = [{**BAD, "messageId": each} for each in ids]
    body = json.dumps({"batch": calls}).encode()
    store.accept_tracked(source="app", call="batch", events=len(calls), body=body)
    store.collect_tracked(Rules())


def listed(banso: Banso, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(banso("quarantine", "list", *words, "--json").stdout)
    return found


def test_a_row_is_mended_from_a_file_and_shown_with_what_was_done(
    banso: Banso, session: Session, tmp_path: Path
) -> None:
    refuse(session.store, "m1", "m2")
    second, first = (row["id"] for row in listed(banso, "--source", "app"))
    (tmp_path / "call.json").write_text(json.dumps({**BAD, "messageId": "m1", "event": "login"}))
    done = banso(
        "quarantine", "replay", str(first), "--payload", str(tmp_path / "call.json"),
        "--by", "sato", "--json",
    )  # fmt: skip
    counts = {"stored": 1, "duplicate": 0, "waiting": 0, "quarantined": 0}
    assert json.loads(done.stdout) == {"replayed": 1, **counts}
    shown = json.loads(banso("quarantine", "show", str(first), "--json").stdout)
    assert (shown["state"], json.loads(shown["payload"])["event"]) == ("replayed", "login")
    (deed,) = shown["deeds"]
    assert (deed["by"], deed["kind"], deed["outcome"]) == ("sato", "replay", "stored")
    assert [row["id"] for row in listed(banso)] == [second]
    assert {row["id"] for row in listed(banso, "--state", "all")} == {first, second}


def test_some_are_replayed_or_discarded_by_their_reason(banso: Banso, session: Session) -> None:
    refuse(session.store, "m1", "m2")
    some = ("--source", "app", "--reason", "no event")
    again = json.loads(banso("quarantine", "replay", *some, "--json").stdout)
    assert (again["replayed"], again["quarantined"]) == (2, 2)
    assert banso("quarantine", "discard", *some, "--why", "a test").stdout.startswith(
        "Discarded: 2"
    )
    (item, _) = (row["id"] for row in listed(banso, "--state", "discarded"))
    banso("quarantine", "restore", str(item))
    assert [row["id"] for row in listed(banso)] == [item]


def test_what_can_not_be_done_is_said(banso: Banso, session: Session) -> None:
    refuse(session.store, "m1")
    (item,) = (row["id"] for row in listed(banso))
    with pytest.raises(MendingError, match="Say why"):
        banso("quarantine", "discard", str(item))
    with pytest.raises(MendingError, match="There is no row"):
        banso("quarantine", "show", str(item + 1))
    for words in (["replay"], ["discard", "--why", "x"], ["replay", str(item), "--source", "app"]):
        banso("quarantine", *words, status=2)
