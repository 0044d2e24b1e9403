"""Writes episodes and what they tell: the one writer of `episode`, `alert` and `withheld`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from banso.core.definitions.assign import Assign
from banso.desk.models import Account, Alert, Episode, Withheld
from banso.desk.services.arms import Draw, Holdout, draw_arms
from banso.desk.services.early import Early
from banso.desk.services.turns import Opened, give

BATCH = 2_000


@dataclass(frozen=True)
class Opening:
    """A rule began to hold: one episode and its one alert, with the evidence of that day.

    assign: None where it is the owner's. holdout: None where the rule tells of everybody. reached:
    False where it is rolled out by stages and has not come to the account yet. The alert of an
    account that is held out, or not reached, is recorded as Withheld.
    """

    rule: str
    account: str
    journey: str
    opened_on: date
    priority: str
    label: Mapping[str, str]
    action: Mapping[str, str]
    why: Sequence[Mapping[str, object]]
    arr: Decimal | None
    holdout: Holdout | None = None
    reached: bool = True
    assign: Assign | None = None


@dataclass(frozen=True)
class Closing:
    rule: str
    account: str
    closed_on: date
    because: str


@dataclass(frozen=True)
class Version:
    """Of the definitions and the facts that something was decided from."""

    fingerprint: str
    generation: int


@dataclass(frozen=True)
class Recorded:
    """opened: alerts that are new. closed: episodes. taken_back: that were opened early; reopened:
    closed early."""

    opened: int
    closed: int
    taken_back: int
    reopened: int


def record_episodes(
    openings: Sequence[Opening],
    closings: Sequence[Closing],
    *,
    early: Early,
    version: Version,
    accounts: Mapping[str, Account],
) -> Recorded:
    """Close and open episodes, in bulk, those held out aside. accounts: by key, all named.

    On a day that is decided again an episode that began on it already is not opened twice; one that
    was opened early is the same episode, with the alert that it has. An episode that opens and
    closes within the days of one run is written once, closed.
    """
    fresh: list[tuple[Opening, Episode]] = []
    current: dict[tuple[str, str], Episode] = {}
    closed = 0
    known = _known(openings, besides=early.ids)
    new = [x for x in openings if (x.rule, x.account, x.opened_on) not in known]
    steps: list[Opening | Closing] = [*new, *closings]
    for step in sorted(steps, key=_order):
        if isinstance(step, Opening):
            current[step.rule, step.account] = _opened(step, early, accounts, fresh)
        elif (episode := current.pop((step.rule, step.account), None)) is not None:
            episode.closed_on, episode.closed_because = step.closed_on, step.because
            closed += 1
        else:
            closed += _close(step, accounts[step.account])
    taken_back = early.settle()
    Episode.objects.bulk_create([episode for _, episode in fresh], batch_size=BATCH)
    opened = _tell(fresh, version, accounts)
    return Recorded(opened, closed, taken_back, early.reopened)


def _opened(
    step: Opening,
    early: Early,
    accounts: Mapping[str, Account],
    fresh: list[tuple[Opening, Episode]],
) -> Episode:
    found = early.confirm(step.rule, step.account, journey=step.journey, opened_on=step.opened_on)
    if found is not None:
        return found
    episode = Episode(
        rule=step.rule,
        account=accounts[step.account],
        journey=step.journey,
        opened_on=step.opened_on,
    )
    fresh.append((step, episode))
    return episode


def _known(openings: Sequence[Opening], *, besides: Collection[int]) -> set[tuple[str, str, date]]:
    """Which of them are there already."""
    rows = Episode.objects.filter(opened_on__in={x.opened_on for x in openings})
    if besides:
        rows = rows.exclude(pk__in=besides)
    return set(rows.values_list("rule", "account__key", "opened_on"))


def _close(step: Closing, account: Account) -> int:
    """Also one that was closed early as of a later day."""
    open_then = Q(closed_on__isnull=True) | Q(closed_on__gt=step.closed_on)
    rows = Episode.objects.filter(
        open_then, rule=step.rule, account=account, opened_on__lte=step.closed_on
    )
    return rows.update(closed_on=step.closed_on, closed_because=step.because)


def _tell(
    fresh: Sequence[tuple[Opening, Episode]], version: Version, accounts: Mapping[str, Account]
) -> int:
    """The alert of each, to whom, or what it would have told; how many are told."""
    draws = [Draw(x.rule, x.account, x.opened_on, x.holdout) for x, _ in fresh if x.holdout]
    held = draw_arms(draws, accounts)
    given = give(
        [((x.rule, x.account, x.opened_on), x.assign) for x, _ in fresh if x.assign], accounts
    )
    kept = [x for x in fresh if not x[0].reached or (x[0].rule, x[0].account) in held]
    told = [x for x in fresh if x[0].reached and (x[0].rule, x[0].account) not in held]
    Withheld.objects.bulk_create(
        [
            Withheld(because="lot" if x[0].reached else "not_yet", **_frozen(version, *x))
            for x in kept
        ],
        batch_size=BATCH,
    )
    Alert.objects.bulk_create(
        [Alert(**_whose(*x, given), **_frozen(version, *x)) for x in told],
        batch_size=BATCH,
    )
    return len(told)


def _whose(
    opening: Opening, episode: Episode, given: Mapping[Opened, int]
) -> dict[str, int | None]:
    assignee = given.get((opening.rule, opening.account, opening.opened_on))
    return {"owner_id": assignee or episode.account.owner_id, "assignee_id": assignee}


def _order(step: Opening | Closing) -> tuple[date, bool, str, str]:
    """By day; on one day what closes comes before what opens."""
    opens = isinstance(step, Opening)
    day = step.opened_on if isinstance(step, Opening) else step.closed_on
    return day, opens, step.rule, step.account


def _frozen(version: Version, opening: Opening, episode: Episode) -> dict[str, Any]:
    """What an alert tells, or would have told, as of that moment."""
    return {
        "episode": episode,
        "priority": opening.priority,
        "label": dict(opening.label),
        "action": dict(opening.action),
        "why": [dict(x) for x in opening.why],
        "arr": opening.arr,
        "fingerprint": version.fingerprint,
        "generation": version.generation,
    }
