"""Keys of sources: all of them, and the one that was shown at the door."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from banso.desk.models import SourceKey

LONGEST = 200
"""Characters. What is longer is no key of ours and is not looked up."""


@dataclass(frozen=True)
class Admission:
    """What a valid key stands for. rate: events a second, in the long run."""

    key: int
    source: str
    rate: int


def hash_of(key: str) -> str:
    """Keys are long and random, so a plain hash can't be turned back."""
    return hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()


def admission(key: str) -> Admission | None:
    """None: nobody has given out this key, or it was revoked. One query, so that a key is of no
    use from the moment on in which it was revoked."""
    if len(key) > LONGEST:
        return None
    with connection.cursor() as cursor:  # asked for each request: making the SQL costs as much
        cursor.execute(
            "SELECT id, source, rate FROM source_key WHERE hash = %s AND revoked_at IS NULL",
            [hash_of(key)],
        )
        row = cursor.fetchone()
    return Admission(*row) if row else None


def speaking_live() -> frozenset[str]:
    """Sources that somebody can send live events as."""
    keys = SourceKey.objects.filter(revoked_at=None)
    return frozenset(keys.values_list("source", flat=True))


def source_keys() -> Sequence[SourceKey]:
    """Every key ever given out, by source and then by age."""
    return list(SourceKey.objects.all())
