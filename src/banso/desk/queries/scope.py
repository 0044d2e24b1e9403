"""Who sees what. Every query of pages, exports and the API goes through `within`; what is not
allowed here is not seen."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from banso.desk.models import Member, Reach, Role

M = TypeVar("M", bound=Model)

ACTING = frozenset({Role.ADMIN, Role.CS_OPS, Role.MANAGER, Role.CSM})
OPERATING = frozenset({Role.ADMIN, Role.CS_OPS})


@dataclass(frozen=True)
class Scope:
    """What one reader may see and do.

    member: None for the machine itself (command line, jobs). reach: whose accounts; None: nobody's.
    revenue: whether amounts of money are shown. acts: whether alerts may be handled.
    operates: whether it looks after Banso itself: quarantine, mutes, rules paused and switched on,
    and which accounts a rule holds out (an owner who knew would help them all the same).
    """

    member: int | None
    team: int | None
    reach: Reach | None
    revenue: bool
    acts: bool
    operates: bool = False


EVERYTHING = Scope(member=None, team=None, reach=Reach.ALL, revenue=True, acts=True, operates=True)
"""Of whoever holds the machine: the command line and jobs."""

NOTHING = Scope(member=None, team=None, reach=None, revenue=False, acts=False)


def scope_of(member: Member) -> Scope:
    """What a member sees. A member who has left (not active) sees nothing; one with reach `team`
    but without a team sees their own accounts."""
    if not member.is_active:
        return NOTHING
    reach = Reach(member.reach)
    if reach is Reach.TEAM and member.team_id is None:
        reach = Reach.OWN
    return Scope(
        member=member.pk,
        team=member.team_id,
        reach=reach,
        revenue=member.sees_revenue,
        acts=member.role in ACTING,
        operates=member.role in OPERATING,
    )


def sees(owner: Member | None) -> Q:
    """Of members that are here: those who see the accounts of this owner. The other way round of
    `within`."""
    found = Q(reach=Reach.ALL)
    if owner is None:
        return found
    found |= Q(pk=owner.pk)
    return found | Q(reach=Reach.TEAM, team=owner.team_id) if owner.team_id else found


def within(scope: Scope, rows: QuerySet[M], *, account: str = "") -> QuerySet[M]:
    """Those of the rows whose account the scope reaches.

    account: the path from a row to its account (`episode__account`); empty: rows are accounts.
    """
    path = f"{account}__" if account else ""
    if scope.reach is Reach.ALL:
        return rows
    if scope.reach is Reach.TEAM:
        return rows.filter(**{f"{path}owner__team": scope.team})
    if scope.reach is Reach.OWN:
        return rows.filter(**{f"{path}owner": scope.member})
    return rows.none()
