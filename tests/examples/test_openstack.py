"""What the how-to says that Banso found in OpenStack's commit history, found again."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from banso.cli.app import build
from banso.core.definitions import check
from banso.desk.models import Episode

ROOT = Path(__file__).resolve().parents[2]
OPENSTACK = ROOT / "examples" / "openstack"
FACTS = ROOT.parent / "shared" / "data" / "openstack-activity.parquet"
END = date(2026, 8, 20)

needs_the_data = pytest.mark.skipif(
    not FACTS.exists(), reason="../shared/data/openstack-activity.parquet is not here"
)


@pytest.fixture(scope="module")
def findings() -> ModuleType:
    """The script of the example, loaded by its path."""
    spec = importlib.util.spec_from_file_location("openstack_findings", OPENSTACK / "findings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def banso(*words: object) -> str:
    result = CliRunner().invoke(build(), [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def episodes(account: str, *rules: str) -> list[tuple[str, str, str | None]]:
    rows = Episode.objects.filter(account__key=account, rule__in=rules).order_by("opened_on")
    return [
        (row.rule, row.opened_on.isoformat(), row.closed_on.isoformat() if row.closed_on else None)
        for row in rows
    ]


def numbers_of_table(page: Path, heading: str) -> list[list[str]]:
    """The numbers in each row of the table under a heading, sorted: languages order them anew."""
    section = page.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [numbers(row.split("|")[2:]) for row in rows]


def numbers(cells: Iterable[str]) -> list[str]:
    return sorted(re.findall(r"\d+", "|".join(cells)))


def findings_as_printed(folder: Path, findings: ModuleType) -> list[list[str]]:
    """Export as the how-to says, judge, and give the numbers of each line of the table."""
    for what in ("alerts", "changes"):
        banso("export", what, "--since", "2010-07-01", "--until", END, folder / f"{what}.parquet")
    every = findings.companies(FACTS, folder / "changes.parquet", END, timedelta(days=730))
    found = findings.warnings(folder / "alerts.parquet", every, END)
    scores = findings.scores(every, found, date.min, END)
    assert (len(every), len(scores["together"].firsts)) == (88, 69)
    return [numbers(score.row()[1:]) for score in scores.values()]


def test_the_definitions_have_neither_mistakes_nor_warnings() -> None:
    definitions, mistakes = check(OPENSTACK / "definitions")
    assert mistakes == ()
    assert definitions is not None
    assert len(definitions.metrics) == 14
    stages = [stage.name for stage in definitions.journeys["contribution"].stages]
    assert stages == ["newcomer", "regular", "core", "pillar"]
    assert set(definitions.rules) == {"fading", "silent", "one_left", "narrowing", "not_settling"}


@needs_the_data
@pytest.mark.slow
def test_banso_finds_what_the_how_to_says(home: Path, tmp_path: Path, findings: ModuleType) -> None:
    total = json.loads(
        banso("import", "events", FACTS, "--source", "git", "--yes", "--quiet", "--json")
    )["total"]
    assert (total["received"], total["stored"], total["quarantined"]) == (69_852, 69_852, 0)
    banso("apply", OPENSTACK / "definitions")
    banso("run", "--as-of", "2016-12-31", "--since", "2010-07-01")

    warned_by_2016 = episodes("rackspace.com", "fading", "silent")
    assert warned_by_2016 == [
        ("fading", "2015-05-26", "2015-08-22"),
        ("silent", "2016-02-24", "2016-02-27"),
        ("silent", "2016-04-28", "2016-05-05"),
        ("silent", "2016-10-16", None),
    ]

    banso("run", "--as-of", "2026-08-01")
    banso("run", "--as-of", END)
    assert episodes("rackspace.com", "fading", "silent")[:3] == warned_by_2016[:3]
    assert episodes("hp.com", "fading") == [("fading", "2016-07-13", "2018-09-16")]
    assert episodes("citrix.com", "silent")[-1] == ("silent", "2018-08-13", "2019-05-16")
    assert episodes("ibm.com", "fading")[0] == ("fading", "2017-03-30", "2017-08-26")
    assert not Episode.objects.filter(account__key="redhat.com").exists()

    printed = findings_as_printed(tmp_path, findings)
    docs = ROOT / "docs"
    assert numbers_of_table(docs / "en" / "how-to" / "openstack.md", "All years") == printed
    assert numbers_of_table(docs / "ja" / "how-to" / "openstack.md", "全期間の成績") == printed
