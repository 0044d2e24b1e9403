from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as forall
from hypothesis import strategies as st
from tests.pipeline.collect.given import contents, refused, write_text

from banso.pipeline.collect import UnreadableFileError
from banso.pipeline.collect.delimited import DelimitedFile, split


def read(path: Path, **options: object) -> DelimitedFile:
    return DelimitedFile(path, **{"encoding": "utf-8", **options})


def test_rows_are_numbered_by_their_first_line_in_the_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", 'a,b\n1,"two\nlines\nhere"\n\n2,x\r\n,,\n3,"q""q"\n')
    assert contents(read(path)) == [
        (2, {"a": "1", "b": "two\nlines\nhere"}),
        (6, {"a": "2", "b": "x"}),
        (8, {"a": "3", "b": 'q"q'}),
    ]
    assert refused(read(path)) == []


@pytest.mark.parametrize("block", [1, 2, 3, 5, 7, 11, 1000])
def test_a_block_may_end_inside_quotes_and_characters(tmp_path: Path, block: int) -> None:
    path = write_text(
        tmp_path / "a.csv", 'a,b\n1,"二\r\n行\n目"\n2,"①㈱髙"\n3,絵文字🙂\n', encoding="utf-8"
    )
    assert contents(read(path, block_characters=block)) == [
        (2, {"a": "1", "b": "二\r\n行\n目"}),
        (5, {"a": "2", "b": "①㈱髙"}),
        (6, {"a": "3", "b": "絵文字🙂"}),
    ]


cells = st.text(max_size=6) | st.just('a\n"b",c\r\n')


@settings(deadline=None)
@forall(
    rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8),
    block=st.integers(1, 40),
)
def test_lines_split_in_blocks_give_the_same_records_as_all_at_once(
    rows: list[tuple[str, str]], block: int
) -> None:
    lines = [
        f'"{a.replace(chr(34), chr(34) * 2)}","{b.replace(chr(34), chr(34) * 2)}"\n'
        for a, b in rows
    ]
    text = StringIO("".join(lines), newline="").readlines()
    whole = split(text, delimiter=",", final=True)
    assert whole.rows == [[a, b] for a, b in rows]
    found, carry, first = [], [], 0
    for start, end in pairwise([*range(0, len(text), block), len(text)]):
        current = carry + text[start:end]
        part = split(current, delimiter=",", final=end == len(text))
        found += [(first + at, row) for at, row in zip(part.starts, part.rows, strict=True)]
        used = len(current) if part.carried is None else part.carried
        carry, first = current[used:], first + used
    assert found == list(zip(whole.starts, whole.rows, strict=True))


def test_a_stray_quote_costs_only_its_own_line(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", 'a,b\n1,x\n2,"never closed\n3,y\n4,"a"b"\n5,z\n')
    assert [(row, cells["a"]) for row, cells in contents(read(path))] == [
        (2, "1"),
        (4, "3"),
        (6, "5"),
    ]
    assert refused(read(path)) == [
        (3, 'a quote (") stands inside a quoted cell; write it twice ("")'),
        (5, 'a quote (") stands inside a quoted cell; write it twice ("")'),
    ]


def test_a_quote_that_never_closes_costs_only_its_own_line(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", 'a,b\n1,"open\n2,y\n' + "3,z\n" * 40_000)
    assert refused(read(path, block_characters=1000))[0] == (
        2,
        'a quote (") opens here, not closed within 131,072 characters',
    )
    assert len(contents(read(path, block_characters=1000))) == 40_001


def test_a_row_of_another_width_is_refused_with_its_cells(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "a,b\n1\n1,2,3\n1,2,,\n")
    assert refused(read(path)) == [
        (2, "1 cells where the header has 2"),
        (3, "3 cells where the header has 2"),
    ]
    assert contents(read(path)) == [(4, {"a": "1", "b": "2"})]
    payloads = [bad.payload for chunk in read(path).chunks() for bad in chunk.bad]
    assert payloads == ['{"a": "1"}', '{"a": "1", "b": "2"}']


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "a,b\n1,x;y\n"),
        ("a.tsv", "a\tb\n1\tx;y\n"),
        ("a.csv", "a;b\n1;x;y\n".replace("x;y", '"x;y"')),
        ("a.txt", "a\tb\n1\tx;y\n"),
    ],
)
def test_the_delimiter_is_found(tmp_path: Path, name: str, text: str) -> None:
    path = write_text(tmp_path / name, text)
    assert contents(read(path)) == [(2, {"a": "1", "b": "x;y"})]


def test_cells_are_trimmed_also_of_wide_spaces_and_empty_ones_are_null(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "a , b\n\u3000x , \n")
    assert contents(read(path)) == [(2, {"a": "x", "b": None})]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (",,\n1,2,3\n", "the first row has no column names."),
        ("a,b,a\n1,2,3\n", "columns 1 and 3 are both called 'a'. Rename one of them."),
        ('"a,b\n1,2\n', 'line 1, the column names: a quote (") opens here and never closes.'),
        (
            "c1,2026-04-01\nc2,2026-04-02\n",
            "the first line holds data ('c1' ...), not column names. "
            "Put a line with the names on top.",
        ),
    ],
)
def test_a_file_without_usable_names_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = write_text(tmp_path / "a.csv", text)
    with pytest.raises(UnreadableFileError) as refusal:
        read(path)
    assert str(refusal.value) == f"{path}: {problem}"


plain = st.text(st.sampled_from("ab1,;\t \u3000日\x00\x85\u2028'"), max_size=9)
ends = st.sampled_from(["\n", "\r\n", "\n\n", "\n,,\n", "\r", ",x\n"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@forall(lines=st.lists(st.tuples(plain, ends), max_size=8), block=st.integers(1, 60))
def test_the_quick_way_reads_what_the_careful_one_reads(
    tmp_path: Path, lines: list[tuple[str, str]], block: int
) -> None:
    text = "a,b\n" + "".join(line + end for line, end in lines)
    quick = write_text(tmp_path / "quick.csv", text)
    quoted = write_text(tmp_path / "careful.csv", f'"a",b\n{text[4:]}')
    careful = read(quoted, delimiter=",", block_characters=10_000)  # one block: never quick
    found = read(quick, delimiter=",", block_characters=block)
    assert contents(found) == contents(careful)
    assert refused(found) == refused(careful)
