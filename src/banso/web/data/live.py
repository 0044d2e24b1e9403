"""The page of live events: what comes in, as it comes, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext

from banso.core.definitions.model import Label
from banso.desk.models import Account, Reach
from banso.desk.queries.scope import Scope, within
from banso.store.debugger import FATES, Call, Fate, live_sources, newest_calls
from banso.web.data.overview import Chip, source_label
from banso.web.data.pages import plain
from banso.web.data.refusal import Refusal
from banso.web.data.refused_calls import alike, refused_call
from banso.web.house import Look

ROWS = 60
CHIPS: Mapping[Fate, tuple[str, str]] = {
    "arrived": ("state-none", "clock"),
    "stored": ("state-healthy", "circle-check-filled"),
    "duplicate": ("state-unmeasured", "copy"),
    "waiting": ("state-watch", "hourglass"),
    "quarantined": ("state-at-risk", "alert-octagon-filled"),
}


@dataclass(frozen=True)
class Shown:
    """clock: in the organisation's zone. account: a link where the desk knows it. hidden: it is
    about an account that the reader does not see, so neither account nor user is told.

    settled: what has become of it in quarantine meanwhile, in words; empty where nothing has.
    item: its row in quarantine, for those who may look at it.
    """

    call: Call
    key: str
    at: datetime
    clock: str
    label: Label
    account: Account | None
    hidden: bool
    chip: Chip
    refusal: Refusal | None
    settled: str
    item: int | None


@dataclass(frozen=True)
class LivePage:
    """any: whether anything is shown without the filter. now: when the page was made."""

    calls: Sequence[Shown]
    sources: Sequence[tuple[str, Label]]
    fates: Sequence[tuple[Fate, str]]
    source: str
    fate: str
    any: bool
    now: str
    zone: str


def live_page(scope: Scope, look: Look, asked: QueryDict) -> LivePage:
    store, definitions = look.session.store, look.definitions
    declared = definitions.sources if definitions else {}
    zone = definitions.organisation.time_zone if definitions else "UTC"
    source = plain(asked.get("source", ""))
    fate = next((x for x in FATES if x == asked.get("outcome")), None)
    found = newest_calls(store, source=source or None, fate=fate, limit=ROWS)
    names = live_sources(store)
    accounts = _accounts(scope, found)
    return LivePage(
        calls=[
            _shown(
                call,
                label=source_label(declared.get(call.source), call.source),
                zone=ZoneInfo(zone),
                account=accounts.get(call.account or ""),
                scope=scope,
            )
            for call in found
        ],
        sources=[(name, source_label(declared.get(name), name)) for name in names],
        fates=[(each, fate_word(each)) for each in FATES],
        source=source,
        fate=fate or "",
        any=bool(names),
        now=f"{datetime.now(tz=ZoneInfo(zone)):%H:%M:%S}",
        zone=zone,
    )


def fate_word(fate: Fate) -> str:
    return {
        "arrived": gettext("Accepted, to be collected"),
        "stored": gettext("Stored"),
        "duplicate": gettext("Duplicate"),
        "waiting": gettext("Waits for its account"),
        "quarantined": gettext("Quarantined"),
    }[fate]


def _accounts(scope: Scope, found: Sequence[Call]) -> dict[str, Account]:
    """By key, those that the reader sees."""
    keys = {call.account for call in found if call.account}
    rows = within(scope, Account.objects.filter(key__in=keys))
    return {account.key: account for account in rows}


def _shown(
    call: Call,
    *,
    label: Label,
    zone: ZoneInfo,
    account: Account | None,
    scope: Scope,
) -> Shown:
    at = call.received_at.astimezone(zone)
    reason = call.reason if scope.operates or call.reason is None else alike(call.reason)
    kind, icon = CHIPS[call.fate]
    return Shown(
        call=call,
        key=f"call-{call.id}" if call.id is not None else "",
        at=at,
        clock=f"{at:%H:%M:%S}",
        label=label,
        account=account,
        hidden=scope.reach is not Reach.ALL and account is None,
        chip=Chip(kind, icon, fate_word(call.fate)),
        refusal=_why(call, reason),
        settled={
            "replaying": gettext("Is being replayed"),
            "replayed": gettext("Replayed since"),
            "discarded": gettext("Discarded since"),
        }.get(call.state or "", ""),
        item=call.quarantine if scope.operates else None,
    )


def _why(call: Call, reason: str | None) -> Refusal | None:
    if reason is not None:
        return refused_call(reason)
    if call.fate == "waiting":
        return Refusal(
            gettext("Nobody has said yet to which account this person belongs."),
            gettext("Send a group call for this person, or context.groupId with every call."),
        )
    if call.fate == "duplicate":
        return Refusal(gettext("The same call is stored already; it counts once."), "")
    return None
