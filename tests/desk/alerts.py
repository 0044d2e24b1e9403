"""Accounts with alerts, for tests of what is read of them and done with them."""

from datetime import date

from banso.desk.models import Account, Alert, Episode, Member, Reach, Role, Standing

SEPTEMBER = date(2026, 9, 1)


def member(
    handle: str, *, role: Role = Role.CSM, reach: Reach = Reach.OWN, sees_revenue: bool = True
) -> Member:
    return Member.objects.create(handle=handle, role=role, reach=reach, sees_revenue=sees_revenue)


def account(key: str, *, owner: Member | None = None, arr: int | None = None) -> Account:
    """An account on two journeys, the first of them its lead."""
    made = Account.objects.create(key=key, owner=owner)
    for journey, lead in (("web", True), ("bi", False)):
        Standing.objects.create(
            account=made,
            journey=journey,
            lead=lead,
            position=0,
            urgency=0,
            scores=[],
            segments=[],
            arr=arr,
        )
    return made


def alert(
    on: Account,
    *,
    rule: str = "quiet",
    priority: str = "high",
    opened: date = SEPTEMBER,
    journey: str = "",
    closed: date | None = None,
) -> Alert:
    episode = Episode.objects.create(
        rule=rule, account=on, journey=journey, opened_on=opened, closed_on=closed
    )
    return Alert.objects.create(
        episode=episode,
        priority=priority,
        label={},
        action={},
        why=[],
        arr=1,
        fingerprint="f",
        generation=1,
        told_on=opened,
    )
