"""Links that work once, with which a person sets a password.

They are signed with the home's key and kept nowhere. A link to become the first admin works
while nobody can sign in; one for a member works until that member's password has changed.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from banso.desk.models import Member
from banso.desk.queries.members import can_sign_in

SALT = "banso.invitation"
FIRST_ADMIN_AGE = timedelta(hours=24)
MEMBER_AGE = timedelta(days=7)


class InvitationError(Exception):
    """The link was used before, is too old, or is none of ours."""


@dataclass(frozen=True)
class Invitation:
    """member: None: whoever opens it becomes the first admin."""

    member: Member | None


def first_admin_token(*, key: str) -> str:
    return signing.dumps({"member": None}, key=key, salt=SALT)


def member_token(member: Member, *, key: str) -> str:
    return signing.dumps({"member": member.pk, "state": _state(member, key)}, key=key, salt=SALT)


def read_token(token: str, *, key: str) -> Invitation:
    """Raises InvitationError."""
    try:
        told = signing.loads(token, key=key, salt=SALT)
        age = FIRST_ADMIN_AGE if told["member"] is None else MEMBER_AGE
        signing.loads(token, key=key, salt=SALT, max_age=age)
    except signing.BadSignature as error:
        raise InvitationError from error
    if told["member"] is None:
        if can_sign_in().exists():
            raise InvitationError
        return Invitation(None)
    member = Member.objects.filter(pk=told["member"], is_active=True).first()
    if member is None or not constant_time_compare(told["state"], _state(member, key)):
        raise InvitationError
    return Invitation(member)


def _state(member: Member, key: str) -> str:
    """Another one as soon as the member's password is another one (or is first set)."""
    return salted_hmac(SALT, member.password, secret=key, algorithm="sha256").hexdigest()
