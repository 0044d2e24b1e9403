"""Tokens of members: all of them, and whom the one shown at the door stands for."""

from collections.abc import Sequence

from banso.desk.models import Member, MemberToken
from banso.desk.queries.keys import LONGEST, hash_of


def member_of(token: str) -> Member | None:
    """None: nobody has given out this token, it was revoked, or its member has left. One query."""
    if len(token) > LONGEST:
        return None
    rows = MemberToken.objects.filter(
        hash=hash_of(token), revoked_at__isnull=True, member__is_active=True
    )
    row = rows.select_related("member").first()
    return row.member if row else None


def member_tokens() -> Sequence[MemberToken]:
    """Every token ever given out, oldest first."""
    return list(MemberToken.objects.select_related("member"))
