"""The history that runs keep: complete or not there, and honest about a file that is broken."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from banso.store.crash import HISTORY_POINTS
from banso.store.histories import History, HistoryError, NoRoomError, current, writing

SUMMARY = pa.table({"metric": ["logins"], "sum": [3.0]})


def table(*accounts: int, value: int = 1) -> pa.Table:
    rows = [(account, day) for account in accounts for day in range(3)]
    return pa.table(
        {
            "account": pa.array([account for account, _ in rows], pa.int32()),
            "day": pa.array([day for _, day in rows], pa.int16()),
            "logins": pa.array([value * 10 + day for _, day in rows], pa.int32()),
        }
    )


def write(folder: Path, *, value: int) -> History:
    with writing(folder, bytes_needed=0) as made:
        made.add(0, table(2, 5, value=value))
        made.add(1, table(3, 4, value=value))
        return made.finish(SUMMARY, {"value": value})


def logins(history: History | None) -> list[int]:
    assert history is not None
    return [x for each in history.tables(["logins"]) for x in each["logins"].to_pylist()]


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    assert current(tmp_path / "history") is None


def test_what_was_finished_is_the_current_one(tmp_path: Path) -> None:
    write(tmp_path, value=1)
    found = current(tmp_path)
    assert logins(found) == [10, 11, 12] * 4
    assert found is not None
    assert (found.about, found.summary("logins")) == ({"value": 1}, SUMMARY)
    write(tmp_path, value=2)
    assert logins(current(tmp_path)) == [20, 21, 22] * 4


def test_one_account_has_its_own_days(tmp_path: Path) -> None:
    found = write(tmp_path, value=1)
    assert found.of_account(4, ["account", "logins"]).to_pydict() == {
        "account": [4, 4, 4],
        "logins": [10, 11, 12],
    }
    assert found.of_account(9, ["logins"]).num_rows == 0


def test_who_reads_the_last_one_reads_on_and_older_ones_are_gone(tmp_path: Path) -> None:
    first, second = write(tmp_path, value=1), write(tmp_path, value=2)
    assert logins(first) == [10, 11, 12] * 4
    third = write(tmp_path, value=3)
    assert logins(second) == [20, 21, 22] * 4
    assert not first.folder.exists()
    assert sorted(x.name for x in tmp_path.iterdir()) == sorted(
        [second.folder.name, third.folder.name, "current.json"]
    )


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    write(tmp_path, value=1)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyError), writing(tmp_path, bytes_needed=0) as made:
        made.add(0, table(1).drop_columns(["account"]))
    assert sorted(tmp_path.iterdir()) == before


KILLED = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.store.test_histories import write
write(Path(sys.argv[1]), value=2)
"""


@pytest.mark.parametrize("point", HISTORY_POINTS)
def test_a_kill_leaves_a_complete_history(tmp_path: Path, point: str) -> None:
    write(tmp_path, value=1)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={**os.environ, "BANSO_CRASH_AT": point},
        check=False,
    )
    assert ended.returncode == -9
    survivor = 2 if point == "history_current" else 1
    assert logins(current(tmp_path)) == [x + survivor * 10 for x in (0, 1, 2)] * 4
    write(tmp_path, value=3)  # what the dead one left is no hindrance, and is taken away
    assert logins(current(tmp_path)) == [30, 31, 32] * 4
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("damage", ["missing", "torn"])
def test_a_broken_file_is_named_with_the_mend(tmp_path: Path, damage: str) -> None:
    found = write(tmp_path, value=1)
    file = found.folder / found.files[1].path
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(HistoryError, match=rf"{file.name}.*`banso run` computes"):
        logins(current(tmp_path))


def test_too_little_disk_is_said_before_the_work(tmp_path: Path) -> None:
    with (
        pytest.raises(NoRoomError, match=r"about 1048576\.0 GiB .* are free"),
        writing(tmp_path, bytes_needed=2**50),
    ):
        raise AssertionError("nothing is begun")
    assert list(tmp_path.iterdir()) == []
