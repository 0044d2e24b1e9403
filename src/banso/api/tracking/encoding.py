"""Bodies as clients send them: gzipped or not, whatever their label; JSON, a form, or Base64."""

import base64
import binascii
import zlib
from urllib.parse import parse_qs

LARGEST = 4_000_000
"""Bytes of a body, also once decompressed: what RudderStack's clients may send. Segment's send at
most 500 KB."""

MOST_PARTS = 20
"""Several compressed parts in a row are one body."""

GZIP = b"\x1f\x8b"


class TooLargeError(ValueError):
    """More than LARGEST."""


class EncodingError(ValueError):
    """What says that it is compressed and can't be decompressed."""


def decompressed(data: bytes) -> bytes:
    """Gzip is known by its first bytes: clients label it as they like. Raises TooLargeError and
    EncodingError."""
    if not data.startswith(GZIP):
        if len(data) > LARGEST:
            raise TooLargeError
        return data
    whole = bytearray()
    for _ in range(MOST_PARTS):
        part = zlib.decompressobj(wbits=31)
        try:
            whole += part.decompress(data, LARGEST + 1 - len(whole))
        except zlib.error as error:
            raise EncodingError(f"The body is damaged gzip: {error}.") from None
        if len(whole) > LARGEST:
            raise TooLargeError
        if not part.eof:
            raise EncodingError("The body is gzip that ends too early.")
        data = part.unused_data
        if not data.startswith(GZIP):
            return bytes(whole)
    raise EncodingError(f"The body is gzip of more than {MOST_PARTS} parts.")


def json_in(data: bytes) -> tuple[bytes, str | None]:
    """The JSON of a body, and the key that a form names beside it. What holds no JSON comes back as
    it is."""
    bare = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if bare[:1] in (b"{", b"["):
        return data, None
    if b"data=" in bare[:2_000]:
        try:
            form = parse_qs(bare.decode(), max_num_fields=20)
        except ValueError:
            return data, None
        told = form.get("data", [""])[0]
        keys = [*form.get("writeKey", []), *form.get("write_key", [])]
        return _from_base64(told.encode()) or told.encode(), keys[0] if keys else None
    return _from_base64(bare) or data, None


def _from_base64(data: bytes) -> bytes | None:
    """None: this is no Base64 of JSON. The padding may be missing; a form makes a space of `+`."""
    text = data.strip().replace(b" ", b"+").replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        found = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return None
    return found if found.lstrip()[:1] in (b"{", b"[") else None
