"""What members say about drafts and pauses of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy

from banso.web.forms.alerts import LONGEST_NOTE

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 50_000
"""Characters of a draft."""
TOO_LONG = gettext_lazy("At most %(limit_value)d characters.")


def _text(nothing: StrOrPromise) -> forms.CharField:
    """nothing: what is said where there is none."""
    return forms.CharField(
        max_length=LONGEST,
        strip=False,
        error_messages={"required": nothing, "max_length": TOO_LONG},
    )


class DraftForm(forms.Form):
    """The YAML of one rule and of what it needs."""

    text = _text(gettext_lazy("Write the rule as YAML."))

    def clean_text(self) -> str:
        """As files are: lines end alike, the last one too."""
        text: str = self.cleaned_data["text"]
        return "\n".join(text.splitlines()).rstrip() + "\n"


class PlayDraftForm(DraftForm):
    """The same of one play."""

    text = _text(gettext_lazy("Write the play as YAML."))


class SwitchOnForm(forms.Form):
    """Why a draft is put in force."""

    why = forms.CharField(
        max_length=LONGEST_NOTE,
        error_messages={
            "required": gettext_lazy("Say in a few words why."),
            "max_length": TOO_LONG,
        },
    )


class PauseForm(forms.Form):
    """Why a rule is paused."""

    pause_reason = forms.CharField(
        max_length=LONGEST_NOTE,
        error_messages={
            "required": gettext_lazy("Say in a few words why."),
            "max_length": TOO_LONG,
        },
    )
