"""Writes what a live judgement says of some accounts, as of the coming midnight: through the same
writer of episodes and alerts as a run, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from banso.desk.database import may_record
from banso.desk.models import Account, Alert, LiveTurn
from banso.desk.queries.decided import last_decision
from banso.desk.services.early import Sure, set_aside
from banso.desk.services.episodes import Closing, Opening, Version, record_episodes
from banso.desk.services.outbox import tell_closed, tell_opened
from banso.desk.services.plays import ask_plays
from banso.desk.services.runs import told_now
from banso.desk.services.telling import Telling, tell_alerts


class OvertakenError(Exception):
    """A run has decided since these accounts were judged: judge them again."""


class BusyError(Exception):
    """A run is recording; that may take minutes, and facts are not to wait for it."""


@dataclass(frozen=True)
class LiveFindings:
    """today: the day that is not over. as_of: the next one. decided: id of the run that had decided
    last when they were judged. accounts: keys of all that were judged. sure: what is known for
    certain of them; of the rest nothing is said yet."""

    today: date
    as_of: date
    decided: int
    version: Version
    accounts: Sequence[str]
    openings: Sequence[Opening]
    closings: Sequence[Closing]
    sure: Sure


@transaction.atomic
def record_live(found: LiveFindings, telling: Telling) -> LiveTurn | None:
    """Open, confirm, close, and take back; None where nothing changed. Doing so again changes
    nothing. New alerts are told as after a run: within the weekly budget, on days on which alerts
    are told, with their channels and plays. OvertakenError, BusyError."""
    if not may_record():
        raise BusyError(found.as_of)
    last = last_decision()
    if last is None or last.pk != found.decided or last.as_of >= found.as_of:
        raise OvertakenError(found.as_of)
    accounts = Account.objects.in_bulk(list(found.accounts), field_name="key")
    ids = [x.pk for x in accounts.values()]
    early = set_aside(after=found.today, last=found.as_of, accounts=ids, sure=found.sure)
    recorded = record_episodes(
        found.openings,
        found.closings,
        early=early,
        version=found.version,
        accounts=accounts,
    )
    if recorded.opened:
        untold = list(Alert.objects.filter(told_on__isnull=True).values_list("pk", flat=True))
        tell_alerts(telling)
        news = told_now(untold)
        tell_opened(news, due=telling.due)
        ask_plays(news, telling.plays)
    if recorded.closed or recorded.taken_back:
        tell_closed(upto=found.today)
    changed = (recorded.opened, recorded.closed, recorded.taken_back, recorded.reopened)
    if not any(changed):
        return None
    return LiveTurn.objects.create(
        as_of=found.as_of,
        accounts=len(accounts),
        opened=recorded.opened,
        closed=recorded.closed,
        taken_back=recorded.taken_back,
        reopened=recorded.reopened,
        fingerprint=found.version.fingerprint,
        generation=found.version.generation,
    )
