"""Gives out and revokes the keys with which applications send live events."""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from banso.desk.models import SourceKey
from banso.desk.queries.keys import hash_of

PREFIX = "bk_"
LETTERS = string.ascii_letters + string.digits
LENGTH = 40
SHOWN = 9
"""Characters of a key by which people know it: its prefix and six more."""
RATE = 5_000
LONGEST_SOURCE = 200


class SourceKeyError(Exception):
    """The key can't be given out or revoked; says why and what to do."""


@dataclass(frozen=True)
class NewKey:
    """A key that was just made. text: the key itself, which nobody can ever see again."""

    row: SourceKey
    text: str


def add_key(*, source: str, rate: int = RATE) -> NewKey:
    """A further key of a source; several may be valid at once, so that one can be changed for
    another without a gap. Raises SourceKeyError for what can't be a source's name."""
    source = source.strip()
    if not source or len(source.encode()) > LONGEST_SOURCE or not source.isprintable():
        raise SourceKeyError(
            f"The name of a source has 1 to {LONGEST_SOURCE} bytes and no control characters, not "
            f"{source!r}."
        )
    while True:
        text = random_key(PREFIX)
        row, made = SourceKey.objects.get_or_create(
            start=text[:SHOWN], defaults={"source": source, "hash": hash_of(text), "rate": rate}
        )
        if made:
            row.refresh_from_db()
            return NewKey(row, text)


def random_key(prefix: str) -> str:
    """What nobody can guess."""
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


@transaction.atomic
def revoke_key(*, key: str, now: datetime) -> SourceKey:
    """From now on nothing is accepted with it. key: the whole key, or its first characters as
    `banso keys list` shows them. Raises SourceKeyError. A key already revoked stays as it is."""
    text = key.strip().rstrip("….")
    found = list(
        SourceKey.objects.select_for_update().filter(Q(hash=hash_of(text)) | Q(start=text))
    )
    if not found:
        raise SourceKeyError(
            f"There is no key that begins with '{text[:SHOWN]}'. `banso keys list` shows how each "
            f"key begins: {SHOWN} characters, such as {PREFIX}a1B2c3."
        )
    row = found[0]
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
    return row
