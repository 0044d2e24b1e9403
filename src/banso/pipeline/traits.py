"""What group calls have said of accounts becomes their dated attributes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from banso.core.definitions import Definitions
from banso.core.events.traits import traits_of
from banso.desk.models import Account
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.store import Store
from banso.store.introductions import Told, mark_applied, to_apply

PORTION = 2_000


def apply_traits(store: Store, definitions: Definitions | None) -> int:
    """Save what has not been saved yet; how many calls there were. A call that is applied twice
    (a crash came between) changes nothing the second time."""
    zone = ZoneInfo(definitions.organisation.time_zone if definitions else "UTC")
    today = datetime.now(tz=zone).date()
    done = 0
    while told := to_apply(store, limit=PORTION):
        rows = _rows(told, zone, today)
        if rows:
            save_accounts(rows, effective=today, today=today)
        mark_applied(store, [each.key for each in told])
        done += len(told)
    return done


def _rows(told: Sequence[Told], zone: ZoneInfo, today: date) -> list[AccountRow]:
    """One for each account and day; of several calls on a day the last word counts. A name that
    somebody has given to the account stays."""
    named = set(
        Account.objects.filter(key__in={each.account for each in told})
        .exclude(name="")
        .values_list("key", flat=True)
    )
    days: dict[tuple[str, date], AccountRow] = {}
    for each in told:
        traits = traits_of(each.payload)
        if traits.name is None and not traits.attributes:
            continue
        day = datetime.fromtimestamp(each.time / 1e6, tz=UTC).astimezone(zone).date()
        key = each.account, min(day, today)
        before = days.get(key, AccountRow(row=0, key=each.account))
        days[key] = AccountRow(
            row=len(days) + 1,
            key=each.account,
            name=None if each.account in named else traits.name or before.name,
            attributes={**(before.attributes or {}), **traits.attributes},
            effective_on=key[1],
        )
    return list(days.values())
