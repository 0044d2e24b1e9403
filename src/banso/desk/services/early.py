"""What was said live of days that no run had decided yet, and what becomes of it when they are
judged again: confirmed, moved to its right day, or taken back. Within the caller's transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import F

from banso.desk.models import Episode
from banso.desk.models.episode import CLEARED, TAKEN_BACK

BATCH = 2_000
Place = tuple[str, str]
"""Rule and account key."""


@dataclass(frozen=True)
class Sure:
    """Places of which a live judgement knows that the rule holds, or does not, as of its day."""

    holds: frozenset[Place]
    fails: frozenset[Place]


class Said(NamedTuple):
    journey: str
    opened_on: date
    closed_on: date | None
    closed_because: str


FIELDS = Said._fields


def _said(one: Episode) -> Said:
    return Said(one.journey, one.opened_on, one.closed_on, one.closed_because)


def _open_again(numbers: Iterable[int]) -> int:
    rows = Episode.objects.filter(pk__in=list(numbers))
    return rows.update(closed_on=None, closed_because="")


@dataclass
class Early:
    """last: the day that is decided now. sure: None where a run decides: it knows of all."""

    last: date
    sure: Sure | None
    _waiting: dict[Place, list[Episode]] = field(default_factory=lambda: defaultdict(list))
    _confirmed: list[Episode] = field(default_factory=list)
    _before: dict[int, "Said"] = field(default_factory=dict)
    reopened: int = 0

    @property
    def ids(self) -> list[int]:
        """Of the episodes that were opened early."""
        waiting = [x.pk for rows in self._waiting.values() for x in rows]
        return [*waiting, *(x.pk for x in self._confirmed)]

    def put_aside(self, one: Episode) -> None:
        self._waiting[one.rule, one.account.key].append(one)
        self._before[one.pk] = _said(one)

    def confirm(self, rule: str, account: str, *, journey: str, opened_on: date) -> Episode | None:
        """The episode that was opened early and is this one, open as of that day; None: there is
        none. What becomes of it after that day is for the caller to write into it."""
        rows = self._waiting.get((rule, account), [])
        same = [x for x in rows if x.opened_on == opened_on]
        found = next(iter([*same, *(x for x in rows if x.closed_because != TAKEN_BACK)]), None)
        if found is None:
            return None
        rows.remove(found)
        self._confirmed.append(found)
        found.journey, found.opened_on = journey, opened_on
        if found.closed_on is not None and (
            found.closed_because == TAKEN_BACK or found.closed_on <= self.last
        ):
            found.closed_on, found.closed_because = None, ""
        return found

    def settle(self) -> int:
        """Write what was confirmed, take back what was not; how many were taken back now."""
        changed = [x for x in self._confirmed if _said(x) != self._before[x.pk]]
        again = [x for x in changed if self._before[x.pk].closed_on and x.closed_on is None]
        self.reopened += len(again)
        Episode.objects.bulk_update(changed, FIELDS, batch_size=BATCH)
        same = [x.pk for x in self._confirmed if _said(x) == self._before[x.pk]]
        _open_again(x for x in same if self._before[x].closed_on is None)
        left = [x for rows in self._waiting.values() for x in rows if x.closed_on is None]
        stays = [x for x in left if not self._gone(x)]
        taken = set(
            Episode.objects.filter(
                closed_on__isnull=True, account__in={x.account_id for x in stays}
            ).values_list("rule", "account")
        )
        kept = [x.pk for x in stays if (x.rule, x.account_id) not in taken]
        _open_again(kept)
        return len(left) - len(kept)

    def _gone(self, episode: Episode) -> bool:
        if self.sure is None:
            return episode.opened_on <= self.last
        return (episode.rule, episode.account.key) in self.sure.fails


def set_aside(
    *, after: date | None, last: date, accounts: Collection[int] | None, sure: Sure | None
) -> Early:
    """Put away what was said early, so that the days after `after`, up to `last`, can be decided as
    if nothing had been said. after: the day decided last, None: none was. accounts: desk ids, None:
    all."""
    early = Early(last, sure)
    if after is None:
        return early
    every = Episode.objects.all()
    mine = every if accounts is None else every.filter(account__in=accounts)
    opened = mine.filter(opened_on__gt=after)
    for one in opened.select_related("account").order_by("opened_on"):
        early.put_aside(one)
    # one episode of a place is open at most: they make room
    opened.filter(closed_on__isnull=True).update(
        closed_on=F("opened_on"), closed_because=TAKEN_BACK
    )
    closed = mine.filter(
        opened_on__lte=after, closed_on__gt=after, closed_on__lte=last, closed_because=CLEARED
    )
    early.reopened = _reopen(closed.select_related("account"), sure)
    return early


def _reopen(closed: Collection[Episode], sure: Sure | None) -> int:
    """Those that a run will close again, or that hold after all."""
    rows: Sequence[Episode] = list(closed)
    return _open_again(x.pk for x in rows if sure is None or (x.rule, x.account.key) in sure.holds)
