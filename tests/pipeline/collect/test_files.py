from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.pipeline.collect.given import contents, refused, write_json_lines, write_text, write_xlsx

from banso.pipeline.collect import FileOptions, UnreadableFileError, find_files, open_file
from banso.pipeline.collect.json_lines import JsonLinesFile
from banso.pipeline.collect.parquet import ParquetFile
from banso.pipeline.collect.workbook import WorkbookFile


def test_globs_and_names_give_each_file_once_in_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.tsv"):
        write_text(tmp_path / name, "x\n")
    found = find_files([str(tmp_path / "c.tsv"), str(tmp_path / "*.csv"), str(tmp_path / "a.csv")])
    assert [path.name for path in found] == ["c.tsv", "a.csv", "b.csv"]


def test_a_name_with_brackets_is_a_name_first(tmp_path: Path) -> None:
    path = write_text(tmp_path / "log[1].csv", "x\n")
    assert find_files([str(path)]) == (path,)


def test_a_missing_file_and_a_folder_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        find_files([str(tmp_path / "no.csv")])
    assert str(refusal.value) == f"{tmp_path / 'no.csv'}: there is no such file."
    with pytest.raises(UnreadableFileError) as refusal:
        find_files([str(tmp_path)])
    assert str(refusal.value) == (
        f"{tmp_path}: a folder. Name the files in it, for example '{tmp_path / '*.csv'}'."
    )


def test_the_content_decides_the_type_before_the_name(tmp_path: Path) -> None:
    sheet = write_xlsx(tmp_path / "a.csv", [("c1", "u", "login", "2026-04-01", 1)])
    assert type(open_file(sheet).reader) is WorkbookFile
    lines = write_json_lines(tmp_path / "a.txt", [("c1", "u", "login", "2026-04-01", 1)])
    assert type(open_file(lines).reader) is JsonLinesFile
    pq.write_table(pa.table({"a": [1]}), tmp_path / "b.txt")
    assert type(open_file(tmp_path / "b.txt").reader) is ParquetFile


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", b"", "the file is empty."),
        ("a.csv.gz", b"\x1f\x8b\x08rest", "packed with gzip. Unpack it first."),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "this is a binary file, not a table of text."),
        ("a.json", b'[{"a": 1}]', "a JSON array. Banso reads JSON Lines: one object a line, "
         "for example from `jq -c '.[]'`."),
        ("a.jsonl", b"no json\n", "none of the first lines is a JSON object with fields."),
        ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
         "protected by a password, or an old .xls. "
         "Save it as .xlsx without a password, or as CSV UTF-8."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as refusal:
        open_file(path)
    assert str(refusal.value) == f"{path}: {problem}"


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx"])
@pytest.mark.parametrize("content", [b"text", b"PK\x03\x04" + bytes(600), b"PAR1" + bytes(600)])
def test_a_broken_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match="or broken"):
        open_file(path)


def test_a_parquet_file_broken_inside_is_refused_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [f"value {n}" for n in range(20_000)]}), path)
    content = bytearray(path.read_bytes())
    content[1000:60_000] = bytes(59_000)
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match="broken after record 0"):
        contents(open_file(path).reader)


def test_a_workbook_gives_cells_as_text_and_rows_as_the_sheet_counts(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows = [
        [],
        ["会社ID", "日時", "値", "契約", None],
        ["c1", datetime(2026, 4, 1, 9, 5, 3), 12.0, True, None],  # noqa: DTZ001 a sheet's own
        [],
        ["髙", date(2026, 4, 2), 0.5, False, None],
    ]
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            book.active.cell(number, column, cell)
    book.save(tmp_path / "a.xlsx")
    expected = [
        (3, {"会社ID": "c1", "日時": "2026-04-01T09:05:03", "値": "12", "契約": "true"}),
        (5, {"会社ID": "髙", "日時": "2026-04-02", "値": "0.5", "契約": "false"}),
    ]
    assert contents(WorkbookFile(tmp_path / "a.xlsx")) == expected
    assert contents(WorkbookFile(tmp_path / "a.xlsx", rows=1)) == expected


def test_a_sheet_is_chosen_by_its_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["first"])
    second = book.create_sheet("二枚目")
    second.append(["a"])
    second.append(["x"])
    book.create_sheet("空")
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert contents(open_file(path, FileOptions(sheet="二枚目")).reader) == [(2, {"a": "x"})]
    with pytest.raises(UnreadableFileError) as refusal:
        open_file(path, FileOptions(sheet="三枚目"))
    assert str(refusal.value) == (f"{path}: no sheet '三枚目'; there are 'Sheet', '二枚目', '空'.")
    with pytest.raises(UnreadableFileError, match="sheet '空' is empty"):
        open_file(path, FileOptions(sheet="空"))


def test_json_lines_are_flattened_and_late_fields_are_columns_too(tmp_path: Path) -> None:
    text = (
        '{"account": "c1", "context": {"page": {"url": "/a"}, "n": 1.0}, "tags": ["x", "日"]}\n'
        "\n"
        '{"account": "c2", "big": 12345678901234567890, "ok": true, "none": null}\n'
    )
    path = write_text(tmp_path / "a.jsonl", text)
    reader = open_file(path).reader
    assert reader.columns == (
        "account",
        "context.page.url",
        "context.n",
        "tags",
        "big",
        "ok",
        "none",
    )
    filled = [
        (row, {name: cell for name, cell in cells.items() if cell is not None})
        for row, cells in contents(reader)
    ]
    assert filled == [
        (1, {"account": "c1", "context.page.url": "/a", "context.n": "1", "tags": '["x","日"]'}),
        (3, {"account": "c2", "big": "12345678901234567890", "ok": "true"}),
    ]


def test_lines_that_are_no_objects_are_refused_one_by_one(tmp_path: Path) -> None:
    deep = '{"a":' * 100_000
    text = '{"a": 1}\n{"a":\n[1]\n{"a": NaN}\n{"a": "\\ud800"}\n' + deep + '\n{"a": 1e999}\n'
    path = write_text(tmp_path / "a.jsonl", text)
    reader = JsonLinesFile(path, encoding="utf-8", block_characters=10)
    assert [(row, cells["a"]) for row, cells in contents(reader)] == [(1, "1")]
    assert refused(reader) == [
        (2, "not JSON: Expecting value at character 6"),
        (3, "not a JSON object: each line must be {...}"),
        (4, "NaN is not JSON; leave the field out or write null"),
        (5, "half a character: a \\ud... escape without its pair"),
        (6, "objects are nested too deeply"),
        (7, "the number 1e999 is too large"),
    ]


def test_parquet_columns_of_every_type_become_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "whole": pa.array([1, None]),
            "float": pa.array([12.0, float("nan")]),
            "money": pa.array([Decimal("1.50"), None]),
            "truth": pa.array([True, None]),
            "day": pa.array([date(2026, 4, 1), None]),
            "time": pa.array([datetime(2026, 4, 1, 9), None], pa.timestamp("us", "UTC")),  # noqa: DTZ001
            "code": pa.array([" x ", ""]).dictionary_encode(),
            "inner": pa.array([{"a": {"b": 1}, "l": [1, 2]}, None]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    reader = ParquetFile(tmp_path / "a.parquet", rows=1)
    assert contents(reader) == [
        (
            1,
            {
                "whole": "1",
                "float": "12",
                "money": "1.50",
                "truth": "true",
                "day": "2026-04-01",
                "time": "2026-04-01 09:00:00.000000Z",
                "code": "x",
                "inner.a.b": "1",
                "inner.l": "[1,2]",
            },
        ),
        (2, dict.fromkeys(reader.columns)),
    ]
