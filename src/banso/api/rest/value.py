"""What came of what was done, and whether it was us."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.http import HttpRequest
from ninja import Query, Router
from ninja.errors import HttpError

from banso.api.rest.door import READ, Caller, caller
from banso.api.rest.value_shapes import (
    AfterItem,
    Board,
    BoardAsked,
    DominoItem,
    EffectItem,
    Expectations,
    HeldBackItem,
    HeldBackRule,
    HeldItem,
    LostItem,
    OrderItem,
    Pace,
    Review,
    ReviewedItem,
    RuleValue,
    UnseenItem,
    WhyItem,
)
from banso.core.definitions.model import Rule
from banso.core.plays.in_words import play_label
from banso.core.value.dominoes import By, Dominoes, Fallen, Key, Wish
from banso.core.value.dominoes import Pace as PaceOf
from banso.core.value.told import After, Order
from banso.desk.models import Effect
from banso.desk.queries.judged import expected_of_plays
from banso.desk.queries.members import handles_by_number
from banso.desk.queries.proof import (
    Outcomes,
    arm_sizes,
    effects_of,
    effects_of_plays,
    play_arm_sizes,
    proven,
    proven_plays,
)
from banso.desk.queries.value_figures import Figures
from banso.pipeline.review import Lost, review
from banso.pipeline.value_figures import counted

router = Router(tags=["value"])
RECENT = timedelta(days=90)
NONE = Outcomes({}, {})


@router.get("value", auth=READ, response=list[RuleValue], operation_id="list_values")
def list_values(request: HttpRequest) -> list[RuleValue]:
    """What each rule changes, and each play that was entered or holds accounts out, with the grade
    of the proof, as kept by the last `banso prove`. Effects are of all accounts; alerts are counted
    in the member's."""
    seen = caller(request)
    if seen.definitions is None or seen.run is None:
        return []
    drawn = arm_sizes(seen.scope)
    expected = counted(seen.scope, seen.definitions, as_of=seen.run.as_of).outcomes()
    effects: dict[str, list[Effect]] = {}
    for x in effects_of():
        effects.setdefault(x.rule, []).append(x)
    rules = [
        _rule(
            x,
            drawn.get(name, (0, 0)) if seen.scope.operates else None,
            expected.get(name, NONE),
            effects.get(name, []),
        )
        for name, x in seen.definitions.rules.items()
    ]
    return [*rules, *_plays(seen)]


@router.get("value/board", auth=READ, response=Board, operation_id="read_board")
def read_board(request: HttpRequest, asked: Query[BoardAsked]) -> Board:
    """How far the member's accounts have come over the six dominoes."""
    seen = caller(request)
    if seen.definitions is None or seen.run is None:
        raise HttpError(404, "nothing has been computed yet")
    as_of = seen.run.as_of
    counting = counted(seen.scope, seen.definitions, as_of=as_of, since=asked.since)
    until = asked.until or counting.figures.as_of
    wish = Wish(
        since=asked.since or until - RECENT + timedelta(days=1),
        until=until,
        rule=asked.rule,
        play=asked.play,
        segment=asked.segment,
        proven=proven(),
        proven_plays=proven_plays(),
    )
    dominoes = counting.dominoes(wish)
    found = dominoes.pace()
    return Board(
        since=wish.since,
        until=wish.until,
        held=_held(counting.figures),
        total=DominoItem(**vars(dominoes.fallen()), pace=None),
        pace=_pace(found),
        rules=_parts(dominoes, "rule"),
        plays=_parts(dominoes, "play"),
        owners=_parts(dominoes, "owner", names=handles_by_number()),
        segments=_parts(dominoes, "segment"),
        months=_parts(dominoes, "month"),
    )


def _held(figures: Figures) -> HeldItem:
    return HeldItem(as_of=figures.as_of, read_at=figures.made_at, definitions=figures.fingerprint)


