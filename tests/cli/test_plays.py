"""`banso plays` and `banso tasks`: by hand, with slips of the keyboard."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Banso
from tests.cli.test_commands import DEFINITIONS, vendor

from banso.cli.session import open_session
from banso.desk.models import Channel, ChannelKind, DefinitionSet, Delivery, DeliveryKind
from banso.desk.services.drafts import NoDraftError
from banso.desk.services.plays import UnknownRunError
from banso.desk.services.tasks import UnknownPointError
from banso.pipeline.act.refusals import NO_SENDER

__all__ = ["vendor"]

NOW = datetime(2026, 9, 1, tzinfo=UTC)
PLAY = """
    play: revive
segments: [{name: small, where: seats < 15}]
plays:
  - name: revive
    label: {en: Revive, ja: 立て直し}
    steps:
      - {kind: task, label: {en: Ask why, ja: 理由を聞く}, checklist: [{en: Book, ja: 予約}]}
      - {kind: webhook, channel: crm}
      - {kind: assign, to: 田中}
"""


def told(banso: Banso, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(banso(*words, "--json").stdout)
    return found


def test_by_hand_from_the_preview_to_the_end(banso: Banso, vendor: Path) -> None:
    text = DEFINITIONS.rstrip() + PLAY
    (vendor / "definitions" / "all.yaml").write_text(text, encoding="utf-8")
    warned = banso("apply", "definitions", "--by", "test").output
    assert "30:34: warning: no webhook channel 'crm'; " in warned
    said = banso("plays", "preview", "revive").stdout
    assert said.startswith("Nobody: no account has an open alert of a rule that starts this play.")
    banso("run", "--as-of", "2026-06-10")

    (item,) = told(banso, "plays", "list")
    assert (item["name"], item["rules"], item["steps"], item["open"]) == (
        *("revive", ["silent"], 3, 0),
    )
    assert "Task: Ask why" in banso("plays", "show", "revive").stdout
    (entry,) = told(banso, "plays", "preview", "revive")  # C2, whom the alert is about
    assert (entry["account"], entry["enters"]) == ("C2", True)
    assert [x["account"] for x in told(banso, "plays", "preview", "revive", "--segment", "small")] \
        == ["C1"]  # fmt: skip
    for words in (["-a", "C2", "C1"], ["--account", "C2", "--account", "C1"]):
        named = told(banso, "plays", "preview", "revive", *words)
        assert sorted(x["account"] for x in named) == ["C1", "C2"]

    told(banso, "plays", "start", "revive", "--open-alerts")
    (entry,) = told(banso, "plays", "preview", "revive")
    assert (entry["reason"], entry["words"]["en"]) == ("running", "it is in this play already")
    (run,) = told(banso, "plays", "runs")
    assert (run["state"], run["at"], run["rule"]) == ("parked", "2", "silent")
    assert run["problem"]["en"].startswith("There is no webhook crm.")
    assert "0 runs go on; 1 are parked still" in banso("plays", "resume").stdout

    (task,) = told(banso, "tasks", "list", "--owner", "田中")
    number = str(task["task"])
    assert (task["label"]["en"], task["rule"], task["member"]) == ("Ask why", "silent", "田中")
    assert "1 of 1 points are done" in banso("tasks", "tick", number, "1").stdout
    assert [x["ticked"] for x in told(banso, "tasks", "list")] == [[1]]
    assert "☑ 1 Book" in banso("tasks", "list").stdout
    banso("tasks", "tick", number, "1", "--not-done")
    with pytest.raises(UnknownPointError):
        banso("tasks", "tick", number, "2")
    banso("tasks", "snooze", number, "--until", "2099-01-01")
    (task,) = told(banso, "tasks", "list", "--snoozed")
    banso("tasks", "undo", number, "--handling", str(task["handling"]))
    banso("tasks", "not-useful", number, "--reason", "known")
    assert [x["state"] for x in told(banso, "tasks", "list", "--handled")] == ["not_useful"]

    assert banso("plays", "stop", str(run["run"])).stdout == "Stopped: revive for もみじ物産.\n"
    with pytest.raises(UnknownRunError):
        banso("plays", "stop", str(run["run"]))


def test_slips_are_told_with_what_was_meant(banso: Banso, vendor: Path) -> None:
    (vendor / "definitions" / "all.yaml").write_text(DEFINITIONS.rstrip() + PLAY, encoding="utf-8")
    banso("apply", "definitions", "--by", "test")
    assert "did you mean 'revive'?" in banso("plays", "show", "revife", status=2).output
    words = ["plays", "start", "revive"]
    assert "say one of --account" in banso(*words, status=2).output
    assert "did you mean 'small'?" in banso(*words, "--segment", "smal", status=2).output
    assert "no account 'C9'" in banso(*words, "--account", "C9", status=2).output
    assert "no account 'C9'" in banso(*words, "--account", "C1", "C9", status=2).output
    assert "say one of --account" in banso(*words, "C1", status=2).output
    said = banso("plays", "preview", "revive", "C1", status=2).output
    assert "'C1': say --account before accounts" in said


def run_together(printed: str) -> str:
    """Without what a narrow terminal puts between the words of a cell."""
    return re.sub(r"[\s│]", "", printed)


def test_why_banso_itself_sent_nothing_is_told_in_the_readers_language(
    banso: Banso, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session(create=True)
    channel = Channel.objects.create(
        name="mail",
        kind=ChannelKind.EMAIL,
        disabled_at=NOW,
        disabled_because=NO_SENDER.format(named="BANSO_MAIL_FROM"),
    )
    for subject, answer in (("1", "the owner has no e-mail address"), ("2", "550 No such user")):
        Delivery.objects.create(
            channel=channel, kind=DeliveryKind.TEST, subject=subject, body={}, answer=answer,
            failed_at=NOW,
        )  # fmt: skip
    monkeypatch.setenv("BANSO_LANGUAGE", "ja")
    said = run_together(banso("outbox", "list").stdout)
    assert "担当CSMのメールアドレスが登録されていません" in said
    assert "550Nosuchuser" in said
    assert "には、差出人のアドレスを設定します" in run_together(banso("channels", "list").stdout)
    assert [x["answer"] for x in told(banso, "outbox", "list")] == [
        "550 No such user", "the owner has no e-mail address",
    ]  # fmt: skip


def test_a_channel_that_is_not_there_is_refused_with_its_place(banso: Banso, vendor: Path) -> None:
    (vendor / "definitions" / "all.yaml").write_text(DEFINITIONS.rstrip() + PLAY, encoding="utf-8")
    open_session(create=True)
    before = DefinitionSet.objects.count()
    for name, kind in (("crm2", ChannelKind.WEBHOOK), ("team", ChannelKind.SLACK)):
        Channel.objects.create(name=name, kind=kind)
    for command in ("plan", "apply"):
        said = banso(command, "definitions", status=1).output
        assert "all.yaml:30:34: error: no webhook channel 'crm'; " in said
        assert "did you mean 'crm2'?" in said
    assert DefinitionSet.objects.count() == before


def test_a_draft_is_saved_compared_switched_on_and_dropped(banso: Banso, vendor: Path) -> None:
    text = DEFINITIONS.rstrip() + PLAY
    (vendor / "definitions" / "all.yaml").write_text(text, encoding="utf-8")
    banso("apply", "definitions")
    shown = banso("plays", "show", "revive", "--yaml").stdout
    assert shown.startswith("plays:\n  - name: revive\n")
    draft = shown.replace("Ask why", "Ask who").split("      - {kind: webhook")[0]
    (vendor / "draft.yaml").write_text(draft, encoding="utf-8")
    assert banso("plays", "draft", "draft.yaml").stdout.startswith("Saved the draft of revive.")
    assert banso("plays", "show", "revive", "--yaml").stdout == draft
    (item,) = told(banso, "plays", "list")
    assert item["draft_at"] is not None
    found = json.loads(banso("plays", "compare", "revive", "--json").stdout)
    assert {x["field"]: x["new"] for x in found["changes"]} == {
        "steps.1.label.en": "Ask who",
        "steps.order": "1",
        "steps.2": None,
        "steps.3": None,
    }
    assert (found["enters"], found["kept_out"]) == (0, 0)
    assert "Ask who" in banso("plays", "compare", "revive").stdout
    assert banso("plays", "switch-on", "revive", "--why", "shorter").stdout.startswith("In force")
    assert "Ask who" in banso("plays", "show", "revive").stdout
    with pytest.raises(NoDraftError):
        banso("plays", "drop", "revive")
