"""The monthly review: which rules to keep, to look at, to retire, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext

from banso.desk.models import Backtest
from banso.desk.queries.backtests import judged_backtests
from banso.desk.queries.dominoes import Fallen, Wish, fallen, fallen_by
from banso.web.forms.value import RECENT
from banso.web.tags import number, percent
from banso.web.value.page import Reading, RuleRow, rule_rows
from banso.web.value.words import share_of

LOW_PRECISION = 0.2
"""Where even the upper end of the interval lies below it, a rule is more often wrong than four in
five times."""
ENOUGH_TOLD = 10
"""Accounts flagged in 90 days before one says that nobody ever acts on a rule."""


@dataclass(frozen=True)
class Reviewed:
    """why: sentences; flagged, acted: accounts of the last 90 days. replayed: None where the rule
    has no outcome, or has not been replayed yet."""

    rule: RuleRow
    flagged: int
    acted: int
    replayed: Backtest | None
    why: Sequence[str]


@dataclass(frozen=True)
class Review:
    """total: of the last 90 days."""

    retire: Sequence[Reviewed]
    watch: Sequence[Reviewed]
    keep: Sequence[Reviewed]
    total: Fallen


def review(reading: Reading) -> Review:
    until = reading.run.as_of
    zone = reading.definitions.organisation.time_zone
    wish = Wish(until - RECENT + timedelta(days=1), until, zone=zone)
    found = fallen_by(reading.scope, wish, "rule")
    replays = judged_backtests(reading.definitions.rules)
    lists: dict[str, list[Reviewed]] = {"retire": [], "watch": [], "keep": []}
    for row in rule_rows(reading):
        judged = replays.get(row.name)
        told = found.get(row.name, Fallen())
        bad, good = list(_against(row, told, judged)), list(_for(row, judged))
        # somebody must be told what a duty of care is about, whatever the figures say
        where = "keep" if good and not bad else "watch" if good or not bad or row.duty else "retire"
        why = [*bad, *good] or [gettext("Too little is known to say either.")]
        why += _beside(row)
        lists[where].append(Reviewed(row, told.flagged, told.acted, judged, why))
    return Review(**lists, total=fallen(reading.scope, wish))


def _against(row: RuleRow, told: Fallen, judged: Backtest | None) -> Iterator[str]:
    verdicts = [x.verdict_code for x in row.effects if x.grade == "A"]
    if "harms" in verdicts:
        yield gettext("Accounts that were told did worse than those held out.")
    if judged is not None and judged.high is not None and judged.high < LOW_PRECISION:
        said = {"share": percent(judged.precision)}
        yield gettext("Only %(share)s of its alerts were followed by the outcome.") % said
    if told.flagged >= ENOUGH_TOLD and not told.acted:
        said = {"n": number(told.flagged)}
        yield gettext("Nobody has acted on it: %(n)s accounts flagged in 90 days.") % said


def _for(row: RuleRow, judged: Backtest | None) -> Iterator[str]:
    verdicts = [x.verdict_code for x in row.effects if x.grade == "A"]
    if "helps" in verdicts:
        yield gettext("Proven by holdout: accounts that were told did better.")
    if judged is not None and judged.low is not None and judged.low >= LOW_PRECISION:
        said = {"share": percent(judged.precision)}
        yield gettext("%(share)s of its alerts were followed by the outcome.") % said


def _beside(row: RuleRow) -> Iterator[str]:
    """What decides nothing, but belongs to the talk."""
    if row.settled >= ENOUGH_TOLD:
        said = {"share": share_of(row.reached, row.settled)}
        yield gettext("What was expected came true for %(share)s (that alone is no proof).") % said
