"""Gives out and revokes the tokens with which programs call the REST API as a member."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from banso.desk.models import Member, MemberToken
from banso.desk.queries.keys import hash_of
from banso.desk.services.keys import SHOWN, random_key

PREFIX = "bt_"


class TokenError(Exception):
    """The token can't be given out or revoked; says why and what to do."""


@dataclass(frozen=True)
class NewToken:
    """A token that was just made. text: the token itself, which nobody can ever see again."""

    row: MemberToken
    text: str


def add_token(*, handle: str, name: str) -> NewToken:
    """A further token of a member; several may be valid at once."""
    member = Member.objects.filter(handle=handle, is_active=True).first()
    if member is None:
        raise TokenError(f"There is no member '{handle}'. `banso members` shows them all.")
    if not name.strip():
        raise TokenError("Say with --name what the token is for.")
    while True:
        text = random_key(PREFIX)
        row, made = MemberToken.objects.get_or_create(
            start=text[:SHOWN],
            defaults={"member": member, "name": name.strip(), "hash": hash_of(text)},
        )
        if made:
            row.refresh_from_db()
            return NewToken(row, text)


@transaction.atomic
def revoke_token(*, token: str, now: datetime) -> MemberToken:
    """From now on nothing is answered to it. token: the whole, or its first characters as
    `banso tokens list` shows them. One already revoked stays as it is."""
    text = token.strip().rstrip("….")
    rows = MemberToken.objects.select_for_update(of=("self",)).select_related("member")
    row = rows.filter(Q(hash=hash_of(text)) | Q(start=text)).first()
    if row is None:
        raise TokenError(
            f"There is no token that begins with '{text[:SHOWN]}'. `banso tokens list` shows how "
            f"each begins: {SHOWN} characters, such as {PREFIX}a1B2c3."
        )
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
    return row
