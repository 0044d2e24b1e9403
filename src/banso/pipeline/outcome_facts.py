"""What became of what was expected, as facts: metrics, segments and rules can count it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from banso.core.events.fact import Fact
from banso.desk.queries.judged import Settled, unsaid_of_alerts, unsaid_of_runs
from banso.desk.services.proof import mark_alerts_said, mark_runs_said
from banso.store import Store

SOURCE = "banso"
BATCH = 5_000


class Unsaid(Protocol):
    def __call__(self, *, most: int) -> list[Settled]: ...


@dataclass(frozen=True)
class Kind:
    """event: of its records, before what came of it, and of their ids. feature, since: what the
    properties call its name and the day."""

    event: str
    feature: str
    since: str
    unsaid: Unsaid
    said: Callable[[Sequence[int]], None]


KINDS = (
    Kind("expectation", "rule", "opened_on", unsaid_of_alerts, mark_alerts_said),
    Kind("play_expectation", "play", "began_on", unsaid_of_runs, mark_runs_said),
)


def tell_outcomes(store: Store, *, zone: str) -> int:
    """Send what has been settled of told alerts and of runs of plays and was not sent before; how
    many.

    A record `expectation_reached` or `expectation_not_reached`, whose feature is the rule
    (`play_expectation_reached`, `play_expectation_not_reached`: the play), at the beginning of the
    day as of which it was settled: it counts from the next day on, so no number of that day
    changes. Of accounts held out nothing is sent, as every reader of facts would learn who they
    are; of what nobody can say neither. After a kill the same facts are sent again, and stored
    once.
    """
    return sum(_tell(store, kind, ZoneInfo(zone)) for kind in KINDS)


def _tell(store: Store, kind: Kind, zone: ZoneInfo) -> int:
    count = 0
    while rows := kind.unsaid(most=BATCH):
        facts = [_fact(kind, x, zone) for x in rows]
        store.accept(source=SOURCE, dataset="records", facts=facts)
        kind.said([x.number for x in rows])
        count += len(rows)
    return count


def _fact(kind: Kind, row: Settled, zone: ZoneInfo) -> Fact:
    at = datetime.combine(row.settled_on, time.min, tzinfo=zone).astimezone(UTC)
    told = {kind.since: str(row.since), kind.feature: row.name}
    return Fact(
        account=row.account,
        event=f"{kind.event}_{row.came}",
        feature=row.name,
        time=int(at.timestamp()) * 1_000_000,
        message_id=f"{kind.event}:{row.number}",
        properties=json.dumps(told, sort_keys=True, separators=(",", ":")),
    )
