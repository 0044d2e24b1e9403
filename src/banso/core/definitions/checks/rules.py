"""A rule can open (n of m days with n at most m), its alerts are somebody's, and what it says of
its proof can be kept."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft, Item
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.model import Rule
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    for item in draft.rules:
        held, _, days, _ = item.model.for_.split()
        if int(held) > int(days):
            message = worded("{held} of {days} days can never hold", held=held, days=days)
            yield item.mistake("for", message=message, suggestion=f"{days} of {held} days")
        yield from _holdout(item)
        yield from _assign(item)


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
