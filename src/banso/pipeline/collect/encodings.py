"""Which encoding a text file is in: decided strictly, over the whole file, never by replacing."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from banso.pipeline.collect.errors import UnreadableFileError

BLOCK = 1 << 20
BINARY = 0.3
_CONTROL = bytes({*range(32)} - {*b"\t\n\r\f\x1b"})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Encoding:
    """name: for Python's `open`. note: what a person should know about the choice, or None."""

    name: str
    note: str | None = None


def detect(path: Path, *, block: int = BLOCK) -> Encoding:
    """The encoding of a text file: a byte order mark, else UTF-8, CP932, UTF-16, each strictly.

    EUC-JP and ISO-2022-JP are known too; where bytes are good in CP932 and in EUC-JP alike, a
    person has to say. charset-normalizer is asked only when nothing else fits. Raises
    UnreadableFileError when the file is empty, binary, or in no encoding that can be told.
    """
    with path.open("rb") as file:
        head = file.read(BLOCK)
    if not head.strip():
        raise UnreadableFileError(f"{path}: the file is empty.")
    for mark, name in _BOMS:
        if head.startswith(mark):
            return verify(path, name, block=block)
    if b"\0" in head and (wide := _wide(path, head, block=block)):
        return wide
    if _control_share(head) > BINARY:
        raise UnreadableFileError(f"{path}: this is a binary file, not a table of text.")
    if b"\x1b$" in head and _failure(path, "iso2022_jp", block=block) is None:
        return Encoding("iso2022_jp")
    if _failure(path, "utf-8", block=block) is None:
        return Encoding("utf-8")
    return _japanese(path, head, block=block)


def verify(path: Path, encoding: str, *, block: int = BLOCK) -> Encoding:
    """The encoding a person or a byte order mark named, once every byte has been read in it."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise UnreadableFileError(
            f"'{encoding}' is no encoding. Known are utf-8, cp932, euc_jp, utf-16."
        ) from None
    failure = _failure(path, encoding, block=block)
    if failure is None:
        return Encoding(encoding)
    raise UnreadableFileError(
        f"{path}: not {encoding}: line {failure} holds bytes that mean nothing in it. "
        "Name another encoding with --encoding."
    )


def _wide(path: Path, head: bytes, *, block: int) -> Encoding | None:
    """UTF-16 without a mark: zero bytes stand on one side only, and about every line end and
    comma brings one, which a stray zero byte in other text does not."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) or 2 * max(even, odd) < sum(map(head.count, (b"\n", b",", b"\t"))):
        return None
    return Encoding(name) if _failure(path, name, block=block) is None else None


def _control_share(head: bytes) -> float:
    """Share of bytes that stand in no text; zero bytes among them."""
    return len(head) and 1 - len(head.translate(None, _CONTROL)) / len(head)


def _japanese(path: Path, head: bytes, *, block: int) -> Encoding:
    fits = [name for name in ("cp932", "euc_jp") if _failure(path, name, block=block) is None]
    if len(fits) == 2:
        raise UnreadableFileError(
            f"{path}: the bytes can be read as CP932 (Shift_JIS) and as EUC-JP. "
            "Say which with --encoding cp932 or --encoding euc_jp."
        )
    if fits:
        return Encoding(fits[0])
    guess = from_bytes(head).best()
    if guess is not None and _failure(path, guess.encoding, block=block) is None:
        note = (
            f"{path}: read as {guess.encoding}, which is a guess. Check names, or use --encoding."
        )
        return Encoding(guess.encoding, note)
    line = _failure(path, "utf-8", block=block)
    raise UnreadableFileError(
        f"{path}: in no encoding that Banso knows; line {line} is the first that is not UTF-8. "
        "Name it with --encoding."
    )


def _failure(path: Path, encoding: str, *, block: int) -> int | None:
    """The line (about, in UTF-16) where strict decoding fails; None when all of the file is good.

    Raises UnreadableFileError at a stretch of 1 MiB without a line end: a table has none.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines, unbroken = 1, 0
    for data, last in _blocks(path, block):
        try:
            decoder.decode(data, last)
        except UnicodeDecodeError as error:
            return lines + error.object[: error.start].count(b"\n")
        breaks = data.count(b"\n") or data.count(b"\r")
        lines += breaks
        unbroken = 0 if breaks else unbroken + len(data)
        if unbroken > BLOCK:
            raise UnreadableFileError(
                f"{path}: line {lines} is longer than 1 MiB: this is no table."
            )
    return None


def _blocks(path: Path, size: int) -> Iterator[tuple[bytes, bool]]:
    with path.open("rb") as file:
        data = file.read(size)
        while data:
            following = file.read(size)
            yield data, not following
            data = following
