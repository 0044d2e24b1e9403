"""The way of a newcomer: init, check, apply, import, run, today, explain, plan, export."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import Banso

from banso.cli.running import FutureError
from banso.cli.session import NoDefinitionsError
from banso.cli.today import NotRunError
from banso.core.metrics import PlanError
from banso.desk.queries.decided import latest_run
from banso.pipeline.engine import EngineError
from banso.pipeline.explain import UnknownAccountError

DEFINITIONS = """
organisation: {name: Momiji, time_zone: Asia/Tokyo}
metrics:
  - name: weekly_users
    label: {en: Weekly users, ja: 週間利用者}
    kind: distinct_users
    window: 7d
  - {name: last_use, kind: recency}
  - {name: seats, kind: latest, of: contract.seats}
  - {name: seat_use, kind: ratio, of: weekly_users, by: seats}
journeys:
  - name: adoption
    stages:
      - name: use
        health:
          - {condition: last_use <= 7, name: used, of: last_use, good: 2, poor: 14, weight: 2}
          - {condition: seat_use >= 0.5, name: seats_used}
rules:
  - name: silent
    when: last_use >= 14
    priority: high
    action: {en: Call them, ja: 電話する}
"""


@pytest.fixture
def vendor(banso: Banso, files: Path) -> Path:
    """All files imported, definitions in force."""
    (files / "definitions").mkdir()
    (files / "definitions" / "all.yaml").write_text(DEFINITIONS, encoding="utf-8")
    banso("apply", "definitions", "--why", "first", "--by", "test")
    banso("import", "accounts", "accounts.csv", "--yes")
    banso("import", "contracts", "contracts.csv", "--yes")
    banso("import", "events", "usage.csv", "--yes", "--source", "web")
    return files


def test_the_whole_way_leads_to_the_one_alert_and_its_evidence(banso: Banso, vendor: Path) -> None:
    banso("run", "--as-of", "2026-06-10")

    (item,) = json.loads(banso("today", "--json").stdout)
    (why,) = item["why"]
    assert {key: item[key] for key in ("account", "account_name", "rule", "owner", "arr")} == {
        "account": "C2",
        "account_name": "もみじ物産",
        "rule": "silent",
        "owner": "田中",
        "arr": 2_400_000.0,
    }
    assert (item["opened_on"], item["as_of"]) == ("2026-06-10", "2026-06-10")
    assert (why["metric"], why["value"], why["operator"], why["threshold"]) == (
        "last_use",
        22.0,
        ">=",
        14.0,
    )
    assert why["text"]["ja"] == "last_use 22日(14日以上)"

    explained = json.loads(banso("explain", "C2", "--json", "--against", "2026-05-20").stdout)
    metric = next(x for x in explained["metrics"] if x["metric"] == "last_use")
    assert [x["time"] for x in metric["facts"]][:1] == ["2026-05-19T01:03:00Z"]
    assert explained["journeys"][0]["score"] == 0.0
    (change,) = explained["changes"]
    assert sum(part["amount"] for part in change["parts"]) == pytest.approx(change["delta"], 1e-9)


def test_today_can_be_asked_for_one_owner_and_names_the_members_otherwise(
    banso: Banso, vendor: Path
) -> None:
    banso("run", "--as-of", "2026-06-10")

    assert json.loads(banso("today", "--owner", "sato@example.com", "--json").stdout) == []
    assert len(json.loads(banso("today", "--owner", "田中", "--json").stdout)) == 1
    refused = banso("today", "--owner", "nobody", status=2)
    assert "Members: sato@example.com, 田中" in refused.stderr


def test_accounts_shows_stage_health_and_confidence_of_everybody(
    banso: Banso, vendor: Path
) -> None:
    banso("run", "--as-of", "2026-06-10")

    items = json.loads(banso("accounts", "--json").stdout)
    shown = [(x["account"], x["colour"], x["score"], x["confidence"]) for x in items]
    assert shown == [("C1", "healthy", 100.0, 1.0), ("C2", "at_risk", 0.0, 1.0)]
    assert [
        x["account"] for x in json.loads(banso("accounts", "--colour", "at_risk", "--json").stdout)
    ] == ["C2"]


def test_screens_speak_japanese(
    banso: Banso, vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    banso("run", "--as-of", "2026-06-10")
    monkeypatch.setenv("BANSO_LANGUAGE", "ja")

    lines = banso("today").stdout.splitlines()
    assert lines[0].strip() == "今日の対応 (2026-06-10時点)"
    assert lines[-1] == "1 件のアラート"


def test_importing_the_same_files_again_stores_nothing(banso: Banso, vendor: Path) -> None:
    for kind, name in (("accounts", "accounts"), ("contracts", "contracts"), ("events", "usage")):
        source = ["--source", "web"] if kind == "events" else []
        again = json.loads(banso("import", kind, f"{name}.csv", "--yes", "--json", *source).stdout)[
            "total"
        ]
        assert (again["stored"], again["quarantined"]) == (0, 0)
        assert again["received"] == again["duplicate"]


def test_plan_shows_what_apply_would_change_and_changes_nothing(banso: Banso, vendor: Path) -> None:
    banso("run", "--as-of", "2026-06-10")
    file = vendor / "definitions" / "all.yaml"
    file.write_text(DEFINITIONS.replace("last_use >= 14", "last_use >= 1"), encoding="utf-8")

    found = json.loads(banso("plan", "definitions", "--json").stdout)

    assert found["changes"] == ["rule silent.when"]
    assert found["moves"] == []
    (load,) = found["rules"]
    assert (load["open_before"], load["open_after"], load["would_open"]) == (1, 2, ["C1"])
    assert len(json.loads(banso("today", "--json").stdout)) == 1
    assert banso("apply", "definitions").stdout.startswith("In force: ")
    assert banso("plan", "definitions").stdout == (
        "Nothing would change: the same definitions are in force.\n"
    )


def test_export_writes_the_history_with_reasons_for_what_is_missing(
    banso: Banso, vendor: Path
) -> None:
    banso("run", "--as-of", "2026-06-10")
    span = ("--since", "2026-04-01", "--until", "2026-06-10")

    banso("export", "metrics", "m.parquet", *span)
    rows = pq.read_table(vendor / "m.parquet").to_pylist()
    assert len(rows) == 2 * 71
    first, last = rows[0], rows[70]
    assert (first["account"], first["weekly_users"]) == ("C1", None)
    assert first["weekly_users__unmeasured"] == "not_applicable"
    assert (str(last["as_of"]), last["weekly_users"], last["seat_use"]) == ("2026-06-10", 6.0, 0.6)

    banso("export", "assessments", "a.csv", *span)
    lines = (vendor / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "account,as_of,journey,stage,days_in_stage,overdue,score,confidence,colour"
    assert lines[-1].startswith("C2,2026-06-10,adoption,use,")

    banso("export", "alerts", "alerts.parquet", *span)
    assert pq.read_table(vendor / "alerts.parquet")["account"].to_pylist() == ["C2"]


def test_a_spreadsheet_formula_in_a_name_is_exported_as_text(banso: Banso, vendor: Path) -> None:
    (vendor / "evil.csv").write_text("会社ID,会社名\nC2,=cmd|' /C calc'!A0\n", encoding="utf-8")
    banso("import", "accounts", "evil.csv", "--yes")
    banso("run", "--as-of", "2026-06-10")

    banso("export", "alerts", "a.csv", "--since", "2026-06-01", "--until", "2026-06-10")

    assert (
        (vendor / "a.csv")
        .read_text(encoding="utf-8-sig")
        .splitlines()[1]
        .startswith("C2,'=cmd|' /C calc'!A0,silent,")
    )


def test_init_writes_a_starter_set_that_checks_clean_and_never_overwrites(
    banso: Banso, home: Path
) -> None:
    banso("init")
    assert json.loads(banso("check", "definitions", "--json").stdout) == []
    assert "is there already; nothing was written" in banso("init", status=1).stderr
    products = ("--product", "delivery", "--product", "bi")
    assert "wrote by_product/seats_bi.yaml" in banso("init", "by_product", *products).stdout
    refused = banso("init", "elsewhere", "--product", "it's", status=2).stderr
    assert "'it's': at most 40 letters" in refused
    assert not Path("elsewhere").exists()


def test_check_reports_every_mistake_with_its_place_and_exits_with_1(
    banso: Banso, home: Path
) -> None:
    folder = home.parent / "definitions"
    folder.mkdir()
    (folder / "all.yaml").write_text(
        DEFINITIONS.replace("last_use >= 14", "last_usse >= 14").replace("window: 7d", "windw: 7d"),
        encoding="utf-8",
    )

    mistakes = json.loads(banso("check", "definitions", "--json", status=1).stdout)

    assert [(x["line"], x["suggestion"]) for x in mistakes] == [
        (7, "window"),
        (20, "last_use"),
    ]


def test_doctor_lists_problems_with_their_mend_and_exits_with_1(banso: Banso, vendor: Path) -> None:
    found = json.loads(banso("doctor", "--json").stdout)
    assert found["problems"] == []
    assert found["facts"]["time zone"] == "Asia/Tokyo"

    file = vendor / "definitions" / "all.yaml"
    zoneless = DEFINITIONS.replace(", time_zone: Asia/Tokyo", "")
    file.write_text(zoneless + "sources: [{name: web, late_after: 3d}]\n", encoding="utf-8")
    banso("apply", "definitions")
    zone, late = json.loads(banso("doctor", "--json", status=1).stdout)["problems"]
    assert zone == {
        "what": "The organisation's time zone is not set, so days begin at 00:00 UTC",
        "mend": "set `time_zone:` under `organisation:` (for example Asia/Tokyo, or UTC)",
    }
    assert late["what"].startswith("Source 'web' has fallen silent: its last fact is of 2026-06-27")


def test_a_spark_master_without_spark_is_refused(banso: Banso, vendor: Path) -> None:
    told = banso("run", "--master", "local[2]", status=2)
    assert "it needs --engine spark" in told.stderr


def test_spark_without_java_says_how_to_get_it(
    banso: Banso, vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(EngineError, match="openjdk-17-jre-headless"):
        banso("run", "--engine", "spark")


def test_doctor_says_where_segments_lie_and_which_are_missing(
    banso: Banso, vendor: Path, home: Path
) -> None:
    assert json.loads(banso("doctor", "--json").stdout)["facts"]["segments"] == f"{home}/segments"
    lost = next(home.glob("segments/**/*.parquet"))
    lost.unlink()
    problems = json.loads(banso("doctor", "--json", status=1).stdout)["problems"]
    assert problems == [
        {
            "what": f"Segments are missing or torn: {lost.relative_to(home / 'segments')}",
            "mend": "restore the segments and the database from the same backup",
        }
    ]


def test_quarantine_and_ledger_account_for_every_row(banso: Banso, vendor: Path) -> None:
    (vendor / "mixed.csv").write_text(
        "日時,会社ID,操作\n2026-06-01 09:00,C1,login\nyesterday,C1,login\n", encoding="utf-8"
    )
    banso("import", "events", "mixed.csv", "--yes", "--source", "mixed", "--map", "timestamp=日時")

    (row,) = json.loads(banso("quarantine", "list", "--source", "mixed", "--json").stdout)
    assert (row["origin"], row["row"]) == ("mixed.csv", 3)
    (hour,) = json.loads(banso("ledger", "--source", "mixed", "--json").stdout)
    counts = [hour[name] for name in ("received", "stored", "duplicate", "quarantined")]
    assert counts == [2, 1, 0, 1]


def test_what_is_missing_is_said_with_the_command_that_mends_it(banso: Banso, vendor: Path) -> None:
    with pytest.raises(NotRunError, match="`banso run`"):
        banso("today")
    with pytest.raises(UnknownAccountError, match="did you mean C1"):
        banso("explain", "C11")


def test_a_run_without_definitions_says_how_to_get_some(banso: Banso, home: Path) -> None:
    home.mkdir()
    with pytest.raises(NoDefinitionsError, match="`banso init`"):
        banso("run")


def test_a_run_over_accounts_alone_says_that_nothing_was_decided_yet(
    banso: Banso, home: Path
) -> None:
    banso("init")
    banso("apply")
    Path("companies.csv").write_text("company_id,company_name\nC1,Sakura\n")
    banso("import", "accounts", "companies.csv", "--yes")
    done = banso("run", "--as-of", "2026-06-29")
    assert " ".join(done.stdout.split()) == (
        "As of 2026-06-29: 1 accounts, nothing is known yet to decide rules on: the first run "
        "after facts have come does, and tells nobody of what it finds; 0 alerts opened, 0 closed."
    )
    assert " ".join(done.stderr.split()) == (
        "warning source 'app' has sent nothing of any day that is over. Its metrics are unmeasured "
        "and no rule fires from them."
    )


@pytest.mark.parametrize("words", [("--board", "--review"), ("quiet", "--review")])
def test_value_shows_one_thing_at_a_time(banso: Banso, words: tuple[str, ...]) -> None:
    said = " ".join(banso("value", *words, status=2).stderr.split())
    mend = "say one of --board, --held-back, --review; only --board is also of one rule"
    assert said[said.index("say one") :].rstrip("│ ╰─╯") == mend


def test_days_that_have_not_come_are_refused_everywhere(banso: Banso, vendor: Path) -> None:
    for command in (
        ("run", "--as-of", "2099-01-01"),
        ("explain", "C1", "--as-of", "2099-01-01"),
        ("plan", "definitions", "--as-of", "2099-01-01"),
        ("export", "metrics", "m.csv", "--since", "2026-04-01", "--until", "2099-01-01"),
    ):
        with pytest.raises(FutureError, match="2099-01-01 has not come yet"):
            banso(*command)


def test_a_csv_has_one_header_whatever_a_bucket_holds(banso: Banso, vendor: Path) -> None:
    text = DEFINITIONS + "    # C1 is on no journey\n"
    only = text.replace("  - name: adoption\n", "  - name: adoption\n    applies: seats > 10\n")
    (vendor / "definitions" / "all.yaml").write_text(only, encoding="utf-8")
    banso("apply", "definitions")

    banso("export", "assessments", "a.csv", "--since", "2026-04-02", "--until", "2026-06-10")

    lines = (vendor / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.startswith("account,") for line in lines].count(True) == 1
    assert {line.split(",")[0] for line in lines[1:]} == {"C2"}


def test_the_role_of_a_user_with_two_contacts_is_one_and_the_same(
    banso: Banso, vendor: Path
) -> None:
    (vendor / "contacts.csv").write_text(
        "account,contact,user,role\nC1,K1,u0,champion\nC1,K2,u0,user\n", encoding="utf-8"
    )
    banso("import", "contacts", "contacts.csv", "--yes")
    text = DEFINITIONS.replace(
        "journeys:", "  - {name: champion, kind: count, where: role = 'champion'}\njourneys:"
    )
    (vendor / "definitions" / "all.yaml").write_text(text, encoding="utf-8")
    banso("apply", "definitions")

    words = ("--as-of", "2026-06-10", "--metric", "champion", "--facts", "99", "--json")
    (metric,) = json.loads(banso("explain", "C1", *words).stdout)["metrics"]

    assert metric["value"] == len(metric["facts"]) == 33


def test_definitions_that_cannot_be_measured_are_not_put_in_force(
    banso: Banso, vendor: Path
) -> None:
    text = DEFINITIONS.replace(
        "{name: last_use, kind: recency}",
        "{name: last_use, kind: recency, where: value > 1 or (properties.a + 0 = value)}",
    ).replace("where: value > 1 or (properties.a + 0 = value)", "where: properties.a = event")
    (vendor / "definitions" / "all.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(PlanError, match="last_use"):
        banso("apply", "definitions")


def test_a_database_address_that_is_none_is_one_clear_line(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "banso", "today"],
        env={**os.environ, "DATABASE_URL": "mysql://x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("banso: DATABASE_URL is no address of PostgreSQL, such as ")


def test_today_says_that_it_is_old(banso: Banso, vendor: Path) -> None:
    banso("run", "--as-of", "2026-06-10")
    assert banso("today").stderr.startswith("note: computed as of 2026-06-10; today is ")


def test_now_counts_the_day_in_progress_and_keeps_nothing(banso: Banso, vendor: Path) -> None:
    minute = datetime.now(tz=UTC) - timedelta(minutes=1)
    (vendor / "now.csv").write_text(
        f"timestamp,account,user,event\n{minute.isoformat()},C1,u0,login\n", encoding="utf-8"
    )
    banso("import", "events", "now.csv", "--yes", "--source", "web")

    found = json.loads(banso("explain", "C1", "--now", "--metric", "weekly_users", "--json").stdout)

    (metric,) = found["metrics"]
    assert (found["provisional"], metric["value"], len(metric["facts"])) == (True, 1.0, 1)
    assert latest_run() is None
