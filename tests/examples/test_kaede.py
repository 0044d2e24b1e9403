"""The example vendor: the same data for the same seed, and every truth really in the data."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from tests.examples.kaede_panel import rows

KAEDE = Path(__file__).resolve().parents[2] / "examples" / "kaede"
FILES = (
    "accounts.csv",
    "contacts.csv",
    "contracts.csv",
    "events.parquet",
    "mapping-accounts.yaml",
    "mapping-records.yaml",
    "records.csv",
    "truth.csv",
)
SEED = 7
LAST = date(2026, 10, 1)


def current(truths: list[dict[str, str]], as_of: date = LAST) -> Iterator[tuple[str, str, str]]:
    """Account, truth and detail of all that is true as of a day."""
    day = as_of.isoformat()
    for row in truths:
        if row["from_date"] <= day and (not row["to_date"] or row["to_date"] >= day):
            yield row["account"], row["truth"], row["detail"]


@pytest.fixture(scope="module")
def truths(data: Path) -> list[dict[str, str]]:
    return rows(data / "truth.csv")


@pytest.fixture(scope="module")
def events(data: Path) -> duckdb.DuckDBPyConnection:
    """A connection with `events` (with the day in Tokyo) and `contracts`."""
    connection = duckdb.connect()
    connection.execute(
        f"create view events as select *, (timestamp at time zone 'Asia/Tokyo')::date as day "
        f"from '{data / 'events.parquet'}'"
    )
    connection.execute(f"create view contracts as select * from '{data / 'contracts.csv'}'")
    return connection


def test_the_same_seed_gives_the_same_bytes_in_another_process(data: Path, tmp_path: Path) -> None:
    script = str(KAEDE / "simulate.py")
    command = [sys.executable, script, "--out", str(tmp_path), "--seed", str(SEED)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.startswith("400 accounts, ")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (data / name).read_bytes(), name


def test_another_seed_gives_other_companies(simulator: ModuleType) -> None:
    draw = simulator.draw_accounts
    assert draw(SEED) == draw(SEED)
    ours, theirs = ({account.name for account in draw(seed)} for seed in (SEED, SEED + 1))
    assert len(ours) == len(theirs) == 400
    assert len(ours & theirs) < 40


def test_every_seed_has_the_same_plots(simulator: ModuleType) -> None:
    draw = simulator.draw_accounts
    for seed in (1, 2, 3):
        cases = Counter(account.case for account in draw(seed))
        assert cases["stalled"] == 12
        assert cases["champion_left"] == 13
        assert cases["seat_shortage"] == 12
        assert sum(cases.values()) == 400


def test_the_log_has_one_to_two_million_events_of_eighteen_months(
    events: duckdb.DuckDBPyConnection,
) -> None:
    found = events.execute(
        "select count(*), count(distinct message_id), count(distinct account), min(day), max(day), "
        "count(distinct feature) from events"
    ).fetchone()
    assert found is not None
    count, ids, accounts, first, last, features = found
    assert 1_000_000 < count < 2_000_000
    assert ids == count
    assert accounts == 392
    assert (first, last) == (date(2025, 4, 1), date(2026, 9, 30))
    assert features == 25  # 12 a product (`export` in both), the login, the refused invitation


def test_the_log_is_in_order_of_time_and_has_no_day_without_events(
    events: duckdb.DuckDBPyConnection,
) -> None:
    backwards = events.execute(
        "select count(*) from (select timestamp < lag(timestamp) over (order by file_row_number) b "
        "from (select timestamp, row_number() over () file_row_number from events)) where b"
    ).fetchone()
    days = events.execute("select count(distinct day) from events").fetchone()
    assert backwards == (0,)
    assert days == (548,)


def test_the_accounts_have_japanese_headers_and_owners(data: Path) -> None:
    accounts = rows(data / "accounts.csv", "utf-8-sig")
    headers = ["会社ID", "会社名", "利用開始日", "担当CSM", "業種", "従業員数", "タッチモデル"]
    assert list(accounts[0]) == [*headers, "地域", "提供形態", "適用開始日"]
    assert (data / "accounts.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert set(Counter(row["担当CSM"] for row in accounts).values()) == {50}
    assert {row["タッチモデル"] for row in accounts} == {"high", "low", "tech"}
    assert len({row["会社名"] for row in accounts}) == 400


def test_mail_addresses_are_in_a_reserved_domain(data: Path) -> None:
    contacts = rows(data / "contacts.csv")
    assert {row["email"].partition("@")[2] for row in contacts} == {"example.co.jp"}
    assert {row["role"] for row in contacts} == {"champion", "admin", "user", "executive"}


def test_records_are_in_cp932_and_of_four_kinds(data: Path) -> None:
    records = rows(data / "records.csv", "cp932")
    assert {row["kind"] for row in records} == {"nps", "training", "ticket", "hearing"}
    with pytest.raises(UnicodeDecodeError):
        (data / "records.csv").read_bytes().decode("utf-8")
    assert {int(row["value"]) for row in records if row["kind"] == "nps"} <= set(range(11))


def test_every_row_belongs_to_an_account(data: Path, events: duckdb.DuckDBPyConnection) -> None:
    known = {row["会社ID"] for row in rows(data / "accounts.csv", "utf-8-sig")}
    logged = {key for (key,) in events.execute("select distinct account from events").fetchall()}
    assert logged <= known
    for name, encoding in (
        ("contacts.csv", "utf-8"),
        ("contracts.csv", "utf-8"),
        ("records.csv", "cp932"),
        ("truth.csv", "utf-8"),
    ):
        assert {row["account"] for row in rows(data / name, encoding)} <= known, name


def test_users_of_group_companies_work_at_both(events: duckdb.DuckDBPyConnection) -> None:
    shared = events.execute(
        "select count(*) from "
        "(select user from events group by user having count(distinct account) = 2)"
    ).fetchone()
    assert shared == (20,)


def test_contracts_know_only_what_was_signed_by_the_last_day(data: Path) -> None:
    contracts = rows(data / "contracts.csv")
    assert max(row["signed_on"] for row in contracts) < LAST.isoformat()
    assert all(row["start_on"] < row["end_on"] for row in contracts)
    assert all(int(row["seats"]) > 0 and int(row["arr"]) > 0 for row in contracts)
    assert len({row["contract"] for row in contracts}) == len(contracts)


def test_every_truth_is_there_on_the_last_day(truths: list[dict[str, str]]) -> None:
    counts = Counter(truth for _, truth, _ in current(truths))
    least = {
        "stalled_onboarding": 12,
        "champion_left": 12,
        "seat_shortage": 12,
        "unused_seats": 20,
        "fading": 15,
        "detractor": 10,
        "churned": 35,
        "renewal_risk": 8,
        "seasonal": 30,
        "onboarding": 5,
        "on_prem": 8,
        "healthy": 200,
    }
    assert {truth: count for truth, count in counts.items() if count < least[truth]} == {}
    assert set(counts) == set(least)


def test_no_account_is_healthy_and_in_trouble_at_once(truths: list[dict[str, str]]) -> None:
    for as_of in (LAST, date(2026, 3, 1), date(2025, 9, 1)):
        calm = {a for a, truth, _ in current(truths, as_of) if truth in ("healthy", "onboarding")}
        troubles = ("stalled_onboarding", "champion_left", "seat_shortage", "fading", "churned")
        troubled = {a for a, truth, _ in current(truths, as_of) if truth in troubles}
        assert calm & troubled == set()


def test_champions_left_within_sixty_days_and_the_others_went_on(
    truths: list[dict[str, str]], events: duckdb.DuckDBPyConnection
) -> None:
    for row in truths:
        if row["truth"] != "champion_left" or row["to_date"]:
            continue
        left, user = date.fromisoformat(row["from_date"]), row["detail"].removeprefix("user=")
        assert LAST - timedelta(days=60) <= left
        theirs, others = events.execute(
            "select max(day) filter (user = ?), max(day) filter (user <> ?) "
            "from events where account = ?",
            [user, user, row["account"]],
        ).fetchall()[0]
        assert left - timedelta(days=21) <= theirs < left
        assert others >= LAST - timedelta(days=3)


def test_where_seats_are_short_nearly_all_are_in_use_and_someone_was_refused(
    truths: list[dict[str, str]], events: duckdb.DuckDBPyConnection
) -> None:
    for account, truth, detail in list(current(truths)):
        if truth != "seat_shortage":
            continue
        product, seats = (part.partition("=")[2] for part in detail.split())
        users, refused = events.execute(
            "select count(distinct user) filter (product = ?), "
            "count(*) filter (event = 'invitation_refused') "
            "from events where account = ? and day >= ?",
            [product, account, LAST - timedelta(days=35)],
        ).fetchall()[0]
        assert users >= 0.85 * int(seats)
        assert refused > 0


def test_stalled_accounts_never_reach_the_first_success(
    truths: list[dict[str, str]], events: duckdb.DuckDBPyConnection
) -> None:
    stalled = [account for account, truth, _ in current(truths) if truth == "stalled_onboarding"]
    found = events.execute(
        "select count(distinct account), count(*) filter (event in "
        "('document_delivered', 'dashboard_created')) from events where account in "
        "(select unnest(?))",
        [stalled],
    ).fetchone()
    assert found == (len(stalled), 0)


def test_seasonal_accounts_are_busy_in_march_and_quiet_in_august(
    truths: list[dict[str, str]], events: duckdb.DuckDBPyConnection
) -> None:
    seasonal = [account for account, truth, _ in current(truths) if truth == "seasonal"]
    march, august = events.execute(
        "select count(*) filter (day between '2026-03-01' and '2026-03-31'), "
        "count(*) filter (day between '2026-08-01' and '2026-08-31') "
        "from events where account in (select unnest(?))",
        [seasonal],
    ).fetchall()[0]
    assert march > 3 * august


def test_churned_accounts_have_neither_events_nor_contracts_afterwards(
    truths: list[dict[str, str]], events: duckdb.DuckDBPyConnection
) -> None:
    for row in truths:
        if row["truth"] != "churned":
            continue
        after = [row["account"], row["from_date"]]
        event = "select count(*) from events where account = ? and day >= ?"
        contract = "select count(*) from contracts where account = ? and end_on >= ?"
        assert events.execute(event, after).fetchone() == (0,)
        assert events.execute(contract, after).fetchone() == (0,)


def test_on_premises_accounts_have_contracts_but_no_log(
    truths: list[dict[str, str]], events: duckdb.DuckDBPyConnection
) -> None:
    on_prem = [account for account, truth, _ in current(truths) if truth == "on_prem"]
    logged = "select count(*) from events where account in (select unnest(?))"
    contracts = "select count(distinct account) from contracts where account in (select unnest(?))"
    assert events.execute(logged, [on_prem]).fetchone() == (0,)
    assert events.execute(contracts, [on_prem]).fetchone() == (len(on_prem),)
