"""Channels: whether they get through, what could not be delivered, what can be done about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banso.core.definitions.desk_names import plays_by
from banso.core.definitions.model import Label
from banso.desk.models import ChannelKind, Member
from banso.desk.queries.outbox import (
    STATES,
    ChannelView,
    DeliveryView,
    State,
    channels,
    deliveries,
)
from banso.desk.services.channels import (
    STOPPED,
    ChannelError,
    channel_named,
    enable_channel,
    remove_channel,
    stop_channel,
)
from banso.desk.services.outbox import in_person, owe_test
from banso.desk.services.sending import (
    NothingToReplayError,
    UnknownDeliveryError,
    replay_channel,
    replay_one,
)
from banso.pipeline.act.refusals import in_words
from banso.pipeline.session import in_force
from banso.web.forms.channels import FORMS, kind_words, told
from banso.web.forms.messages import message_words, state_words
from banso.web.house import local, zone_of
from banso.web.request import Request

SHOWN = 50
"""Messages on the page."""

LONGEST_NUMBER = 18


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    zone = zone_of(in_force())
    found = [
        replace(
            x,
            last_delivered_at=local(x.last_delivered_at, zone),
            last_failed_at=local(x.last_failed_at, zone),
            disabled_because=in_words(x.disabled_because, gettext),
        )
        for x in channels()
    ]
    return render(
        request,
        "data/channels.html",
        {
            "nav": "data",
            "sees_quarantine": True,
            "channels": found,
            "letters": _letters(request.GET, zone),
            "hooks": [x.name for x in found if x.kind == ChannelKind.WEBHOOK],
            "kinds": kind_words(),
            "addable": {kind: word for kind, word in kind_words().items() if kind in FORMS},
        },
    )


@dataclass(frozen=True)
class Letters:
    """Messages in one state, or in any; the dead ones where nothing is asked for. tabs: word,
    address, whether it is this one. newest, older: addresses of other pages, empty where there is
    none."""

    rows: Sequence[DeliveryView]
    state: str
    tabs: Sequence[tuple[str, str, bool]]
    newest: str
    older: str


def _letters(asked: Mapping[str, str], zone: ZoneInfo) -> Letters:
    words = {**state_words(), "all": gettext("All")}
    state = next((x for x in words if x == asked.get("state")), "failed")
    text = asked.get("before", "")
    before = int(text) if text.isdecimal() and len(text) < LONGEST_NUMBER else None
    wanted: State | None = next((x for x in STATES if x == state), None)
    called = message_words()
    found = deliveries(state=wanted, before=before, in_use=True, limit=SHOWN + 1)
    rows = [
        replace(
            x,
            kind=called[x.kind],
            created_at=x.created_at.astimezone(zone),
            answer=in_words(x.answer, gettext),
        )
        for x in found[:SHOWN]
    ]
    return Letters(
        rows=rows,
        state=state,
        tabs=[(word, _address(x), x == state) for x, word in words.items()],
        newest="" if before is None else _address(state),
        older=_address(state, before=rows[-1].id) if len(found) > SHOWN else "",
    )


def _address(state: str, **more: object) -> str:
    """Of the list in this state."""
    said = urlencode({**({} if state == "failed" else {"state": state}), **more})
    return f"{reverse('data_channels')}?{said}#letters" if said else reverse("data_channels")


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """One of ACTS with one channel, from its form."""
    do = ACTS.get(request.POST.get("action", ""))
    try:
        if do is None:
            raise ChannelError(gettext("There is no such thing to do with a channel."))
        words = do(request.POST.get("channel", ""), cast("Request", request).member)
        messages.success(request, words)
    except ChannelError as error:
        messages.warning(request, told(error))
    return redirect("data_channels")


def _test(name: str, by: Member) -> str:
    channel = channel_named(name)
    alone = not in_person(channel) and channel.kind != ChannelKind.CUSTOMERS
    owe_test(channel, member=None if alone else by.pk, now=datetime.now(tz=UTC))
    return gettext("A test message is on its way by %(name)s.") % {"name": name}


def _enable(name: str, _: Member) -> str:
    enable_channel(name)
    return gettext("%(name)s is in use again; what it owes is sent.") % {"name": name}


def _disable(name: str, by: Member) -> str:
    stop_channel(name, now=datetime.now(tz=UTC), because=STOPPED.format(member=by))
    return gettext("%(name)s sends nothing until it is enabled.") % {"name": name}


@require_POST
def replay_letter(request: HttpRequest, delivery: int) -> HttpResponse:
    """One dead letter."""
    try:
        replay_one(delivery, now=datetime.now(tz=UTC))
        messages.success(request, gettext("It is sent again."))
    except (UnknownDeliveryError, NothingToReplayError) as error:
        messages.warning(request, told(error))
    return redirect(_address(request.POST.get("state", "failed")))


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, channel: str) -> HttpResponse:
    """Asked once more, with what it means."""
    found = next((x for x in channels() if x.name == channel), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        remove_channel(channel, now=datetime.now(tz=UTC))
        messages.success(request, gettext("%(name)s was removed.") % {"name": channel})
        return redirect("data_channels")
    return render(
        request,
        "data/remove_channel.html",
        {
            "nav": "data",
            "channel": found,
            "kind": kind_words()[found.kind],
            "plays": _plays(found),
        },
    )


def _plays(channel: ChannelView) -> Sequence[tuple[str, Label]]:
    """Key and name of those that write by it."""
    definitions = in_force()
    every = definitions.plays.values() if definitions else ()
    customers = channel.kind == ChannelKind.CUSTOMERS
    found = plays_by(every, channel.name, to_customers=customers)
    return [(x.name, x.label or Label(en=x.name, ja=x.name)) for x in found]


def _replay(name: str, _: Member) -> str:
    count = replay_channel(channel_named(name), now=datetime.now(tz=UTC))
    return gettext("Sent again by %(name)s: %(n)s") % {"name": name, "n": count}


ACTS: Mapping[str, Callable[[str, Member], str]] = {
    "test": _test,
    "enable": _enable,
    "disable": _disable,
    "replay": _replay,
}

urlpatterns = [
    path("data/channels/", page, name="data_channels"),
    path("data/channels/act/", act, name="data_channels_act"),
    path("data/channels/replay/<int:delivery>/", replay_letter, name="data_channels_replay"),
    path("data/channels/remove/<str:channel>/", remove, name="data_channel_remove"),
]
