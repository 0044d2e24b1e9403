"""The health board of a past day, from what was recorded as it was shown then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from banso.desk.models import Assessment, Run, Standing
from banso.desk.queries.board import Board, Tally, summed
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Shown:
    """What run people looked at on a day.

    run: None where no run was made for that day. in_retrospect: it was only made after a run
    of a later day, so nobody saw it as the newest then. before, after: the nearest days that
    have a run.
    """

    run: Run | None
    in_retrospect: bool
    before: date | None
    after: date | None


def shown_on(day: date) -> Shown:
    """The last run of that day that was the newest when it was made, else the first one made in
    retrospect. Three queries."""
    later = Run.objects.filter(as_of__gt=OuterRef("as_of"), id__lt=OuterRef("id"))
    runs = Run.objects.filter(as_of=day).annotate(late=Exists(later)).order_by("id")
    made = list(runs)
    current = [run for run in made if not run.late]
    return Shown(
        run=(current[-1] if current else made[0]) if made else None,
        in_retrospect=bool(made) and not current,
        before=_nearest(Q(as_of__lt=day), "-as_of"),
        after=_nearest(Q(as_of__gt=day), "as_of"),
    )


def _nearest(where: Q, order: str) -> date | None:
    return Run.objects.filter(where).order_by(order).values_list("as_of", flat=True).first()


def shown_board(
    scope: Scope, run: Run, *, journey: str, owner: int | None = None, segment: str = ""
) -> Board:
    """That day's board. Amounts were not recorded by day, so there are none.

    owner, segment: only accounts that are this member's, in this segment now; whose they were
    then and what they were in was not recorded.
    """
    cells = (
        _rows(scope, run, journey=journey, owner=owner, segment=segment)
        .values("stage", "colour")
        .annotate(accounts=Count("id"), late=Count("id", filter=Q(overdue=True)))
        .order_by("stage", "colour")
        .values_list("stage", "colour", "accounts", "late")
    )
    return summed({(stage, colour): Tally(many, late) for stage, colour, many, late in cells})


@dataclass(frozen=True)
class ShownAccount:
    id: int
    name: str
    days_in_stage: int
    overdue: bool | None
    score: float | None


def shown_accounts(
    scope: Scope,
    run: Run,
    *,
    journey: str,
    stage: str = "",
    colour: str = "",
    owner: int | None = None,
    segment: str = "",
    limit: int = 50,
) -> Sequence[ShownAccount]:
    """Accounts of one cell of that board, lowest score first."""
    rows = _rows(scope, run, journey=journey, owner=owner, segment=segment)
    rows = rows.filter(stage=stage) if stage else rows
    rows = rows.filter(colour=colour) if colour else rows
    found = rows.select_related("account").order_by("score", "account__folded", "account")[:limit]
    return [
        ShownAccount(x.account_id, str(x.account), x.days_in_stage, x.overdue, x.score)
        for x in found
    ]


def _rows(
    scope: Scope, run: Run, *, journey: str, owner: int | None, segment: str
) -> QuerySet[Assessment]:
    rows = within(scope, Assessment.objects.all(), account="account").filter(
        journey=journey, as_of=run.as_of, fingerprint=run.fingerprint, generation=run.generation
    )
    if owner is not None:
        rows = rows.filter(account__owner=owner or None)  # NOBODY is 0
    if segment:
        there = Standing.objects.filter(lead=True, segments__contains=[segment])
        rows = rows.filter(Exists(there.filter(account=OuterRef("account"))))
    return rows
