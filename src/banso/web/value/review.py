"""The monthly review, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label, Rule
from banso.core.definitions.plays import Play
from banso.core.value.dominoes import Fallen
from banso.core.value.told import Order
from banso.desk.models import Account, Backtest, Run
from banso.desk.queries.scope import Scope
from banso.pipeline import review as reviews
from banso.pipeline.held_back import Month, OfRule
from banso.pipeline.review import Where, Why
from banso.web.definitions.places import outcome_label, play_label, rule_label
from banso.web.tags import number, percent
from banso.web.value.came import CameTrue, came_true
from banso.web.value.page import Held, Reading, held, month_word
from banso.web.value.words import points

MOST_UNSEEN = 50


@dataclass(frozen=True)
class Reviewed:
    """See pipeline.review. came: see RuleRow and PlayRow. why: sentences."""

    kind: Literal["rule", "play"]
    name: str
    label: Label
    came: CameTrue
    flagged: int
    acted: int
    replayed: Backtest | None
    why: Sequence[str]


@dataclass(frozen=True)
class Unseen:
    account: Account
    outcome: Label
    on: date


@dataclass(frozen=True)
class Lost:
    """unseen: losses that no rule saw, the newest first; more: how many are not shown."""

    foreseen: int
    late: int
    unseen: Sequence[Unseen]
    more: int

    @property
    def none(self) -> int:
        return len(self.unseen) + self.more

    @property
    def every(self) -> int:
        return self.foreseen + self.late + self.none


@dataclass(frozen=True)
class Review:
    """unused: what no account was in; in none of the lists. total: of the last 90 days. lost: None:
    nobody knows. months: with their names, only those with any alert; none where nothing was held
    back. rules: of which any alert was held back. order: whether that was right."""

    held: Held
    retire: Sequence[Reviewed]
    watch: Sequence[Reviewed]
    keep: Sequence[Reviewed]
    unused: Sequence[Reviewed]
    total: Fallen
    lost: Lost | None
    months: Sequence[tuple[str, Month]]
    rules: Sequence[tuple[Label, OfRule]]
    order: str


def review(scope: Scope, definitions: Definitions, run: Run) -> Review:
    found = reviews.review(scope, definitions, as_of=run.as_of)
    reading = Reading(scope, definitions, run, found.counting, {})
    rules = {x.name: rule_label(x) for x in definitions.rules.values()}
    plays = {x.name: play_label(x) for x in definitions.plays.values()}
    lists: dict[Where, list[Reviewed]] = {"retire": [], "watch": [], "keep": []}
    unused: list[Reviewed] = []
    for x in (*found.rules, *found.plays):
        into = unused if x.why[0].code == "not_used" else lists[x.where]
        into.append(
            Reviewed(
                kind=x.kind,
                name=x.name,
                label=(rules if x.kind == "rule" else plays)[x.name],
                came=came_true(_of(definitions, x).expect, x.came),
                flagged=x.flagged,
                acted=x.acted,
                replayed=x.replayed,
                why=[_sentence(why, x.kind) for why in x.why],
            )
        )
    held_any = found.order.verdict != "nothing"
    months = [x for x in found.held_back if held_any and (x.held_back.alerts or x.told.alerts)]
    return Review(
        **lists,
        unused=unused,
        held=held(definitions, run, found.counting),
        total=found.total,
        lost=_lost(reading, found.lost) if found.lost else None,
        months=[(month_word(x.month), x) for x in months],
        rules=[
            (rules.get(x.rule, Label(en=x.rule, ja=x.rule)), x) for x in found.held_back_of_rules
        ],
        order=_order(found.order),
    )


def _of(definitions: Definitions, found: reviews.Reviewed) -> Rule | Play:
    return (definitions.rules if found.kind == "rule" else definitions.plays)[found.name]


def _order(found: Order) -> str:
    held, told = found.held_back, found.told
    words: Mapping[str, str] = {
        "nothing": gettext("Nothing was held back in these fifteen months."),
        "too_little": gettext(
            "%(n)s alerts were held back; of %(judged)s it is known what came after them: too few "
            "to say whether that was right."
        ),
        "less_right": gettext(
            "%(n)s alerts were held back. Of those judged %(share)s were right, of those told "
            "%(told)s (%(low)s to %(high)s points): those were told first that mattered. %(right)s "
            "right ones were not told in time; a higher limit would have told them."
        ),
        "more_right": gettext(
            "%(n)s alerts were held back. Of those judged %(share)s were right, of those told only "
            "%(told)s (%(low)s to %(high)s points): the order is wrong. %(right)s right ones were "
            "not told in time; look at the priorities of the rules below, or raise the limit."
        ),
        "alike": gettext(
            "%(n)s alerts were held back. Of those judged %(share)s were right, of those told "
            "%(told)s (%(low)s to %(high)s points): the order is not seen to be better than "
            "chance. %(right)s right ones were not told in time; a higher limit would have told "
            "them."
        ),
    }
    said = {
        "n": number(held.alerts),
        "judged": number(held.judged),
        "right": number(held.right),
        "share": percent(held.share),
        "told": percent(told.share),
        "low": points(found.low or 0),
        "high": points(found.high or 0),
    }
    return words[found.verdict] % said


def _lost(reading: Reading, found: reviews.Lost) -> Lost:
    unseen = [
        Unseen(x.account, outcome_label(reading.definitions, x.outcome), x.on)
        for x in found.unseen[:MOST_UNSEEN]
    ]
    return Lost(found.foreseen, found.late, unseen, max(len(found.unseen) - MOST_UNSEEN, 0))


def _sentence(why: Why, kind: str) -> str:
    words: Mapping[str, str] = {
        "did_worse": gettext("Accounts that were told did worse than those held out."),
        "no_effect": gettext("No effect: %(n)s accounts by lot, and no difference is seen."),
        "seldom_right": gettext("Only %(share)s of its alerts were followed by the outcome."),
        "nobody_acted": gettext(
            "Nobody has acted on it: %(n)s accounts flagged in 90 days. That says nothing about "
            "the rule yet: ask first whether its action can be done, and by whom."
        ),
        "did_better": gettext("Proven by holdout: accounts that were told did better."),
        "often_right": gettext("%(share)s of its alerts were followed by the outcome."),
        "not_used": gettext("No account in 90 days."),
        "too_little": gettext("Too little is known to say either."),
        "came_true": gettext("What was expected came true for %(share)s (that alone is no proof)."),
    }
    of_plays: Mapping[str, str] = {
        "did_worse": gettext("Accounts that entered did worse than those held out."),
        "nobody_acted": gettext("Nobody has done any of its tasks: %(n)s accounts in 90 days."),
        "did_better": gettext("Proven by holdout: accounts that entered did better."),
    }
    said = {"share": percent(why.number), "n": number(why.number)}
    pattern = of_plays.get(why.code, words[why.code]) if kind == "play" else words[why.code]
    return pattern % said
