"""Our own fixed hashes: the bucket of an account, the key and the content of a fact.

They are written into files, so they must never change: not with a version of DuckDB, not
with the machine. Hence MD5 and BLAKE2 of named texts, and integer mixing spelled out here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.store import engine
from banso.store.ledger import Part

BUCKETS = 32
Words = NDArray[np.uint64]

DIGESTS = """
    SELECT (content >> 64)::UBIGINT AS content_hi,
           (content & 18446744073709551615)::UBIGINT AS content_lo,
           (key >> 64)::UBIGINT AS key_hi,
           (key & 18446744073709551615)::UBIGINT AS key_lo
    FROM (
        SELECT md5_number(concat_ws(chr(31), account, coalesce("user", chr(30)), event, feature,
                                    product, coalesce(properties, chr(30)))) AS content,
               md5_number(origin || message_id) AS key
        FROM facts
    )
"""


@dataclass(frozen=True)
class Keys:
    """Identity (128 bits) and content (64 bits) of each fact, aligned with the facts."""

    hi: Words
    lo: Words
    content: Words

    def take(self, rows: NDArray[np.int64]) -> "Keys":
        return Keys(hi=self.hi[rows], lo=self.lo[rows], content=self.content[rows])


def account_hash(key: str) -> int:
    """63 bits of an account's key; the bucket is its low bits, so bucket counts nest."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 1


def bucket_of(key: str, *, buckets: int = BUCKETS) -> int:
    """Bucket of an account; `buckets` is a power of two."""
    return account_hash(key) & (buckets - 1)


def keys_of(facts: pa.Table, *, part: NDArray[np.int32], parts: Sequence[Part]) -> Keys:
    """Keys of facts (schema FACTS, feature and product filled in); part: index into parts.

    The key is (dataset, source, message_id). Without a message_id it is the content and how
    many facts of the same content stand before it in the same part.
    """
    prefixes = [f"{each.dataset}\x1f{each.source}\x1f" for each in parts]
    origin = pa.DictionaryArray.from_arrays(part, pa.array(prefixes, pa.string()))
    digests = engine.query(DIGESTS, {"facts": facts.append_column("origin", origin)})
    time = _words(facts.column("time"))
    value = _value_bits(facts.column("value"))
    content_hi = _mix(_mix(_words(digests.column("content_hi")) + _mix(time)) + value)
    content_lo = _mix(_mix(_words(digests.column("content_lo")) + _mix(time)) + value)
    hi, lo = _words(digests.column("key_hi")), _words(digests.column("key_lo"))
    nameless = np.flatnonzero(facts.column("message_id").is_null().to_numpy())
    if len(nameless):
        salt = np.array([_salt(prefix) for prefix in prefixes], np.uint64)[part[nameless]]
        group_hi, group_lo = content_hi[nameless] + salt, content_lo[nameless]
        turn = _turns(_mix(group_hi + part[nameless].astype(np.uint64)), group_lo)
        hi[nameless], lo[nameless] = _mix(group_hi + turn), _mix(group_lo + _mix(salt + turn))
    return Keys(hi=hi, lo=lo, content=content_lo)


def codes_of(hi: Words, lo: Words) -> NDArray[np.int32]:
    """A number for each distinct pair, counting from 0 in the order of first appearance."""
    pairs = np.empty((len(hi), 2), np.uint64)
    pairs[:, 0], pairs[:, 1] = hi, lo
    keys = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(hi), [None, pa.py_buffer(pairs)])
    codes: NDArray[np.int32] = keys.dictionary_encode().indices.to_numpy()
    return codes


def _turns(hi: Words, lo: Words) -> Words:
    """How many equal pairs stand before each one."""
    codes = codes_of(hi, lo)
    order = np.argsort(codes, kind="stable")
    arranged = codes[order]
    fresh = np.flatnonzero(np.diff(arranged, prepend=-1))
    start = np.repeat(fresh, np.diff(fresh, append=len(codes)))
    turns = np.empty(len(codes), np.uint64)
    turns[order] = np.arange(len(codes)) - start
    return turns


def _words(column: pa.ChunkedArray) -> Words:
    """The column as 64-bit words, a fresh array; nulls become 0."""
    filled = column.fill_null(0) if column.null_count else column
    return np.array(filled.to_numpy()).view(np.uint64)


def _value_bits(column: pa.ChunkedArray) -> Words:
    """Bit patterns of numbers: one for all zeros, one for all NaN, one of its own for null."""
    numbers = np.array(column.to_numpy()) + 0.0  # null reads as NaN; -0.0 + 0.0 is 0.0
    bits = np.where(np.isnan(numbers), np.nan, numbers).view(np.uint64)
    bits[column.is_null().to_numpy()] = np.uint64(0xFFFFFFFFFFFFFFFF)
    return _mix(bits)


def _salt(prefix: str) -> int:
    return int.from_bytes(hashlib.md5(prefix.encode(), usedforsecurity=False).digest()[:8])


def _mix(words: Words) -> Words:
    """The finaliser of splitmix64: every input bit moves every output bit; wraps around."""
    mixed = words + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
