import threading
from collections.abc import Iterator

import pytest

from banso.store.ahead import THREADS, ahead


def test_files_come_in_their_order_however_long_each_takes() -> None:
    last_was_read = threading.Event()

    def read(file: int) -> Iterator[int]:
        if file == 0:
            assert last_was_read.wait(10)
        if file == THREADS - 1:
            last_was_read.set()
        yield file
        yield file * 10

    assert list(ahead(read, range(THREADS))) == [[x, x * 10] for x in range(THREADS)]


def test_no_more_than_a_few_files_are_read_before_they_are_asked_for() -> None:
    begun: list[int] = []

    def read(file: int) -> list[int]:
        begun.append(file)
        return [file]

    parts = ahead(read, range(1_000))
    assert next(parts) == [0]
    parts.close()  # type: ignore[attr-defined]  a generator
    assert set(begun) <= set(range(THREADS))


def test_what_a_file_raises_is_raised_at_its_place_and_none_behind_it_is_begun() -> None:
    begun: list[int] = []

    def read(file: int) -> list[int]:
        begun.append(file)
        if file == 1:
            raise OSError("torn")
        return [file]

    parts = ahead(read, range(1_000))
    assert next(parts) == [0]
    with pytest.raises(OSError, match="torn"):
        next(parts)
    assert max(begun) <= THREADS
