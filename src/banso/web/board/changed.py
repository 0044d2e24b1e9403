"""What has changed on a journey, in words: of whom, from what to what, because of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Journey
from banso.core.definitions.money import is_money
from banso.core.unmeasured import Reason
from banso.desk.queries.board import ChangedAccount, Direction, Part
from banso.desk.queries.restatements import Restatement
from banso.pipeline.one_account import Told
from banso.web.account360.labels import stage_label
from banso.web.tags import text
from banso.web.why.values import Shown, shown

REASONS = 3
"""So many of the parts are told; the account's page has all."""

ICONS: Mapping[Direction, str] = {
    Direction.WORSE: "trending-down",
    Direction.STAGE_BACK: "arrow-down",
    Direction.LEFT: "logout",
    Direction.UNMEASURED: "circle-dashed",
    Direction.RESTATED: "history",
    Direction.JOINED: "login",
    Direction.STAGE_UP: "stairs-up",
    Direction.BETTER: "trending-up",
}


@dataclass(frozen=True)
class Side:
    """A colour, or a stage in words; both empty off the journey."""

    colour: str
    stage: str


@dataclass(frozen=True)
class Move:
    direction: Direction
    before: Side
    after: Side


@dataclass(frozen=True)
class Because:
    """One part of the difference. before, after: the metric's numbers, empty where there are none
    to show. said: what kind of change it was, empty where numbers changed. address: of their why
    on that day."""

    label: str
    amount: float
    before: str
    after: str
    said: str
    address: str


@dataclass(frozen=True)
class Item:
    """What became of one account on one day. difference: of the scores, None where one is missing.
    restated: why what had been shown is seen otherwise, empty where it really changed."""

    name: str
    address: str
    owner: str
    as_of: date
    moves: Sequence[Move]
    score_before: float | None
    score_after: float | None
    difference: float | None
    because: Sequence[Because]
    restated: str


def direction_words() -> Mapping[Direction, str]:
    return {
        Direction.WORSE: gettext("Got worse"),
        Direction.STAGE_BACK: gettext("Fell back a stage"),
        Direction.LEFT: gettext("Left the journey"),
        Direction.UNMEASURED: gettext("Became unmeasured"),
        Direction.RESTATED: gettext("Restated"),
        Direction.JOINED: gettext("Joined the journey"),
        Direction.STAGE_UP: gettext("Reached a stage"),
        Direction.BETTER: gettext("Got better"),
    }


def items(
    changes: Sequence[ChangedAccount],
    told: Sequence[Restatement],
    *,
    definitions: Definitions,
    journey: Journey,
    revenue: bool,
) -> Sequence[Item]:
    """Stage and colour that changed on one day are one item, where the first of them stood. told:
    why what changed by restatement did so, by day."""
    reasons = {x.as_of: restated_words(x) for x in reversed(told)}
    together: dict[tuple[int, date, str], list[ChangedAccount]] = {}
    for change in changes:
        restated = reasons.get(change.as_of, "") if change.direction is Direction.RESTATED else ""
        together.setdefault((change.account, change.as_of, restated), []).append(change)
    return [
        Item(
            name=same[0].name,
            address=reverse("account", args=[account]),
            owner=same[0].owner or "",
            as_of=as_of,
            moves=[_move(x, journey) for x in same],
            score_before=same[0].score_before,
            score_after=same[0].score_after,
            difference=_difference(same[0]),
            because=[
                _because(part, change=same[0], definitions=definitions, revenue=revenue)
                for part in same[0].parts[:REASONS]
            ],
            restated=restated,
        )
        for (account, as_of, restated), same in together.items()
    ]


def restated_words(told: Restatement) -> str:
    if told.definitions and told.facts:
        return gettext("Definitions changed, and facts came late")
    if told.definitions:
        return gettext("Definitions changed")
    if told.facts:
        return gettext("Facts came late")
    return gettext("Seen otherwise now")


def _move(change: ChangedAccount, journey: Journey) -> Move:
    before, after = (_side(journey, change.what, x) for x in (change.before, change.after))
    return Move(change.direction, before, after)


def _side(journey: Journey, what: str, value: str) -> Side:
    if what == "colour":
        return Side(colour=value, stage="")
    return Side(colour="", stage=text(stage_label(journey, value)) if value else "")


def _difference(change: ChangedAccount) -> float | None:
    if change.score_before is None or change.score_after is None:
        return None
    return change.score_after - change.score_before


def _because(
    part: Part, *, change: ChangedAccount, definitions: Definitions, revenue: bool
) -> Because:
    known = part.metric in definitions.metrics
    values = [_value(x, part, definitions, revenue) for x in (part.before, part.after)]
    address = reverse("why", args=[change.account, part.metric]) if known else ""
    return Because(
        label=text(part.label),
        amount=part.amount,
        before=values[0],
        after=values[1],
        said=_kind_words().get(part.kind, ""),
        address=f"{address}?as_of={change.as_of}" if known else "",
    )


def _kind_words() -> Mapping[str, str]:
    return {
        "weight": gettext("Its weight changed"),
        "threshold": gettext("Its thresholds changed"),
        "became_unmeasured": gettext("No longer measured"),
        "became_measured": gettext("Measured now"),
        "stage": gettext("The stage changed"),
        "definition": gettext("The definitions changed"),
    }


def _value(value: float | None, part: Part, definitions: Definitions, revenue: bool) -> str:
    """In the metric's unit; of a condition without one whether it held; empty for nothing."""
    if value is None:
        return ""
    if part.metric is None:
        return gettext("holds") if value == 1 else gettext("does not hold")
    if part.metric not in definitions.metrics:
        return ""
    hidden = not revenue and is_money(definitions, part.metric)
    return _joined(shown(definitions, part.metric, Told(value, Reason.MEASURED), hidden=hidden))


def _joined(found: Shown) -> str:
    if not found.unit:
        return found.text
    return gettext("%(number)s %(unit)s") % {"number": found.text, "unit": found.unit}
