from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db.models import Count, Q, QuerySet

from banso.desk.models import Account, Member, Role
from banso.desk.queries.scope import Scope, within

DEMO_PASSWORD = "banso-demo"  # noqa: S105  no secret: the demo prints it, and it opens nothing else
"""Only `banso demo` sets it; nobody can choose it (web.sign_in.NotTheDemoPassword)."""


@dataclass(frozen=True)
class MemberView:
    """can_sign_in: active, and has a password. accounts: how many they own."""

    handle: str
    name: str
    email: str
    role: str
    team: str | None
    reach: str
    sees_revenue: bool
    active: bool
    can_sign_in: bool
    accounts: int


def members() -> tuple[MemberView, ...]:
    """All of them, by handle. One query."""
    rows = Member.objects.select_related("team").annotate(owned=Count("account"))
    return tuple(
        MemberView(
            handle=x.handle,
            name=x.name,
            email=x.email,
            role=x.role,
            team=x.team.name if x.team else None,
            reach=x.reach,
            sees_revenue=x.sees_revenue,
            active=x.is_active,
            can_sign_in=x.is_active and x.has_usable_password(),
            accounts=x.owned,
        )
        for x in rows.order_by("handle")
    )


def member_exists(name: str) -> bool:
    """Whether a member has this handle or name."""
    return Member.objects.filter(Q(handle=name) | Q(name=name)).exists()


def member_number(name: str) -> int | None:
    """Of the member with this handle or name; None where nobody has it."""
    rows = Member.objects.filter(Q(handle=name) | Q(name=name))
    return rows.values_list("pk", flat=True).first()


def handles_by_number() -> Mapping[int, str]:
    return dict(Member.objects.values_list("pk", "handle"))


def names_by_handle(handles: Collection[str] | None = None) -> Mapping[str, str]:
    """Of these, or of all. One query; none where nobody is asked for."""
    rows = Member.objects.only("handle", "name")
    if handles is not None:
        rows = rows.filter(handle__in=handles) if handles else rows.none()
    return {x.handle: str(x) for x in rows}


def member_handles() -> tuple[str, ...]:
    return tuple(Member.objects.order_by("handle").values_list("handle", flat=True))


def owner_handle(scope: Scope, account: str) -> str | None:
    """Handle of the account's owner now; None where nobody owns it."""
    rows = within(scope, Account.objects.filter(key=account))
    return rows.values_list("owner__handle", flat=True).first()


def can_sign_in() -> QuerySet[Member]:
    """Members who are active and have a password."""
    unusable = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return Member.objects.filter(~unusable, is_active=True)


def active_admins() -> QuerySet[Member]:
    return Member.objects.filter(role=Role.ADMIN, is_active=True)


def named_at_sign_in(login: str) -> Member | None:
    """The member whom a person means who types this: by handle, else by e-mail address, in
    any case. None where nobody is meant, or several are."""
    for named in (Q(handle=login), Q(handle__iexact=login), Q(email__iexact=login)):
        found = list(Member.objects.filter(named)[:2])
        if found:
            return found[0] if len(found) == 1 else None
    return None


def members_with_demo_password(handles: Sequence[str]) -> tuple[str, ...]:
    """Those of these members whom the password that everybody knows would let in. Slow on
    purpose, as every check of a password is."""
    rows = can_sign_in().filter(handle__in=handles).values_list("handle", "password")
    return tuple(handle for handle, kept in rows if check_password(DEMO_PASSWORD, kept))


def handle_of(number: int) -> str:
    """Empty where there is no such member."""
    return Member.objects.filter(pk=number).values_list("handle", flat=True).first() or ""
