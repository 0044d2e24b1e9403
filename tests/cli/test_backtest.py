"""`banso backtest`: the replay in words and as JSON."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Banso
from tests.cli.test_commands import vendor

from banso.pipeline.backtest import UnknownDefinitionError

__all__ = ["vendor"]

DRAFT = """
rules:
  - {name: quiet, when: last_use >= 5, action: {en: Call them, ja: 電話する}}
outcomes:
  - {name: gone, kind: silence, of: last_use, days: 10, lead_days: 1, within_days: 7}
"""


def test_a_draft_is_replayed_and_judged_without_being_applied(banso: Banso, vendor: Path) -> None:
    """C2 used it for the last time on 19 May: five days later it is the 24th, ten days the 29th."""
    (vendor / "draft.yaml").write_text(DRAFT, encoding="utf-8")
    told = banso("backtest", "quiet", "--draft", "draft.yaml", "--as-of", "2026-06-15", "--json")
    found = json.loads(told.stdout)
    keys = ("account", "owner", "opened_on", "verdict", "outcome_on", "arr")
    assert [{key: x[key] for key in keys} for x in found["fired"] if x["account"] == "C2"][-1] == {
        "account": "C2",
        "owner": "田中",
        "opened_on": "2026-05-24",
        "verdict": "hit",
        "outcome_on": "2026-05-29",
        "arr": 2_400_000.0,
    }
    assert (found["outcome"], found["lead_days"], found["within_days"]) == ("gone", 1, 7)
    assert found["whole"]["last"] == "2026-06-08"
    assert (found["untouched"], found["shrinkage"]) == (None, None)
    assert sum(x["alerts"] for x in found["loads"]) == len(found["fired"])

    words = banso("backtest", "quiet", "--draft", "draft.yaml", "--as-of", "2026-06-15").stdout
    assert "The history is too short to hold a period out" in words
    with pytest.raises(UnknownDefinitionError, match="No rule 'quiet'"):
        banso("backtest", "quiet")


def test_without_an_outcome_precision_is_unmeasured(banso: Banso, vendor: Path) -> None:
    found = json.loads(banso("backtest", "silent", "--as-of", "2026-06-28", "--json").stdout)
    assert (found["outcome"], found["whole"], found["fired"][0]["verdict"]) == (None, None, None)
    told = banso("backtest", "silent", "--as-of", "2026-06-28").stdout
    assert "Precision: unmeasured. No outcome is defined" in told


def test_screens_speak_japanese(
    banso: Banso, vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_LANGUAGE", "ja")
    assert "的中率: 未計測" in banso("backtest", "silent", "--as-of", "2026-06-28").stdout


LOSS = """
outcomes:
  - {name: silent_10d, kind: silence, of: last_use, days: 10, lead_days: 1, within_days: 30}
"""


def test_gaps_names_what_no_rule_saw(banso: Banso, vendor: Path) -> None:
    """The one rule speaks after 14 days, so it saw no silence of 10 days coming. On 28 May C2
    has not been there for 9 days: 2/3 of (14 - 9) / 12 are 28 points."""
    (vendor / "loss.yaml").write_text(LOSS, encoding="utf-8")
    words = ["gaps", "--outcome", "silent_10d", "--draft", "loss.yaml", "--as-of", "2026-06-28"]
    found = json.loads(banso(*words, "--json").stdout)
    assert (found["since"], found["until"]) == ("2025-06-28", "2026-06-28")
    assert (found["foreseen"], found["late"], found["unseen"]) == (0, 0, 1)
    (loss,) = found["losses"]
    assert (loss["account"], loss["on"], loss["sights"]) == ("C2", "2026-05-29", [])
    assert loss["was"] == [{"journey": "adoption", "stage": "use", "colour": "at_risk"}]
    assert found["candidates"] == [
        {
            "journey": "adoption",
            "stage": "use",
            "colour": "at_risk",
            "missed": 1,
            "losses": 1,
            "arr": 2_400_000.0,
        }
    ]
    assert "A rule here would have helped" in banso(*words).stdout
    assert "0 seen in time, 0 too late, 1 by no rule (silent_10d)" in banso(*words).stdout
