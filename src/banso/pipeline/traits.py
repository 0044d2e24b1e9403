"""What group calls have said of accounts becomes their dated attributes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from banso.core.definitions import Definitions
from banso.core.events.traits import traits_of
from banso.desk.models import Account
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.saved import Saved
from banso.store import Ledger, Rejected, Store
from banso.store.arrivals import INTRODUCTIONS, ORIGIN
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
            names = definitions.organisation.account_ids if definitions else ()
            saved = save_accounts([row for row, _ in rows], effective=today, today=today, ids=names)
            _set_aside(store, saved, {row.row: call for row, call in rows})
        mark_applied(store, [each.key for each in told])
        done += len(told)
    return done


def _set_aside(store: Store, saved: Saved, calls: Mapping[int, Told]) -> None:
    """What a call said of its account and could not be taken. The call itself is stored, as who is
    who, and counted as such."""
    for each in saved.rejected:
        call = calls[each.row]
        store.reject(
            source=call.source,
            dataset=INTRODUCTIONS,
            origin=ORIGIN,
            rejected=[Rejected(each.row, each.reason, call.payload)],
            ledger=Ledger(),
        )


def _rows(told: Sequence[Told], zone: ZoneInfo, today: date) -> list[tuple[AccountRow, Told]]:
    """One for each account and day, with its last call; of several calls on a day the last word
    counts. A name that somebody has given to the account stays."""
    named = set(
        Account.objects.filter(key__in={each.account for each in told})
        .exclude(name="")
        .values_list("key", flat=True)
    )
    days: dict[tuple[str, date], tuple[AccountRow, Told]] = {}
    for each in told:
        traits = traits_of(each.payload)
        if traits.name is None and not traits.attributes:
            continue
        day = datetime.fromtimestamp(each.time / 1e6, tz=UTC).astimezone(zone).date()
        key = each.account, min(day, today)
        before, _ = days.get(key, (AccountRow(row=len(days) + 1, key=each.account), each))
        row = AccountRow(
            row=before.row,
            key=each.account,
            name=None if each.account in named else traits.name or before.name,
            attributes={**(before.attributes or {}), **traits.attributes},
            effective_on=key[1],
        )
        days[key] = row, each
    return list(days.values())
