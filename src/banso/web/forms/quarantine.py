"""What members say about rows of quarantine, and which rows they ask for."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from banso.store.mending import LONGEST_NOTE, STATES, Filter, State
from banso.web.data.pages import plain

LONGEST = 200_000
"""Characters of an edited call."""


class ReplayForm(forms.Form):
    """The call as it shall be tried again."""

    payload = forms.CharField(
        max_length=LONGEST,
        strip=False,
        error_messages={"required": gettext_lazy("A call is one JSON object: {...}.")},
    )

    def clean_payload(self) -> str:
        text: str = self.cleaned_data["payload"]
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            words = gettext("This is no JSON: look at line %(line)s, column %(column)s.")
            raise forms.ValidationError(
                words % {"line": error.lineno, "column": error.colno}
            ) from None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError(gettext("A call is one JSON object: {...}."))
        return text


class DiscardForm(forms.Form):
    """Why it is left out."""

    note = forms.CharField(
        max_length=LONGEST_NOTE,
        error_messages={"required": gettext_lazy("Say why it is discarded.")},
    )


def filter_of(parameters: Mapping[str, Any], *, zone: ZoneInfo) -> Filter:
    """What an address or a form asks for; open rows where it names no state. What nobody can mean
    is as if it had not been said. since, until: days of the zone, both included."""
    state: State | None = next((x for x in STATES if x == parameters.get("state")), "open")
    until = _day(parameters.get("until", ""))
    return Filter(
        source=plain(parameters.get("source", "")) or None,
        alike=plain(parameters.get("reason", "")) or None,
        state=None if parameters.get("state") == "all" else state,
        since=_start(_day(parameters.get("since", "")), zone),
        until=_start(until + timedelta(days=1) if until else None, zone),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


def _start(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=zone) if day else None
