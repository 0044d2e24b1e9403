"""What members wrote down, as facts: metrics, segments and rules can ask when somebody last talked
to the customer."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from banso.core.events.fact import Fact
from banso.desk.queries.notes import Unsaid, unsaid_notes
from banso.desk.services.notes import mark_said
from banso.pipeline.outcome_facts import BATCH, SOURCE
from banso.store import Store


def tell_notes(store: Store, *, zone: str) -> int:
    """Send the notes that were not sent before; how many.

    A record `note_call`, `note_meeting`, `note_mail` or `note_other` at noon of its day. What was
    written is not sent: facts are kept for ever, and read by more people. After a kill the same
    facts are sent again, and stored once.
    """
    count = 0
    while rows := unsaid_notes(most=BATCH):
        facts = [_fact(x, ZoneInfo(zone)) for x in rows]
        store.accept(source=SOURCE, dataset="records", facts=facts)
        mark_said(x.number for x in rows)
        count += len(rows)
    return count


def _fact(row: Unsaid, zone: ZoneInfo) -> Fact:
    at = datetime.combine(row.on, time(12), tzinfo=zone).astimezone(UTC)
    return Fact(
        account=row.account,
        event=f"note_{row.kind}",
        time=int(at.timestamp()) * 1_000_000,
        message_id=f"note:{row.number}",
    )
