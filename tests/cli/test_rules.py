"""`banso rules`, and what `banso apply` and `banso pull` know of it."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Banso
from tests.cli.test_commands import vendor

from banso.cli.applying import ChangedInBothError, TakenBackError
from banso.core.definitions import DefinitionError
from banso.desk.models import Alert
from banso.desk.services.drafts import NoDraftError

__all__ = ["vendor"]

DRAFT = """\
rules:
  - name: silent
    when: last_use >= 5
    action: {en: Call them, ja: 電話する}
"""


def states(banso: Banso) -> list[tuple[str, str]]:
    found = json.loads(banso("rules", "list", "--json").stdout)
    return [(x["rule"], x["state"]) for x in found]


def test_a_draft_is_saved_compared_switched_on_and_brought_back_into_the_folder(
    banso: Banso, vendor: Path
) -> None:
    banso("run", "--as-of", "2026-06-15")
    (vendor / "draft.yaml").write_text(DRAFT, encoding="utf-8")
    told = banso("rules", "draft", "draft.yaml").stdout
    assert told.startswith("Saved the draft of silent.")
    assert banso("rules", "show", "silent").stdout == DRAFT
    found = json.loads(banso("rules", "compare", "silent", "--json").stdout)
    assert (found["rule"], found["last"], found["outcome"]) == ("silent", "2026-06-15", None)
    assert found["draft"]["alerts"] >= found["live"]["alerts"]
    assert "Switched on now, the next run would open" in banso("rules", "compare", "silent").stdout
    (item,) = json.loads(banso("rules", "list", "--json").stdout)
    assert (item["state"], item["draft_at"] is None, item["compared_at"] is None) == (
        "on",
        False,
        False,
    )

    banso("rules", "switch-on", "silent", "--why", "sooner", "--by", "sato")
    with pytest.raises(TakenBackError, match="rule silent"):
        banso("apply", "definitions")
    assert "switched on since it was last applied: rule silent" in " ".join(
        banso("plan", "definitions").output.replace("\n", " ").split()
    )
    assert banso("pull", "definitions").stdout.startswith("wrote definitions/")
    assert banso("pull", "definitions").stdout == "definitions says what is in force already.\n"
    assert banso("apply", "definitions").stdout.startswith("Nothing changed")
    with pytest.raises(NoDraftError):
        banso("rules", "drop", "silent")


def test_what_was_changed_on_both_sides_is_not_written_over(banso: Banso, vendor: Path) -> None:
    (vendor / "draft.yaml").write_text(DRAFT, encoding="utf-8")
    banso("rules", "draft", "draft.yaml")
    banso("rules", "switch-on", "silent")
    (file,) = (vendor / "definitions").glob("*.yaml")
    mine = file.read_text(encoding="utf-8") + "# mine\n"
    file.write_text(mine, encoding="utf-8")
    with pytest.raises(ChangedInBothError):
        banso("pull", "definitions")
    assert file.read_text(encoding="utf-8") == mine
    assert banso("apply", "definitions", "--drop-screen-changes").stdout.startswith("In force: ")


def test_a_mistake_of_a_draft_names_its_line(banso: Banso, vendor: Path) -> None:
    (vendor / "draft.yaml").write_text(DRAFT.replace("last_use", "last_used"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"draft\.yaml:3:11: .*did you mean 'last_use'"):
        banso("rules", "draft", "draft.yaml")


def test_who_is_named_and_not_here_is_refused(banso: Banso, vendor: Path) -> None:
    (file,) = (vendor / "definitions").glob("*.yaml")
    text = file.read_text(encoding="utf-8")
    given = "    priority: high\n    assign: {in_turn: [田中, nobody]}\n"
    file.write_text(text.replace("    priority: high\n", given), encoding="utf-8")
    for command in ("plan", "apply"):
        told = " ".join(banso(command, "definitions", status=1).output.split())
        assert told.count("no active member") == 1
        assert "error: no active member 'nobody' who may act; `banso members` lists them" in told
    draft = DRAFT + "    assign: {team: West}\n"
    (vendor / "draft.yaml").write_text(draft, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"draft\.yaml:5:20: .*no team 'West'"):
        banso("rules", "draft", "draft.yaml")


def test_a_rule_is_paused_and_resumed(banso: Banso, vendor: Path) -> None:
    assert "did you mean 'silent'?" in banso("rules", "pause", "silence", "--reason", "x",
                                             status=2).output  # fmt: skip
    banso("rules", "pause", "silent", "--reason", "moving")
    assert states(banso) == [("silent", "paused")]
    banso("run", "--as-of", "2026-06-10")
    (waiting,) = Alert.objects.all()
    assert (waiting.told_on, waiting.state) == (None, "snoozed")
    banso("rules", "resume", "silent")
    banso("run", "--as-of", "2026-06-11")
    (told,) = Alert.objects.all()
    assert (str(told.told_on), told.state) == ("2026-06-11", "open")
    assert states(banso) == [("silent", "on")]
