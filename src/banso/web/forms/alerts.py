"""What members say about alerts, and which alerts they ask for."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext, gettext_lazy

from banso.desk.models import NotUseful
from banso.desk.queries.briefs import NOBODY, PRIORITIES
from banso.desk.queries.to_do import TABS, Tab, Wanted

NO_OWNER = "none"
LONGEST_NOTE = 500
MONDAY = 0


def wanted_of(parameters: Mapping[str, str]) -> Wanted:
    """What an address asks for. What nobody can mean is as if it had not been said."""
    tab: Tab = next((x for x in TABS if x == parameters.get("state")), "todo")
    priority = parameters.get("priority", "")
    return Wanted(
        tab=tab,
        owner=_owner(parameters.get("owner", "")),
        rule=parameters.get("rule", ""),
        journey=parameters.get("journey", ""),
        priority=priority if priority in PRIORITIES else "",
    )


def _owner(text: str) -> int | None:
    if text == NO_OWNER:
        return NOBODY
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else None


def query_of(wanted: Wanted, **more: object) -> str:
    """The other way round: what stands in the address behind the path; empty for no wish."""
    owner = NO_OWNER if wanted.owner == NOBODY else wanted.owner
    wishes = {
        "state": "" if wanted.tab == "todo" else wanted.tab,
        "owner": owner,
        "rule": wanted.rule,
        "journey": wanted.journey,
        "priority": wanted.priority,
        **more,
    }
    said = urlencode({name: wish for name, wish in wishes.items() if wish not in (None, "")})
    return f"?{said}" if said else ""


class SnoozeForm(forms.Form):
    """A day after today on which the alert comes back, and why it is put away. until: a day that
    was offered; day: another one."""

    day = forms.DateField(
        required=False,
        error_messages={"invalid": gettext_lazy("This is no day. Write it as 2026-10-31.")},
    )
    until = forms.DateField(
        required=False,
        label=gettext_lazy("Another day"),
        error_messages={
            "invalid": gettext_lazy("This is no day. Write it as 2026-10-31."),
        },
    )
    note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={"max_length": gettext_lazy("At most %(limit_value)d characters.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean_until(self) -> date:
        until: date | None = self.cleaned_data["until"] or self.cleaned_data.get("day")
        if until is None and "day" in self.errors:  # said there
            return self.today
        if until is None:
            raise forms.ValidationError(gettext("Choose a day."))
        if until <= self.today:
            raise forms.ValidationError(gettext("Choose a day after today."))
        return until


class MuteForm(SnoozeForm):
    """Until when a rule is quiet, and why."""

    reason = forms.CharField(
        max_length=LONGEST_NOTE,
        error_messages={
            "required": gettext_lazy("Say in a few words why."),
            "max_length": gettext_lazy("At most %(limit_value)d characters."),
        },
    )


def snooze_days(today: date) -> tuple[tuple[str, date], ...]:
    """The days that one tap offers, each once, with their words."""
    monday = today + timedelta(days=7 - (today.weekday() - MONDAY) % 7)
    offered = (
        (gettext("Tomorrow"), today + timedelta(days=1)),
        (gettext("Next Monday"), monday),
        (gettext("In two weeks"), today + timedelta(days=14)),
    )
    days: dict[date, str] = {}
    for word, day in offered:
        days.setdefault(day, word)
    return tuple((word, day) for day, word in days.items())


class NotUsefulForm(forms.Form):
    reason = forms.ChoiceField(
        choices=[(x.value, x.value) for x in NotUseful],
        error_messages={
            "required": gettext_lazy("Choose a reason."),
            "invalid_choice": gettext_lazy("Choose one of the reasons."),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("Another reason"),
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={"max_length": gettext_lazy("At most %(limit_value)d characters.")},
    )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("reason") == NotUseful.OTHER and "note" in said and not said["note"]:
            self.add_error("note", gettext("Say in a few words why."))
        return said


class NoteForm(forms.Form):
    """What came of it, or what whoever gets it should know; may be left empty."""

    note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={"max_length": gettext_lazy("At most %(limit_value)d characters.")},
    )


class UndoForm(forms.Form):
    """handling: the step to take back."""

    handling = forms.IntegerField(min_value=1)
