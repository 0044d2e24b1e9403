import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from tests.pipeline.collect.given import write_text
from typer.testing import CliRunner, Result

from banso.cli.imports import import_files
from banso.cli.session import Session
from banso.desk.models import Account
from banso.pipeline.collect import UnreadableFileError

LOG = (
    "会社ID,ユーザーID,操作,日時,部署\n"
    "c1,u1,login,2026/4/1 9:05,営業\nc2,u2,login,2026/4/2 9:05,\n,u3,login,2026/4/3 9:05,\n"
)
OPTIONS = "--map account=会社ID --map user=ユーザーID --map event=操作 --map timestamp=日時"
app = typer.Typer()
app.command()(import_files)


def banso_import(*arguments: object) -> Result:
    return CliRunner(env={"TERM": "dumb", "COLUMNS": "200"}).invoke(
        app, [str(argument) for argument in arguments]
    )


def generation(session: Session) -> object:
    with psycopg.connect(session.store.dsn) as connection:
        return connection.execute("SELECT number FROM store.generation").fetchone()


@pytest.fixture
def log(session: Session, tmp_path: Path) -> Path:
    return write_text(tmp_path / "log.csv", LOG, "cp932")


def told(counts: Mapping[str, object]) -> dict[str, object]:
    """What is counted; the other mode's counts are null."""
    return {name: count for name, count in counts.items() if count is not None}


def test_a_proposed_mapping_needs_a_word_where_nobody_can_be_asked(
    session: Session, log: Path
) -> None:
    before = generation(session)
    result = banso_import("events", log, "--time-zone", "Asia/Tokyo")
    assert result.exit_code == 2
    assert result.stderr.endswith(
        f"banso: {log}: this mapping is only proposed. To take it, add --yes, or say it:\n"
        f"  {OPTIONS}\n"
    )
    assert "c1 | c2" in result.stderr
    assert generation(session) == before


def test_the_printed_options_are_enough_to_import(session: Session, log: Path) -> None:
    result = banso_import(
        "events", log, *OPTIONS.split(), "--time-zone", "Asia/Tokyo", "--json", "--quiet"
    )
    assert result.exit_code == 0
    counts = {"received": 3, "stored": 2, "duplicate": 0, "quarantined": 1}
    assert json.loads(result.stdout) == {
        "source": "events_file",
        "dry_run": False,
        "files": [{"file": str(log), "good": None, **counts}],
        "total": {"file": None, "good": None, **counts},
    }
    assert sorted(Account.objects.values_list("key", flat=True)) == ["c1", "c2"]


def test_yes_takes_the_proposal_and_says_where_refused_rows_are(
    session: Session, log: Path
) -> None:
    result = banso_import("events", log, "--yes", "--time-zone", "Asia/Tokyo")
    assert result.exit_code == 0
    assert f"{log}, row 4: no account\n" in result.stderr
    assert result.stderr.endswith("See them with: banso quarantine list --source events_file\n")
    lines = [line.replace("│", " ").split() for line in result.stdout.splitlines()]
    assert [line[-4:] for line in lines if line[-4:] == ["3", "2", "0", "1"]] != []


def test_a_field_may_be_declined_and_a_column_ignored(session: Session, log: Path) -> None:
    options = [*OPTIONS.replace("user=ユーザーID", "user=").split(), "--ignore", "部署"]
    result = banso_import("events", log, *options, "--time-zone", "Asia/Tokyo", "--json", "-q")
    assert result.exit_code == 0
    with session.store.snapshot() as snapshot:
        account = snapshot.account_ids(["c1"])["c1"]
        fact = snapshot.events(account=account).to_pylist()[0]
    assert (fact["user"], fact["properties"]) == (None, '{"ユーザーID":"u1"}')


def test_a_dry_run_counts_and_stores_nothing(session: Session, log: Path) -> None:
    before = generation(session)
    result = banso_import(
        "events", log, "--yes", "--time-zone", "Asia/Tokyo", "--dry-run", "--json"
    )
    assert result.exit_code == 0
    counts = {"received": 3, "good": 2, "quarantined": 1}
    assert told(json.loads(result.stdout)["total"]) == counts
    assert "Dry run: nothing was stored." not in result.stdout
    assert generation(session) == before
    assert Account.objects.count() == 0


