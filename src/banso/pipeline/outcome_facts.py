"""What became of what was expected, as facts: metrics, segments and rules can count it."""

import json
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from banso.core.events.fact import Fact
from banso.desk.queries.proof import Settled, settled_unsaid
from banso.desk.services.proof import mark_said
from banso.store import Store

SOURCE = "banso"
BATCH = 5_000


def tell_outcomes(store: Store, *, zone: str) -> int:
    """Send what has been settled of told alerts and was not sent before; how many.

    A record `expectation_reached` or `expectation_not_reached`, whose feature is the rule, at the
    beginning of the day as of which it was settled: it counts from the next day on, so no number
    of that day changes. Of accounts held out nothing is sent, as every reader of facts would learn
    who they are; of what nobody can say neither. After a kill the same facts are sent again, and
    stored once.
    """
    count = 0
    while rows := settled_unsaid(most=BATCH):
        facts = [_fact(x, ZoneInfo(zone)) for x in rows]
        store.accept(source=SOURCE, dataset="records", facts=facts)
        mark_said([x.episode for x in rows])
        count += len(rows)
    return count


def _fact(row: Settled, zone: ZoneInfo) -> Fact:
    at = datetime.combine(row.settled_on, time.min, tzinfo=zone).astimezone(UTC)
    told = {"opened_on": str(row.opened_on), "rule": row.rule}
    return Fact(
        account=row.account,
        event=f"expectation_{row.came}",
        feature=row.rule,
        time=int(at.timestamp()) * 1_000_000,
        message_id=f"expectation:{row.episode}",
        properties=json.dumps(told, sort_keys=True, separators=(",", ":")),
    )