@router.get("value/review", auth=READ, response=Review, operation_id="read_review")
def read_review(request: HttpRequest) -> Review:
    """Which rules and plays to keep, to watch, to retire, and why; losses that no rule saw; what
    the weekly budget held back and what came after it. Of the member's accounts; effects and
    replays are of all."""
    seen = caller(request)
    if seen.definitions is None or seen.run is None:
        raise HttpError(404, "nothing has been computed yet")
    found = review(seen.scope, seen.definitions, as_of=seen.run.as_of)
    return Review(
        until=found.until,
        held=_held(found.counting.figures),
        rules=[
            ReviewedItem(
                kind=x.kind,
                rule=x.name,
                where=x.where,
                flagged=x.flagged,
                acted=x.acted,
                precision=x.replayed.precision if x.replayed else None,
                why=[WhyItem(**vars(y)) for y in x.why],
            )
            for x in (*found.rules, *found.plays)
        ],
        lost=_lost(found.lost) if found.lost else None,
        held_back=[
            HeldBackItem(
                month=f"{x.month:%Y-%m}", held_back=_after(x.held_back), told=_after(x.told)
            )
            for x in found.held_back
        ],
        held_back_of_rules=[
            HeldBackRule(rule=x.rule, held_back=_after(x.held_back), told=_after(x.told))
            for x in found.held_back_of_rules
        ],
        order=_order(found.order),
    )


def _order(found: Order) -> OrderItem:
    both = {"held_back": _after(found.held_back), "told": _after(found.told)}
    return OrderItem(**(vars(found) | both))


def _lost(found: Lost) -> LostItem:
    unseen = [UnseenItem(account=x.account.key, outcome=x.outcome, on=x.on) for x in found.unseen]
    return LostItem(foreseen=found.foreseen, late=found.late, unseen=unseen)


def _after(found: After) -> AfterItem:
    return AfterItem(**vars(found))


def _parts(
    dominoes: Dominoes, by: By, *, names: Mapping[int, str] | None = None
) -> dict[str, DominoItem]:
    def name(key: Key) -> str:
        if names is not None:
            return names.get(int(str(key)), "")
        return f"{key:%Y-%m}" if isinstance(key, date) else str(key)

    paces = dominoes.paces(by)
    return {name(key): _part(x, paces[key]) for key, x in dominoes.by(by).items()}


def _part(found: Fallen, paced: PaceOf) -> DominoItem:
    whole = {"accounts": None, "measured": None}
    return DominoItem(**(vars(found) | whole), pace=_pace(paced))


def _pace(found: PaceOf) -> Pace:
    return Pace(**vars(found), slowest=found.slowest)


def _plays(seen: Caller) -> list[RuleValue]:
    kept, sizes = effects_of_plays(), play_arm_sizes(seen.scope) if seen.scope.operates else None
    came = expected_of_plays(seen.scope)
    return [
        RuleValue(
            kind="play",
            rule=name,
            label=dict(play_label(x, name)),
            holdout=x.holdout,
            told=sizes.get(name, (0, 0))[0] if sizes is not None else None,
            held_out=sizes.get(name, (0, 0))[1] if sizes is not None else None,
            expected=Expectations(**came.get(name, {})) if x.expect else None,
            effects=[_effect(y) for y in kept.get(name, ())],
        )
        for name, x in (seen.definitions.plays if seen.definitions else {}).items()
        if x.holdout is not None or name in kept
    ]


def _effect(kept: Effect) -> EffectItem:
    return EffectItem(
        target=kept.target or None,
        grade=kept.grade,
        verdict=kept.verdict,
        value=kept.value,
        low=kept.low,
        high=kept.high,
        details=kept.told,
    )


def _rule(
    rule: Rule, sizes: tuple[int, int] | None, expected: Outcomes, effects: list[Effect]
) -> RuleValue:
    return RuleValue(
        kind="rule",
        rule=rule.name,
        label=rule.label.model_dump() if rule.label else {"en": rule.name, "ja": rule.name},
        holdout=rule.holdout,
        told=sizes[0] if sizes else None,
        held_out=sizes[1] if sizes else None,
        expected=Expectations(**expected.told) if rule.expect else None,
        effects=[_effect(x) for x in effects],
    )
