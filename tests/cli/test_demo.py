"""`banso demo`, as a newcomer types it: the right customers are found, with evidence to follow."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from tests.demo import demo_home

from banso.store.server import stop

pytestmark = [pytest.mark.slow(50), pytest.mark.timeout(400)]

BANSO = Path(sys.executable).with_name("banso")
AS_OF = "2026-10-01"
Item = Mapping[str, object]


def call(home: Path, *words: str) -> str:
    """Standard output of a command; its errors where it failed."""
    environment = {**os.environ, "BANSO_HOME": str(home), "BANSO_LANGUAGE": "en"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [str(BANSO), *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def called(home: Path, commands: Sequence[Sequence[str]]) -> Sequence[Item]:
    """What each of these commands prints, as JSON, all in one process: starting takes longest."""
    script = (
        "import json, sys; from banso.cli.app import build; app = build();"
        "[app(words, standalone_mode=False) for words in json.load(sys.stdin)]"
    )
    environment = {**os.environ, "BANSO_HOME": str(home), "BANSO_LANGUAGE": "en"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(commands), env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    reader, found, text = json.JSONDecoder(), [], done.stdout.strip()
    while text:
        item, end = reader.raw_decode(text)
        found.append(item)
        text = text[end:].strip()
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo's own home with its own embedded server."""
    folder = Path(tempfile.mkdtemp(prefix="banso-demo-"))
    home = demo_home(folder / "home", tmp_path_factory)
    yield home
    stop(home)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def today(home: Path) -> Sequence[Mapping[str, object]]:
    found: Sequence[Mapping[str, object]] = json.loads(call(home, "today", "--json"))
    return found


def test_alerts_of_at_least_six_rules_are_open(today: Sequence[Item]) -> None:
    assert len({item["rule"] for item in today}) >= 6


def test_four_of_five_stalled_champion_left_and_shortage_accounts_are_among_them(
    home: Path, today: Sequence[Item]
) -> None:
    (truths,) = home.glob("demo/*/truth.csv")
    with truths.open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["from_date"] < AS_OF <= (row["to_date"] or AS_OF)
        ]
    flagged = {item["account"] for item in today}
    for truth in ("stalled_onboarding", "champion_left", "seat_shortage"):
        accounts = {row["account"] for row in rows if row["truth"] == truth}
        assert len(accounts) >= 12
        assert len(accounts & flagged) >= 0.8 * len(accounts), truth


def test_the_evidence_of_each_rule_can_be_followed_to_the_very_facts(
    home: Path, today: Sequence[Item]
) -> None:
    """One alert of each rule, as of the day it opened: every metric of its evidence is shown,
    with the same value, and whatever is counted from facts shows some or is zero."""
    one_each = {str(item["rule"]): item for item in today}
    asked = [
        ["explain", str(x["account"]), "--as-of", str(x["opened_on"]), "--json"]
        for x in one_each.values()
    ]
    for item, explained in zip(one_each.values(), called(home, asked), strict=True):
        told = {x["metric"]: x for x in explained["metrics"] if x["as_of"] == item["opened_on"]}
        for why in item["why"]:  # type: ignore[attr-defined]
            if why["metric"] in told:
                assert told[why["metric"]]["value"] == why["value"], (item, why)
        counted = [x for x in told.values() if x["sql"] is not None]
        assert counted, item["rule"]
        assert [x["metric"] for x in counted if x["value"] and not x["facts"]] == []


def test_customers_behind_their_own_walls_are_unmeasured_and_raise_no_alert(
    home: Path, today: Sequence[Item]
) -> None:
    (truths,) = home.glob("demo/*/truth.csv")
    with truths.open(encoding="utf-8") as file:
        walled = {row["account"] for row in csv.DictReader(file) if row["truth"] == "on_prem"}
    accounts = json.loads(call(home, "accounts", "--json"))
    assert walled & {str(item["account"]) for item in today} == set()
    assert {x["colour"] for x in accounts if x["account"] in walled} == {"unmeasured"}


def test_the_demo_again_changes_nothing(home: Path, today: Sequence[Item]) -> None:
    call(home, "demo", "--no-serve")
    assert json.loads(call(home, "today", "--json")) == today
