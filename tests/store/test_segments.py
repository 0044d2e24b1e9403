"""A file of the manifest that is not the one that was written stops whoever reads it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.store.given import facts, folder, held, query

from banso.store import SegmentError, Store


def _missing(first: Path, second: Path) -> None:
    first.unlink()


def _torn(first: Path, second: Path) -> None:
    first.write_bytes(first.read_bytes()[:-100])


def _foreign(first: Path, second: Path) -> None:
    first.write_bytes(second.read_bytes())


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (_missing, "No such file"),
        (_torn, r"it has \d+ bytes, not \d+"),
        (_foreign, "it was written as tail/"),
    ],
)
def test_a_damaged_file_is_named_with_the_mend(
    store: Store, damage: Callable[[Path, Path], None], why: str
) -> None:
    for start in (10, 20):
        store.accept(source="app", dataset="events", facts=facts(*range(start, start + 10)))
        store.collect()
    first, second = [str(x) for (x,) in query(store, "SELECT path FROM store.segment ORDER BY 1")]
    if damage is _foreign:  # of the very same length
        length = (folder(store) / second).stat().st_size
        query(store, f"UPDATE store.segment SET bytes = {length} RETURNING 1")
    damage(folder(store) / first, folder(store) / second)

    with pytest.raises(SegmentError, match=why) as told:
        held(store)

    assert first in str(told.value)
    assert "restore the segments and the database from the same backup" in str(told.value)
