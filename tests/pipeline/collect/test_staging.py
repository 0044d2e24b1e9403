from pathlib import Path

import pyarrow as pa
import pytest

from banso.pipeline.collect.chunk import BadRow
from banso.pipeline.collect.staging import HOUR, REJECTED_BATCH, Staging
from banso.store import FACTS, Rejected

DAY = 24 * HOUR


def facts(times: list[int], account: str = "c1", first: int = 1) -> pa.Table:
    rows = [
        {"account": account, "event": "x", "time": time, "row": first + n}
        for n, time in enumerate(times)
    ]
    return pa.Table.from_pylist(rows, schema=FACTS)


def staged(folder: Path, *tables: pa.Table) -> Staging:
    with Staging(folder) as staging:
        for table in tables:
            staging.add(table)
    return staging


def rows_of(staging: Staging, *, rows: int) -> list[list[int]]:
    return [staging.read(part).column("row").to_pylist() for part in staging.parts(rows=rows)]


def test_parts_follow_time_and_keep_the_order_of_the_file(tmp_path: Path) -> None:
    staging = staged(tmp_path / "s", facts([40 * DAY, 0, HOUR, 40 * DAY, 0, 80 * DAY]))
    assert rows_of(staging, rows=100) == [[1, 2, 3, 4, 5, 6]]
    assert rows_of(staging, rows=3) == [[2, 3, 5], [1, 4, 6]]
    assert rows_of(staging, rows=2) == [[2, 5], [3], [1, 4], [6]]


def test_one_crowded_hour_is_cut_by_account_so_that_equal_rows_stay_together(
    tmp_path: Path,
) -> None:
    tables = [facts([5] * 10, f"c{n}", first=10 * n) for n in range(20)]
    staging = staged(tmp_path / "s", *tables)
    parts = [staging.read(part) for part in staging.parts(rows=50)]
    assert len(parts) == 4
    accounts = [set(part.column("account").to_pylist()) for part in parts]
    assert sum(map(len, accounts)) == len(set.union(*accounts)) == 20
    assert sorted(row for part in parts for row in part.column("row").to_pylist()) == [*range(200)]


def test_facts_may_lie_before_1970(tmp_path: Path) -> None:
    staging = staged(tmp_path / "s", facts([-1, -40 * DAY, 0]))
    assert rows_of(staging, rows=1) == [[2], [1], [3]]


def test_nothing_staged_has_no_parts(tmp_path: Path) -> None:
    staging = staged(tmp_path / "s", facts([]))
    assert list(staging.parts()) == []
    assert list(staging.rejected()) == []


def test_rejected_rows_come_back_in_batches(tmp_path: Path) -> None:
    with Staging(tmp_path / "s") as staging:
        for start in range(0, REJECTED_BATCH + 10, 10):
            staging.reject([BadRow(start + n, "why", "{}") for n in range(10)])
        staging.reject([])
    batches = list(staging.rejected())
    assert [len(batch) for batch in batches] == [REJECTED_BATCH, 10]
    assert batches[1][0] == Rejected(REJECTED_BATCH, "why", "{}")
    assert staging.rejected_rows == REJECTED_BATCH + 10
    assert staging.first_rejected == tuple(BadRow(n, "why", "{}") for n in range(10))


def test_an_error_while_staging_closes_the_files(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "s")

    def fail() -> None:
        with staging:
            staging.reject([BadRow(1, "why", "{}")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(staging.rejected()) == [(Rejected(1, "why", "{}"),)]
