import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as forall
from hypothesis import strategies as st
from tests.pipeline.collect.given import (
    HEADER,
    NOW,
    counts,
    import_events,
    ledger,
    mapped,
    write_csv,
    write_json_lines,
    write_parquet,
    write_text,
    write_xlsx,
)

from banso.cli.session import Session
from banso.pipeline.collect import (
    ColumnMap,
    FactImport,
    FileReport,
    ImportFileError,
    Kind,
    Progress,
    UnreadableFileError,
    import_facts,
    zone,
)
from banso.pipeline.collect.chunk import BadRow

ROWS = [
    ("c1", "u1", "login", "2026-04-01T09:05:00", "12"),
    ("c2", "u2", "login", "2026-05-02T10:00:00", "髙﨑"),
    ("c1", "u1", "export", "2026-05-03T11:00:00", "1.5"),
]
GENERATION = "SELECT number FROM store.generation"
QUARANTINE = 'SELECT dataset, origin, "row", reason, payload, seen FROM store.quarantine ORDER BY 3'


def ask(session: Session, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(session.store.dsn) as connection:
        return connection.execute(question).fetchall()


def stored(session: Session) -> list[dict[str, object]]:
    """All facts, in the order of time."""
    rows: list[dict[str, object]] = []
    with session.store.snapshot() as snapshot:
        for key, account in snapshot.account_ids(accounts(session)).items():
            facts = snapshot.events(account=account, limit=1000)
            rows += [{"account": key, **row} for row in facts.to_pylist()]
    return sorted(rows, key=lambda row: (row["time"], row["account"]))


def accounts(session: Session) -> list[str]:
    return [str(key) for (key,) in ask(session, "SELECT key FROM store.account ORDER BY key")]


def staging_is_empty(session: Session) -> bool:
    return [path.name for path in (session.home / "staging").iterdir()] == ["lock"]


def test_facts_are_stored_with_all_that_the_file_says(session: Session, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", ROWS)
    told: list[str] = []
    report = import_events(session, path, ensure_accounts=told.extend)
    assert counts(report) == ledger(stored=3)
    assert report.files == (FileReport(str(path), 3, 0, (), report.ledger),)
    assert told == ["c1", "c2"]
    facts = stored(session)
    assert [
        (x["account"], x["user"], x["event"], x["feature"], x["source"], x["properties"])
        for x in facts
    ] == [
        ("c1", "u1", "login", "login", "events_file", '{"plan":12}'),
        ("c2", "u2", "login", "login", "events_file", '{"plan":"髙﨑"}'),
        ("c1", "u1", "export", "export", "events_file", '{"plan":1.5}'),
    ]
    assert facts[0]["time"] == datetime(2026, 4, 1, 0, 5, tzinfo=UTC)
    assert staging_is_empty(session)


@pytest.mark.parametrize(
    "second",
    [write_csv, write_xlsx, write_json_lines, write_parquet],
    ids=lambda writer: writer.__name__,
)
def test_every_format_stores_the_same_facts(
    session: Session, tmp_path: Path, second: object
) -> None:
    assert counts(import_events(session, write_csv(tmp_path / "a.csv", ROWS))) == ledger(stored=3)
    again = second(tmp_path / "again", ROWS)
    assert counts(import_events(session, again)) == ledger(duplicate=3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_every_encoding_stores_the_same_facts(
    session: Session, tmp_path: Path, encoding: str
) -> None:
    text = "会社ID,ユーザーID,操作,日時,部署\n㈱髙,①,ログイン,2026/4/1 9:05,﨑～\n"
    path = write_text(tmp_path / "a.csv", text, encoding)
    assert counts(import_events(session, path)) == ledger(stored=1)
    fact = stored(session)[0]
    assert (fact["account"], fact["user"], fact["event"], fact["properties"]) == (
        "㈱髙",
        "①",
        "ログイン",
        '{"部署":"﨑～"}',
    )


def test_the_same_file_again_stores_nothing_new(session: Session, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [*ROWS, ("", "u", "x", "2026-04-01", "")])
    assert counts(import_events(session, path)) == ledger(stored=3, quarantined=1)
    before = ask(session, GENERATION)
    assert counts(import_events(session, path)) == ledger(duplicate=3, quarantined=1)
    assert ask(session, GENERATION) == before
    assert [row[:4] + row[5:] for row in ask(session, QUARANTINE)] == [
        ("events", "a.csv", 5, "no account", 2)
    ]


def test_overlapping_files_store_each_fact_once(session: Session, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "a.csv", ROWS[:2])
    second = write_csv(tmp_path / "b.csv", ROWS[1:])
    report = import_events(session, first, second)
    assert [vars(file.ledger) for file in report.files] == [
        ledger(stored=2),
        ledger(stored=1, duplicate=1),
    ]
    assert counts(report) == ledger(stored=3, duplicate=1)


def test_identical_lines_of_one_file_are_several_facts(session: Session, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [ROWS[0]] * 3)
    assert counts(import_events(session, path, part_rows=1)) == ledger(stored=3)
    assert counts(import_events(session, path, part_rows=1)) == ledger(duplicate=3)
    longer = write_csv(tmp_path / "b.csv", [ROWS[0]] * 4)
    assert counts(import_events(session, longer)) == ledger(stored=1, duplicate=3)


def test_an_id_that_comes_again_with_other_content_is_quarantined(
    session: Session, tmp_path: Path
) -> None:
    header = (*HEADER, "message_id")
    rows = [(*ROWS[0], "m1"), (*ROWS[0], "m1"), (*ROWS[0][:2], "other", *ROWS[0][3:], "m1")]
    path = write_csv(tmp_path / "a.csv", rows, header)
    given = ColumnMap(columns={"message_id": "message_id"})
    report = import_events(session, path, given=given)
    assert counts(report) == ledger(stored=1, duplicate=1, quarantined=1)
    assert [row[2] for row in ask(session, QUARANTINE)] == [4]


DIRTY = [
    (("", "u", "x", "2026-04-01", ""), "no account"),
    (("c", "u", "", "2026-04-01", ""), "no event"),
    (("c", "u", "x", "", ""), "no timestamp"),
    (
        ("c", "u", "x", "soon", ""),
        "timestamp: 'soon': not a date or time that Banso knows; describe it with --date-format",
    ),
    (("c", "u", "x", "1989-12-31", ""), "timestamp: before 1990"),
    (("c", "u", "x", "2026-11-03", ""), "timestamp: more than a day in the future"),
    (
        ("a\tb", "u", "x", "2026-04-01", ""),
        "account: holds a control character, such as a tab or a line end",
    ),
    (("#N/A", "u", "x", "2026-04-01", ""), "account: an error of a spreadsheet"),
    (("c", "u" * 201, "x", "2026-04-01", ""), "user: longer than 200 characters"),
]


@pytest.mark.parametrize(("row", "reason"), DIRTY)
def test_a_row_that_is_no_fact_is_kept_with_its_reason(
    session: Session, tmp_path: Path, row: tuple[str, ...], reason: str
) -> None:
    path = write_csv(tmp_path / "a.csv", [*ROWS, row])
    report = import_events(session, path)
    filled = {name: cell for name, cell in zip(HEADER, row, strict=True) if cell}
    payload = json.dumps(filled, ensure_ascii=False)
    assert report.files[0].first_refused == (BadRow(5, reason, payload),)
    assert counts(report) == ledger(stored=3, quarantined=1)
    assert ask(session, QUARANTINE) == [("events", "a.csv", 5, reason, payload, 1)]


def test_the_last_moments_before_too_late_are_taken(session: Session, tmp_path: Path) -> None:
    rows = [("c", "u", "x", "2026-11-02T00:00:00Z", ""), ("c", "u", "x", "1990-01-01T00:00Z", "")]
    assert counts(import_events(session, write_csv(tmp_path / "a.csv", rows))) == ledger(stored=2)


def test_message_ids_longer_than_200_characters_are_refused(
    session: Session, tmp_path: Path
) -> None:
    rows = [(*ROWS[0], "m" * 200), (*ROWS[0], "m" * 201)]
    report = import_events(session, write_csv(tmp_path / "a.csv", rows, (*HEADER, "message_id")))
    assert [(bad.row, bad.reason) for bad in report.files[0].first_refused] == [
        (3, "message_id: longer than 200 characters")
    ]


def test_a_long_row_is_kept_shortened(session: Session, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [("", "u", "x", "2026-04-01", "長" * 5000)])
    import_events(session, path)
    assert [len(str(row[4])) for row in ask(session, QUARANTINE)] == [2000]


def test_keys_are_trimmed_and_joined_in_nfc(session: Session, tmp_path: Path) -> None:
    rows = [("ガ", "u", "x", "2026-04-01", ""), ("\u3000ガ ", "u", "x", "2026-04-02", "")]
    assert counts(import_events(session, write_csv(tmp_path / "a.csv", rows))) == ledger(stored=2)
    assert accounts(session) == ["ガ"]


def test_records_have_a_kind_and_a_value(session: Session, tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "nps.csv",
        "会社ID,回答者ID,点数,回答日,コメント\nc1,u1,９,2026/4/1,良い\nc1,u2,ten,2026/4/1,\n",
    )
    report = import_facts(
        [mapped(Kind.RECORDS, path, ColumnMap(constants={"kind": "nps"}))],
        options=FactImport(dataset="records", now=NOW, zone=zone("Asia/Tokyo")),
        store=session.store,
        home=session.home,
        ensure_accounts=set,
    )
    assert report.source == "records_file"
    assert [bad.reason for bad in report.files[0].first_refused] == ["value: 'ten': not a number"]
    fact = stored(session)[0]
    assert (fact["dataset"], fact["event"], fact["value"], fact["properties"]) == (
        "records",
        "nps",
        9.0,
        '{"コメント":"良い"}',
    )


def test_a_dry_run_leaves_no_trace(session: Session, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [*ROWS, ("", "u", "x", "2026-04-01", "")])
    before = ask(session, GENERATION)
    told: list[str] = []
    report = import_events(session, path, dry_run=True, ensure_accounts=told.extend)
    assert (report.files[0].good, report.files[0].refused, report.files[0].ledger) == (3, 1, None)
    assert [bad.row for bad in report.files[0].first_refused] == [5]
    assert ask(session, GENERATION) == before
    assert ask(session, QUARANTINE) == []
    assert ask(session, "SELECT * FROM store.ledger") == []
    assert told == []
    assert staging_is_empty(session)


def test_a_file_that_breaks_later_leaves_the_ones_before_it_unstored(
    session: Session, tmp_path: Path
) -> None:
    good = mapped(Kind.EVENTS, write_csv(tmp_path / "a.csv", ROWS))
    late = write_json_lines(tmp_path / "b.jsonl", ROWS * 400)
    with late.open("a", encoding="utf-8") as file:
        file.write('{"account": "c1", "plan!": 1, "plan?": 2}\n')
    before = ask(session, GENERATION)
    with pytest.raises(ImportFileError, match="would both be called 'plan'"):
        import_facts(
            [good, mapped(Kind.EVENTS, late)],
            options=FactImport(dataset="events", now=NOW, zone=zone("Asia/Tokyo")),
            store=session.store,
            home=session.home,
            ensure_accounts=set,
        )
    assert ask(session, GENERATION) == before
    assert ask(session, QUARANTINE) == []
    assert staging_is_empty(session)


def test_a_time_without_a_zone_stops_the_import(session: Session, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    with pytest.raises(ImportFileError, match="Say which with --time-zone"):
        import_events(session, path, zone=None)
    assert ask(session, QUARANTINE) == []


def test_an_interrupted_import_is_finished_by_the_next_one(
    session: Session, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)

    def pull_the_plug(keys: object) -> None:
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        import_events(session, path, part_rows=1, ensure_accounts=pull_the_plug)
    assert len(stored(session)) == 1
    assert staging_is_empty(session)
    told: list[str] = []
    report = import_events(session, path, part_rows=1, ensure_accounts=told.extend)
    assert counts(report) == ledger(stored=2, duplicate=1)
    assert sorted(told) == ["c1", "c2"]


def test_what_a_dead_import_left_in_staging_is_removed(session: Session, tmp_path: Path) -> None:
    (session.home / "staging" / "dead").mkdir(parents=True)
    import_events(session, write_csv(tmp_path / "a.csv", ROWS))
    assert staging_is_empty(session)


def test_progress_is_told_from_the_beginning_to_the_end(session: Session, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    seen: list[Progress] = []
    import_facts(
        [mapped(Kind.EVENTS, path)],
        options=FactImport(dataset="events", now=NOW, zone=zone("Asia/Tokyo"), part_rows=2),
        store=session.store,
        home=session.home,
        ensure_accounts=set,
        watch=seen.append,
    )
    assert list(dict.fromkeys((x.step, x.done, x.rows) for x in seen)) == [
        ("reading", 0.0, 0),
        ("reading", 1.0, 3),
        ("storing", 0.0, 0),
        ("storing", 2 / 3, 2),
        ("storing", 1.0, 3),
    ]


def test_a_broken_file_stops_before_anything_is_stored(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        import_events(session, write_csv(tmp_path / "a.csv", ROWS), tmp_path / "missing.csv")
    assert stored(session) == []


cells = st.sampled_from(["", "c1", "c2", "a\tb", "#REF!", "長い", "x" * 201, "a\x00b", '"'])
times = st.sampled_from(["2026-04-01", "2026/4/1 9:05", "", "x", "1980-01-01", "1775001900"])
dirty = st.lists(st.tuples(cells, cells, cells, times, cells), max_size=12)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@forall(first=dirty, second=dirty)
def test_every_row_ends_in_the_ledger_once(
    session: Session,
    tmp_path: Path,
    first: list[tuple[str, ...]],
    second: list[tuple[str, ...]],
) -> None:
    given = ColumnMap(
        columns={"account": "account", "user": "user", "event": "event", "timestamp": "timestamp"}
    )
    source = f"s{ask(session, 'SELECT count(*) FROM store.ledger')[0][0]}"
    paths = []
    for name, rows in (("a.csv", first), ("b.csv", [*second, *first])):
        paths.append(write_csv(tmp_path / name, rows))
    report = import_events(session, *paths, given=given, source=source)
    written = [sum(any(row) for row in rows) for rows in (first, [*second, *first])]
    assert [file.ledger.received for file in report.files if file.ledger] == written
    again = import_events(session, *paths, given=given, source=source)
    assert again.ledger.stored == 0
    assert again.ledger.received == sum(written)
    assert again.ledger.quarantined == report.ledger.quarantined
    entered = ask(
        session,
        "SELECT sum(received), sum(stored), sum(duplicate), sum(quarantined) FROM store.ledger "
        f"WHERE source = '{source}'",
    )[0]
    both = report.ledger + again.ledger
    expected = tuple(vars(both).values()) if both.received else (None,) * 4
    assert entered == expected
