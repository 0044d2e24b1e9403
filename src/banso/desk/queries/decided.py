"""What has been decided so far: the state that rules go on from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Subquery
from django.db.models.functions import Coalesce

from banso.desk.models import Assessment, Episode, Revision, Run
from banso.desk.models.episode import TAKEN_BACK


@dataclass(frozen=True)
class RuleState:
    """Of one rule: open episodes and the last closing, by account key."""

    opened_on: dict[str, date]
    closed_on: dict[str, date]


def last_decision() -> Run | None:
    """The run that decided rules last; None before the first one."""
    return Run.objects.filter(decided_from__isnull=False).order_by("-as_of", "-id").first()


def decided_day() -> date | None:
    """The last day on which a run has decided rules."""
    last = last_decision()
    return last.as_of if last else None


def decided_upto() -> Coalesce:
    """The same inside a query: what is of later as_of days was said live, and may be taken back.
    Before the first run everything counts."""
    last = Run.objects.filter(decided_from__isnull=False).order_by("-as_of").values("as_of")[:1]
    return Coalesce(Subquery(last), date.max)


def rule_states(
    rules: Sequence[str], *, upto: date | None = None, accounts: Sequence[int] | None = None
) -> dict[str, RuleState]:
    """State of every rule named, empty for one that never fired. accounts: desk ids, None: all.

    upto: what was said as of later days is left out, as if it had not been said yet: days that are
    not over have been judged too. None: all of it. What was taken back is never remembered.
    """
    states = {rule: RuleState({}, {}) for rule in rules}
    found = Episode.objects.filter(rule__in=rules).exclude(closed_because=TAKEN_BACK)
    if upto is not None:
        found = found.filter(opened_on__lte=upto)
    if accounts is not None:
        found = found.filter(account__in=accounts)
    rows = found.values_list("rule", "account__key", "opened_on", "closed_on")
    few = accounts is not None
    for rule, account, opened_on, closed_on in rows if few else rows.iterator(chunk_size=10_000):
        state = states[rule]
        if closed_on is None or (upto is not None and closed_on > upto):
            state.opened_on[account] = opened_on
        else:
            state.closed_on[account] = max(closed_on, state.closed_on.get(account, closed_on))
    return states


def open_rules() -> frozenset[str]:
    """Rules that have an open episode, whether they are still defined or not."""
    return frozenset(
        Episode.objects.filter(closed_on__isnull=True).values_list("rule", flat=True).distinct()
    )


def latest_run() -> Run | None:
    """The run that people are looking at: the newest as_of, computed last."""
    return Run.objects.first()


def first_decided_day() -> date | None:
    """From here on changes and alerts were recorded; None before the first run. One query."""
    first: date | None = Run.objects.aggregate(first=Min("decided_from"))["first"]
    return first


def revision() -> int:
    """How often the book has changed."""
    return Revision.objects.values_list("number", flat=True).first() or 0


@dataclass(frozen=True)
class Shown:
    """What people were last shown of an account's journey."""

    stage: str
    colour: str
    score: float | None


def last_shown(run: Run) -> dict[tuple[str, str], Shown]:
    """By (account, journey), as that run recorded it."""
    rows = Assessment.objects.filter(
        as_of=run.as_of, fingerprint=run.fingerprint, generation=run.generation
    ).values_list("account__key", "journey", "stage", "colour", "score")
    return {
        (account, journey): Shown(stage, colour, score)
        for account, journey, stage, colour, score in rows
    }