def test_an_import_of_bad_rows_only_fails(session: Session, tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "会社ID,操作,日時\n,login,2026/4/1\n")
    result = banso_import("events", path, "--yes", "--time-zone", "Asia/Tokyo")
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--yes"], "The times in this file name no zone"),
        (["--map", "acount=会社ID"], "did you mean 'account'?"),
        (["--map", "account=会社"], "no column '会社'; did you mean '会社ID'?"),
        (["--ignore", "操作", "--yes"], "no column was found for: event."),
    ],
)
def test_what_a_person_has_to_say_is_exit_status_2(
    session: Session, log: Path, arguments: list[str], problem: str
) -> None:
    result = banso_import("events", log, *arguments)
    assert (result.exit_code, problem in result.stderr) == (2, True)


def test_dates_that_can_be_read_two_ways_need_a_word(session: Session, tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "会社ID,操作,日時\nc1,login,03/04/2026\n")
    result = banso_import("events", path, "--yes", "--time-zone", "Asia/Tokyo")
    assert result.exit_code == 2
    assert "column '日時' says '03/04/2026': is the day or the month first?" in result.stderr
    result = banso_import(
        "events", path, "--yes", "--time-zone", "Asia/Tokyo", "--date-format", "%d/%m/%Y"
    )
    assert result.exit_code == 0


def test_a_file_that_cannot_be_read_is_an_error_for_the_command_line(
    session: Session, tmp_path: Path
) -> None:
    result = banso_import("events", tmp_path / "no.csv")
    assert isinstance(result.exception, UnreadableFileError)


def test_several_files_have_a_total(session: Session, log: Path, tmp_path: Path) -> None:
    write_text(tmp_path / "more.csv", LOG + "c3,u,login,2026/4/4,\n")
    result = banso_import(
        "events", tmp_path / "*.csv", "--yes", "--time-zone", "Asia/Tokyo", "--json", "-q"
    )
    found = json.loads(result.stdout)
    assert [file["stored"] for file in found["files"]] == [2, 1]
    assert told(found["total"]) == {"received": 7, "stored": 3, "duplicate": 2, "quarantined": 2}


def test_contracts_and_records_are_imported_too(session: Session, tmp_path: Path) -> None:
    contracts = write_text(
        tmp_path / "k.csv", "会社ID,契約番号,開始日,終了日\nc1,k1,2026/4/1,2027/3/31\n"
    )
    assert banso_import("contracts", contracts, "--yes").exit_code == 0
    answers = write_text(tmp_path / "r.csv", "会社ID,点数,回答日\nc1,9,2026/4/1\n")
    result = banso_import(
        "records", answers, "--yes", "--set", "kind=nps", "--time-zone", "Asia/Tokyo", "--json"
    )
    assert (result.exit_code, json.loads(result.stdout)["total"]["stored"]) == (0, 1)


def test_a_parquet_log_with_our_own_names_imports_with_yes_alone(
    session: Session, tmp_path: Path
) -> None:
    columns = {
        "message_id": ["m1", "m2"],
        "account": ["hp.com", "ibm.com"],
        "user": ["a4b1", "77f0"],
        "event": ["commit", "commit"],
        "product": ["nova", "cinder"],
        "feature": ["debian", "auth"],
        "timestamp": [datetime(2010, 6, 30, 14, n, tzinfo=UTC) for n in range(2)],
        "files_changed": [12, 1],
    }
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    result = banso_import("events", tmp_path / "log.parquet", "--yes", "--json", "-q")
    assert json.loads(result.stdout)["total"]["stored"] == 2
    with session.store.snapshot() as snapshot:
        fact = snapshot.events(account=snapshot.account_ids(["hp.com"])["hp.com"]).to_pylist()[0]
    del columns["account"], columns["files_changed"]
    assert {name: fact[name] for name in columns if name != "timestamp"} == {
        name: values[0] for name, values in columns.items() if name != "timestamp"
    }
    assert (fact["time"], fact["properties"]) == (columns["timestamp"][0], '{"files_changed":12}')
