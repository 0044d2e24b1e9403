"""Definitions at work: who stands where in a journey, and who is in a segment."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import (
    Aggregate,
    CharField,
    Count,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
)

from banso.desk.models import (
    DefinitionSet,
    Run,
    Standing,
)
from banso.desk.queries.kept import kept
from banso.desk.queries.scope import Scope, within


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


# sets


@dataclass(frozen=True)
class AppliedSet:
    """labels_only: no number can differ from the set before; None for the first one."""

    number: int
    fingerprint: str
    applied_at: datetime
    applied_by: str
    why: str
    labels_only: bool | None


def applied_sets(*, most: int) -> Sequence[AppliedSet]:
    """Newest first; the first one is in force."""
    rows = list(
        DefinitionSet.objects.values_list("pk", "fingerprint", "applied_at", "applied_by", "why")[
            : most + 1
        ]
    )
    before: list[str | None] = [row[1] for row in rows[1:]]
    return [
        AppliedSet(*row, labels_only=None if old is None else old == row[1])
        for row, old in zip(rows, [*before, None], strict=False)
    ][:most]


def files_in_force() -> Mapping[str, str]:
    """File name -> YAML of the set that was applied last; empty before the first one."""
    files = DefinitionSet.objects.values_list("files", flat=True).first()
    return files or {}


def last_folder_files() -> Mapping[str, str]:
    """As `files_in_force`, of the set that was last applied from a folder."""
    sets = DefinitionSet.objects.filter(on_screen=False)
    return sets.values_list("files", flat=True).first() or {}


# journeys and segments


@dataclass(frozen=True)
class StageStanding:
    """Accounts in a stage by colour. median_days: how long they have been there; overdue: how
    many longer than expected."""

    accounts: int = 0
    colours: Mapping[str, int] = field(default_factory=dict)
    median_days: float | None = None
    overdue: int = 0


def stage_counts(scope: Scope, run: Run) -> Mapping[tuple[str, str], int]:
    """(journey, stage) -> accounts."""
    return kept(scope, run, "stages", lambda: _stage_counts(scope))


def _stage_counts(scope: Scope) -> Mapping[tuple[str, str], int]:
    rows = _standings(scope).exclude(journey="").order_by()
    found = rows.values_list("journey", "stage").annotate(accounts=Count("pk"))
    return {(journey, stage): accounts for journey, stage, accounts in found}


def journey_standing(scope: Scope, run: Run, journey: str) -> Mapping[str, StageStanding]:
    """Stage -> who stands there; stages without anybody are left out."""
    return kept(scope, run, f"journey:{journey}", lambda: _journey_standing(scope, journey))


def _journey_standing(scope: Scope, journey: str) -> Mapping[str, StageStanding]:
    rows = _standings(scope).filter(journey=journey).order_by()
    colours: dict[str, Counter[str]] = {}
    for stage, colour, accounts in rows.values_list("stage", "colour").annotate(n=Count("pk")):
        colours.setdefault(stage, Counter())[colour] = accounts
    days = rows.values_list("stage").annotate(
        median=Median("days_in_stage"), overdue=Count("pk", filter=Q(overdue=True))
    )
    return {
        stage: StageStanding(colours[stage].total(), colours[stage], median, overdue)
        for stage, median, overdue in days
    }


def segment_counts(scope: Scope, run: Run) -> Mapping[str, int]:
    """Segment -> accounts; those without any are left out."""
    return kept(scope, run, "segments", lambda: _segment_counts(scope))


def _segment_counts(scope: Scope) -> Mapping[str, int]:
    names = _standings(scope).filter(lead=True).order_by().annotate(
        segment=Func(F("segments"), function="unnest", output_field=CharField())
    )  # fmt: skip
    return dict(names.values_list("segment").annotate(accounts=Count("pk")))


def _standings(scope: Scope) -> QuerySet[Standing]:
    return within(scope, Standing.objects.all(), account="account")
