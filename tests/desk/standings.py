"""Accounts and where they stand, for tests of lists and boards."""

from typing import Any

from tests.desk.alerts import SEPTEMBER

from banso.desk.models import Account, Member, Standing
from banso.desk.models.standing import URGENCY
from banso.desk.services.accounts import AccountRow, save_accounts


def account(key: str, *, name: str = "", owner: Member | None = None) -> Account:
    save_accounts([AccountRow(row=1, key=key, name=name)], effective=SEPTEMBER)
    Account.objects.filter(key=key).update(owner=owner)
    return Account.objects.get(key=key)


def standing(
    on: Account, journey: str = "web", *, colour: str = "healthy", lead: bool = True, **more: object
) -> Standing:
    """Not saved yet. more: any field of Standing."""
    plain: dict[str, object] = {
        "stage": "habit" if journey else "",
        "position": 0 if journey else -1,
        "scores": [],
        "segments": [],
    }
    return Standing(
        account=on,
        journey=journey,
        colour=colour,
        urgency=URGENCY[colour],
        lead=lead,
        **{**plain, **more},  # type: ignore[arg-type]  # fields of many types
    )


def stand(on: Account, journey: str = "web", **more: Any) -> Standing:
    """Saved. more: as `standing`."""
    made = standing(on, journey, **more)
    made.save()
    return made
