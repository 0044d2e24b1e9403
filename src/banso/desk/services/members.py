from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypedDict

from django.db import connection, transaction

from banso.desk.models import Member, Reach, Role, Team
from banso.desk.queries.members import active_admins, can_sign_in

REACH: Mapping[Role, Reach] = {
    Role.ADMIN: Reach.ALL,
    Role.CS_OPS: Reach.ALL,
    Role.MANAGER: Reach.TEAM,
    Role.CSM: Reach.OWN,
    Role.VIEWER: Reach.ALL,
}
"""Whose accounts a role sees where nobody has said otherwise."""


class MemberError(Exception):
    """What was asked for can't be done; says why and what to do."""


class OvertakenError(Exception):
    """Somebody was faster: the link has been used, or somebody can sign in already."""


class Details(TypedDict, total=False):
    """What may be said of a member. What is absent stays, or has the role's default.

    team: its name, made where there is none yet; empty: in no team.
    """

    name: str
    email: str
    role: Role
    reach: Reach
    team: str
    sees_revenue: bool


def add_member(*, handle: str, details: Details) -> Member:
    """A member who can't sign in until they are invited. Raises MemberError."""
    handle = handle.strip()
    if not handle:
        raise MemberError("A member needs a handle: an e-mail address or a name.")
    with _members_alone():
        known = Member.objects.filter(handle__iexact=handle).first()
        if known is not None:
            raise MemberError(
                f"There is a member '{known.handle}' already: `banso members change` changes them."
            )
        role = details.get("role", Role.CSM)
        member = Member(handle=handle, role=role, email=handle if "@" in handle else "")
        member.name, member.reach, member.sees_revenue = handle, REACH[role], _revenue(role)
        member.set_unusable_password()
        _apply(member, details)
        member.save()
    return member


def change_member(*, handle: str, details: Details, active: bool = False) -> Member:
    """Raises MemberError, also where nobody would be left to administer.

    With another role, reach and revenue become that role's, unless they were set by hand.
    active: whoever was deactivated may be invited again.
    """
    with _members_alone():
        member = member_named(handle)
        old, new = Role(member.role), details.get("role", Role(member.role))
        if member.reach == REACH[old]:
            member.reach = REACH[new]
        if member.sees_revenue == _revenue(old):
            member.sees_revenue = _revenue(new)
        member.is_active = member.is_active or active
        _apply(member, details)
        _keep_an_admin(member)
        member.save()
    return member


def deactivate_member(*, handle: str) -> Member:
    """They see nothing from now on: their sessions end, their password and invitations are
    forgotten. What they did and own stays. Raises MemberError."""
    with _members_alone():
        member = member_named(handle)
        member.is_active = False
        member.set_unusable_password()
        _keep_an_admin(member)
        member.save(update_fields=["is_active", "password"])
    return member


def forget_invitations(*, handle: str) -> Member:
    """Links that this member was given before no longer work, unless they have a password."""
    with _members_alone():
        member = member_named(handle)
        if not member.is_active:
            raise MemberError(
                f"'{handle}' is not active: `banso members change {handle} --active` first."
            )
        if not member.has_usable_password():
            member.set_unusable_password()
            member.save(update_fields=["password"])
    return member


def set_password(*, member: int, password: str, before: str | None = None) -> Member:
    """The member's other sessions end. The form has checked the password.

    before: the stored password that an invitation was made for. Of two who use the same one at
    the same moment the second gets OvertakenError.
    """
    with _members_alone():
        found = Member.objects.get(pk=member)
        if before is not None and found.password != before:
            raise OvertakenError
        found.set_password(password)
        found.save(update_fields=["password"])
    return found


def found_first_admin(*, handle: str, name: str, password: str) -> Member:
    """Raises OvertakenError. An import may have made the member already; then they become it."""
    with _members_alone():
        if can_sign_in().exists():
            raise OvertakenError
        member = Member.objects.filter(handle__iexact=handle).first() or Member(handle=handle)
        member.name, member.email = name, member.email or (handle if "@" in handle else "")
        member.role, member.reach, member.sees_revenue = Role.ADMIN, Reach.ALL, True
        member.is_active = True
        member.set_password(password)
        member.save()
    return member


def member_named(handle: str) -> Member:
    """Raises MemberError."""
    member = Member.objects.filter(handle=handle).first()
    if member is None:
        raise MemberError(f"There is no member '{handle}': `banso members` lists them.")
    return member


@contextmanager
def _members_alone() -> Iterator[None]:
    """A transaction in which nobody else changes members: of two admins who remove each other at
    the same moment, one stays."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE member IN SHARE ROW EXCLUSIVE MODE")
        yield


def _apply(member: Member, details: Details) -> None:
    member.name = details.get("name", member.name)
    member.email = details.get("email", member.email)
    member.role = details.get("role", Role(member.role))
    member.reach = details.get("reach", Reach(member.reach))
    member.sees_revenue = details.get("sees_revenue", member.sees_revenue)
    if (team := details.get("team")) is not None:
        member.team = Team.objects.get_or_create(name=team)[0] if team else None


def _keep_an_admin(member: Member) -> None:
    if member.role == Role.ADMIN and member.is_active:
        return
    admins = active_admins()
    if admins.filter(pk=member.pk).exists() and not admins.exclude(pk=member.pk).exists():
        raise MemberError(
            f"'{member.handle}' is the only active admin. Make somebody else admin first: "
            "`banso members change HANDLE --role admin`."
        )


def _revenue(role: Role) -> bool:
    return role is not Role.VIEWER
