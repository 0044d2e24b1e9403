"""Channels: whether they get through, what could not be delivered, what can be done about it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from banso.desk.models import ChannelKind, Member
from banso.desk.queries.outbox import channels, deliveries
from banso.desk.services.channels import (
    ChannelError,
    channel_named,
    enable_channel,
    stop_channel,
)
from banso.desk.services.outbox import in_person, owe_test, replay_channel
from banso.pipeline.session import in_force
from banso.web.forms.channels import FORMS, kind_words, told
from banso.web.house import local, zone_of
from banso.web.request import Request

SHOWN = 50
"""Dead letters on the page."""


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    zone = zone_of(in_force())
    found = [
        replace(
            x,
            last_delivered_at=local(x.last_delivered_at, zone),
            last_failed_at=local(x.last_failed_at, zone),
        )
        for x in channels()
    ]
    dead = [
        replace(x, created_at=x.created_at.astimezone(zone))
        for x in deliveries(state="failed", limit=SHOWN)
    ]
    return render(
        request,
        "data/channels.html",
        {
            "nav": "data",
            "sees_quarantine": True,
            "channels": found,
            "dead": dead,
            "kinds": kind_words(),
            "addable": {kind: word for kind, word in kind_words().items() if kind in FORMS},
        },
    )


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
    if channel.kind == ChannelKind.CUSTOMERS:
        raise ChannelError(gettext("This channel writes to customers alone; it takes no test."))
    owe_test(channel, member=by.pk if in_person(channel) else None, now=datetime.now(tz=UTC))
    return gettext("A test message is on its way by %(name)s.") % {"name": name}


def _enable(name: str, _: Member) -> str:
    enable_channel(name)
    return gettext("%(name)s is in use again; what it owes is sent.") % {"name": name}


def _disable(name: str, by: Member) -> str:
    because = gettext("Disabled by %(member)s") % {"member": by}
    stop_channel(name, now=datetime.now(tz=UTC), because=because)
    return gettext("%(name)s sends nothing until it is enabled.") % {"name": name}


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
]
