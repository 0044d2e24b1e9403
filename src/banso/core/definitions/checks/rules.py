"""A rule can open (n of m days with n at most m), its alerts are somebody's, and what it says of
its proof can be kept."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft, Item
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.model import Rule
from banso.core.definitions.plays import Play
from banso.core.expressions import nearest
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    for item in draft.rules:
        held, _, days, _ = item.model.for_.split()
        if int(held) > int(days):
            message = worded("{held} of {days} days can never hold", held=held, days=days)
            yield item.mistake("for", message=message, suggestion=f"{days} of {held} days")
        yield from _holdout(item)
        yield from _assign(item)
        yield from rollout(draft, item)
        if item.model.rollout and item.model.duty_of_care:
            message = worded(
                "a rule with duty_of_care tells everybody at once; remove rollout or duty_of_care"
            )
            yield item.mistake("rollout", message=message)


def rollout(draft: Draft, item: Item[Rule] | Item[Play]) -> Iterator[Mistake]:
    """Of a rule or a play: segments that there are, each once, and something to judge it by."""
    tested = item.model
    if tested.rollout and tested.holdout is not None:
        message = worded("either a holdout or a rollout: each would blur what the other shows")
        yield item.mistake("rollout", message=message)
    elif tested.rollout and tested.outcome is None and tested.expect is None:
        message = worded("a rollout proves nothing without an outcome; add outcome or expect")
        yield item.mistake("rollout", message=message)
    known = {x.model.name for x in draft.segments} | set(draft.broken.get("segments", ()))
    for at, stage in enumerate(tested.rollout):
        if draft.whole and stage.segment not in known:
            message = worded("unknown segment {name!r}", name=stage.segment)
            meant = nearest(stage.segment, known)
            yield item.mistake("rollout", at, "segment", message=message, suggestion=meant)
        elif stage.segment in [x.segment for x in tested.rollout[:at]]:
            message = worded("the segment {name!r} is named twice", name=stage.segment)
            yield item.mistake("rollout", at, "segment", message=message)


def _holdout(item: Item[Rule]) -> Iterator[Mistake]:
    rule = item.model
    if rule.holdout is None:
        return
    if rule.duty_of_care:
        message = worded(
            "a rule with duty_of_care holds nobody out; remove holdout, or duty_of_care where an "
            "account may be left alone for a while"
        )
        yield item.mistake("holdout", message=message)
    elif rule.outcome is None and rule.expect is None:
        message = worded("a holdout proves nothing without an outcome; add outcome or expect")
        yield item.mistake("holdout", message=message)


def _assign(item: Item[Rule]) -> Iterator[Mistake]:
    assign = item.model.assign
    if assign is None:
        return
    said = [name for name in ("member", "in_turn", "team") if getattr(assign, name)]
    if len(said) != 1:
        message = worded("alerts are assigned by one of member, in_turn and team")
        yield item.mistake("assign", message=message)
    elif len(set(assign.in_turn)) < len(assign.in_turn):
        yield item.mistake("assign", "in_turn", message=worded("a member is named twice"))
