"""The monthly review, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from banso.desk.models import Backtest
from banso.desk.queries.dominoes import Fallen
from banso.pipeline import review as reviews
from banso.pipeline.held_back import Month
from banso.pipeline.review import Where, Why
from banso.web.tags import number, percent
from banso.web.value.page import Reading, RuleRow, month_word, rule_rows


@dataclass(frozen=True)
class Reviewed:
    """See pipeline.review; why: sentences."""

    rule: RuleRow
    flagged: int
    acted: int
    replayed: Backtest | None
    why: Sequence[str]


@dataclass(frozen=True)
class Review:
    """total: of the last 90 days. months: with their names, only those with any alert."""

    retire: Sequence[Reviewed]
    watch: Sequence[Reviewed]
    keep: Sequence[Reviewed]
    total: Fallen
    months: Sequence[tuple[str, Month]]


def review(reading: Reading) -> Review:
    found = reviews.review(reading.scope, reading.definitions, as_of=reading.run.as_of)
    rows = {x.name: x for x in rule_rows(reading)}
    lists: dict[Where, list[Reviewed]] = {"retire": [], "watch": [], "keep": []}
    for x in found.rules:
        told = [_sentence(why) for why in x.why]
        lists[x.where].append(Reviewed(rows[x.rule], x.flagged, x.acted, x.replayed, told))
    months = [x for x in found.held_back if x.held_back.alerts or x.told.alerts]
    return Review(**lists, total=found.total, months=[(month_word(x.month), x) for x in months])


def _sentence(why: Why) -> str:
    words: Mapping[str, str] = {
        "did_worse": gettext("Accounts that were told did worse than those held out."),
        "seldom_right": gettext("Only %(share)s of its alerts were followed by the outcome."),
        "nobody_acted": gettext("Nobody has acted on it: %(n)s accounts flagged in 90 days."),
        "did_better": gettext("Proven by holdout: accounts that were told did better."),
        "often_right": gettext("%(share)s of its alerts were followed by the outcome."),
        "too_little": gettext("Too little is known to say either."),
        "came_true": gettext("What was expected came true for %(share)s (that alone is no proof)."),
    }
    said = {"share": percent(why.number), "n": number(why.number)}
    return words[why.code] % said
