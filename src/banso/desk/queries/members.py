from django.db.models import Q

from banso.desk.models import Account, Member
from banso.desk.queries.scope import Scope, within


def member_exists(name: str) -> bool:
    """Whether a member has this handle or name."""
    return Member.objects.filter(Q(handle=name) | Q(name=name)).exists()


def member_handles() -> tuple[str, ...]:
    return tuple(Member.objects.order_by("handle").values_list("handle", flat=True))


def owner_handle(scope: Scope, account: str) -> str | None:
    """Handle of the account's owner now; None where nobody owns it."""
    rows = within(scope, Account.objects.filter(key=account))
    return rows.values_list("owner__handle", flat=True).first()
