from pathlib import Path

import pytest
from tests.pipeline.collect.given import contents, write_text

from banso.pipeline.collect import FileOptions, UnreadableFileError, open_file
from banso.pipeline.collect.encodings import Encoding, detect, verify

TEXT = "会社ID,メモ\nc1,①㈱髙﨑～−ｱｲｳ\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp932", "cp932"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_the_encoding_is_found_and_no_character_changes(
    tmp_path: Path, encoding: str, found: str, block: int
) -> None:
    text = TEXT.replace("−", "－") if encoding == "cp932" else TEXT
    path = write_text(tmp_path / "a.csv", text, encoding)
    assert detect(path, block=block) == Encoding(found)
    memo = text.split("\n")[1].split(",")[1]
    assert contents(open_file(path).reader) == [(2, {"会社ID": "c1", "メモ": memo})]


@pytest.mark.parametrize("encoding", ["euc_jp", "iso2022_jp"])
def test_older_japanese_encodings_are_found_too(tmp_path: Path, encoding: str) -> None:
    path = write_text(tmp_path / "a.csv", "会社ID,メモ\nc1,日本語の文です\n", encoding)
    assert detect(path) == Encoding(encoding)


def test_bytes_that_two_encodings_explain_are_left_to_a_person(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,name\n1,ｱｲｳｴ\n", "cp932")
    with pytest.raises(UnreadableFileError) as refusal:
        detect(path)
    assert str(refusal.value) == (
        f"{path}: the bytes can be read as CP932 (Shift_JIS) and as EUC-JP. "
        "Say which with --encoding cp932 or --encoding euc_jp."
    )
    reader = open_file(path, FileOptions(encoding="cp932")).reader
    assert contents(reader) == [(2, {"id": "1", "name": "ｱｲｳｴ"})]


def test_one_wrong_byte_far_down_is_not_read_as_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + "1,会社\n".encode() * 200_000 + b"1,\x81\n")
    with pytest.raises(UnreadableFileError) as refusal:
        verify(path, "utf-8")
    assert str(refusal.value) == (
        f"{path}: not utf-8: line 200002 holds bytes that mean nothing in it. "
        "Name another encoding with --encoding."
    )


def test_a_western_file_is_read_as_a_guess_and_says_so(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,nom\n1,Société générale à Orléans, été\n", "cp1252")
    found = detect(path)
    assert found.note == (
        f"{path}: read as {found.name}, which is a guess. Check names, or use --encoding."
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty."),
        (b" \n\n", "the file is empty."),
        (b"\x7fELF\0\0\1\2\3\0", "this is a binary file, not a table of text."),
        (b"a" * (3 << 20), "line 1 is longer than 1 MiB: this is no table."),
    ],
)
def test_what_is_no_table_of_text_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as refusal:
        detect(path)
    assert str(refusal.value) == f"{path}: {problem}"


def test_a_stray_zero_byte_is_no_sign_of_utf16(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "a,b\n1,\x00\n", "utf-8")
    assert detect(path) == Encoding("utf-8")


def test_an_encoding_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "a,b\n")
    with pytest.raises(UnreadableFileError, match="'sjis-x' is no encoding"):
        verify(path, "sjis-x")
