"""What was lost, and which rule saw it coming, as the newest look back has found it."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Count

from banso.desk.models import Foresight, Loss, Standing
from banso.desk.queries.scope import Scope, within

Place = tuple[str, str, str]
"""(journey, stage, colour)."""


def foresight() -> Foresight | None:
    """The newest look back; None before the first one."""
    return Foresight.objects.order_by("-id").first()


def losses(scope: Scope) -> Sequence[Loss]:
    """Of accounts that the scope reaches, newest first, with their account."""
    rows = within(scope, Loss.objects.all(), account="account")
    return list(rows.select_related("account"))


def losses_of(scope: Scope, *, since: date, until: date) -> Sequence[Loss]:
    """As `losses`, of those that came on these days, both included."""
    rows = within(scope, Loss.objects.filter(on__gte=since, on__lte=until), account="account")
    return list(rows.select_related("account"))


def stand_there(scope: Scope) -> Mapping[Place, int]:
    """How many accounts stand where, as of the newest run."""
    rows = within(scope, Standing.objects.exclude(journey=""), account="account").order_by()
    found = rows.values_list("journey", "stage", "colour").annotate(accounts=Count("pk"))
    return {(journey, stage, colour): n for journey, stage, colour, n in found}
