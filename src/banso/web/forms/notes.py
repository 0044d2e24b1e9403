"""What a member writes down about an account."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from banso.desk.models import NoteKind
from banso.desk.services.notes import LONGEST


class AccountNoteForm(forms.Form):
    """The minutes of a call, a meeting or a mail, of today or of a day before."""

    kind = forms.ChoiceField(choices=NoteKind.choices, initial=NoteKind.CALL)
    on = forms.DateField(
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("This is no day. Write it as 2026-10-31."),
        },
    )
    text = forms.CharField(
        max_length=LONGEST,
        error_messages={
            "required": gettext_lazy("Write down what was said."),
            "max_length": gettext_lazy("At most %(limit_value)d characters."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, initial={"on": today})
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(gettext("That day has not come yet."))
        return on
