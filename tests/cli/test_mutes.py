"""`banso mutes`: mute, list, end."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Banso
from tests.cli.test_commands import vendor

from banso.desk.services.mutes import UnknownMuteError

__all__ = ["vendor"]


def test_a_muted_rule_comes_snoozed_until_its_mute_is_ended(banso: Banso, vendor: Path) -> None:
    words = ["mutes", "add", "silent", "--until", "2099-01-01", "--reason", "moving"]
    told = banso(*words, "--account", "C2")
    assert told.stdout.startswith("Muted: silent. Its new alerts come snoozed")
    (item,) = json.loads(banso("mutes", "list", "--json").stdout)
    keys = ("rule", "account", "until", "reason", "member")
    assert [item[key] for key in keys] == ["silent", "C2", "2099-01-01", "moving", None]
    banso("run", "--as-of", "2026-06-10")
    assert json.loads(banso("today", "--json").stdout) == []

    assert banso("mutes", "end", str(item["number"])).stdout == "No longer muted: silent.\n"
    assert json.loads(banso("mutes", "list", "--json").stdout) == []
    with pytest.raises(UnknownMuteError):
        banso("mutes", "end", str(item["number"]))


def test_a_slip_in_a_name_is_told(banso: Banso, vendor: Path) -> None:
    words = ["mutes", "add", "silence", "--until", "2099-01-01", "--reason", "x"]
    assert "did you mean 'silent'?" in banso(*words, status=2).output
    words = ["mutes", "add", "silent", "--until", "2099-01-01", "--reason", "x", "--account", "C9"]
    assert "no account 'C9'" in banso(*words, status=2).output
