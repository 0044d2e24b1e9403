"""Gaps: what was lost in a year, which rule saw it coming, and where a rule would have helped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.desk.models import Account, Foresight, Loss
from banso.desk.queries.foresight import foresight, losses, stand_there
from banso.desk.queries.members import names_by_handle
from banso.desk.queries.scope import Scope
from banso.pipeline.foreseen import Was, candidates
from banso.web.account360.labels import journey_label, stage_label
from banso.web.board.page import Link
from banso.web.definitions.places import outcome_label, rule_label

KINDS = {
    "": gettext_noop("All losses"),
    "foreseen": gettext_noop("Seen in time"),
    "late": gettext_noop("Seen too late"),
    "unseen": gettext_noop("Seen by no rule"),
}
"""What `?seen=` may say -> the words of the choice."""
MOST_ROWS = 200
MOST_PLACES = 12


@dataclass(frozen=True)
class PlaceRow:
    """Where an account stood on a journey. draft: address of a draft over it."""

    journey: Label
    stage: Label
    colour: str
    draft: str


@dataclass(frozen=True)
class CandidateRow:
    """arr: None where unmeasured or not for the reader. there: accounts that stand there now."""

    place: PlaceRow
    missed: int
    losses: int
    arr: Decimal | None
    there: int


@dataclass(frozen=True)
class SightRow:
    """known: whether the definitions in force have the rule."""

    rule: str
    label: Label
    known: bool
    days_before: int
    in_time: bool


@dataclass(frozen=True)
class LossRow:
    account: Account
    outcome: Label
    on: date
    owner: str
    arr: Decimal | None
    sights: Sequence[SightRow]
    was: Sequence[PlaceRow]


@dataclass(frozen=True)
class Gaps:
    """counts: by kind of KINDS, of all losses in reach. outdated: found with other definitions
    than those in force. left: rows that are not shown."""

    seen: Foresight
    outcomes: Sequence[Label]
    outdated: bool
    counts: Mapping[str, int]
    links: Sequence[Link]
    share: float | None
    candidates: Sequence[CandidateRow]
    rows: Sequence[LossRow]
    left: int
    revenue: bool


def gaps_page(scope: Scope, definitions: Definitions, *, kind: str) -> Gaps | None:
    """kind: of KINDS; what is none of them is as if it had not been said. None before the first
    look back."""
    seen = foresight()
    if seen is None:
        return None
    kind = kind if kind in KINDS else ""
    every = losses(scope)
    by_kind = {x: [loss for loss in every if x in {"", kind_of(loss)}] for x in KINDS}
    counts = {x: len(found) for x, found in by_kind.items()}
    shown, called = by_kind[kind], names_by_handle()
    return Gaps(
        seen=seen,
        outcomes=[outcome_label(definitions, x) for x in seen.outcomes],
        outdated=seen.fingerprint != definitions.fingerprint,
        counts=counts,
        links=[_link(x, counts[x], current=x == kind) for x in KINDS],
        share=counts["foreseen"] / len(every) if every else None,
        candidates=_candidates(scope, definitions, every),
        rows=[_row(scope, definitions, x, called) for x in shown[:MOST_ROWS]],
        left=max(len(shown) - MOST_ROWS, 0),
        revenue=scope.revenue,
    )


def kind_of(loss: Loss) -> str:
    if loss.foreseen:
        return "foreseen"
    return "late" if loss.sights else "unseen"


def _link(kind: str, count: int, *, current: bool) -> Link:
    address = reverse("value_gaps") + (f"?seen={kind}" if kind else "")
    return Link(f"{gettext(KINDS[kind])} {count}", address, current)


def _candidates(
    scope: Scope, definitions: Definitions, every: Sequence[Loss]
) -> list[CandidateRow]:
    there = stand_there(scope)
    found = candidates((x.foreseen, x.arr, [Was(**was) for was in x.was]) for x in every)
    return [
        CandidateRow(
            place=_place(definitions, x.was),
            missed=x.missed,
            losses=x.losses,
            arr=x.arr if scope.revenue else None,
            there=there.get((x.was.journey, x.was.stage, x.was.colour), 0),
        )
        for x in found[:MOST_PLACES]
    ]


def _place(definitions: Definitions, was: Was) -> PlaceRow:
    journey = definitions.journeys.get(was.journey)
    plain = Label(en=was.stage, ja=was.stage)
    return PlaceRow(
        journey=journey_label(journey) if journey else Label(en=was.journey, ja=was.journey),
        stage=stage_label(journey, was.stage) if journey else plain,
        colour=was.colour,
        draft=f"{reverse('draft_new')}?{urlencode(vars(was))}",
    )


def _row(scope: Scope, definitions: Definitions, loss: Loss, called: Mapping[str, str]) -> LossRow:
    return LossRow(
        account=loss.account,
        outcome=outcome_label(definitions, loss.outcome),
        on=loss.on,
        owner=called.get(loss.owner, loss.owner),
        arr=loss.arr if scope.revenue else None,
        sights=[_sight(definitions, **x) for x in loss.sights],
        was=[_place(definitions, Was(**x)) for x in loss.was],
    )


def _sight(definitions: Definitions, *, rule: str, days_before: int, in_time: bool) -> SightRow:
    known = definitions.rules.get(rule)
    label = rule_label(known) if known else Label(en=rule, ja=rule)
    return SightRow(rule, label, known is not None, days_before, in_time)
