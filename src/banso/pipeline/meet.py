"""What identify calls have said of users becomes contacts of their accounts."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from banso.core.definitions import Definitions
from banso.core.definitions.model import Tracking
from banso.core.events.traits import person_traits
from banso.desk.services.introduced import Introduced, save_introduced
from banso.store import Store
from banso.store.introductions import Met, let_wait, mark_applied, to_meet

PORTION = 2_000


def meet_contacts(store: Store, definitions: Definitions | None) -> int:
    """Save what has not been saved yet; how many calls there were. Applying a call twice changes
    nothing the second time. A call waits where its user's account is not known."""
    sources = definitions.sources if definitions else {}
    zone = ZoneInfo(definitions.organisation.time_zone if definitions else "UTC")
    tracking = {name: x.tracking for name, x in sources.items() if x.tracking is not None}
    done = 0
    while met := to_meet(store, limit=PORTION):
        rows = [_introduced(x, x.account, tracking.get(x.source, Tracking()), zone)
                for x in met if x.account]  # fmt: skip
        if told := [x for x in rows if x is not None]:
            save_introduced(told)
        let_wait(store, [x.key for x in met if x.user and x.account is None])
        mark_applied(store, [x.key for x in met if not x.user or x.account])
        done += len(met)
    return done


def _introduced(call: Met, account: str, tracking: Tracking, zone: ZoneInfo) -> Introduced | None:
    """None where the call says nothing of the person."""
    told = person_traits(call.payload, consent=tracking.consent)
    said = told.name or told.email or told.role
    if not call.user or not tracking.contacts or (told.allowed and not said):
        return None
    told_at = datetime.fromtimestamp(call.time / 1e6, tz=UTC)
    return Introduced(
        account=account,
        user=call.user,
        name=told.name,
        email=told.email,
        role=told.role,
        told_at=told_at,
        allowed=told.allowed,
        day=told_at.astimezone(zone).date(),
    )
