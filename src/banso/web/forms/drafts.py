"""What members say about drafts and pauses of rules."""

from django import forms
from django.utils.translation import gettext_lazy

from banso.web.forms.alerts import LONGEST_NOTE

LONGEST = 50_000
"""Characters of a draft."""
TOO_LONG = gettext_lazy("At most %(limit_value)d characters.")


class DraftForm(forms.Form):
    """The YAML of one rule and of what it needs."""

    text = forms.CharField(
        max_length=LONGEST,
        strip=False,
        error_messages={
            "required": gettext_lazy("Write the rule as YAML."),
            "max_length": TOO_LONG,
        },
    )

    def clean_text(self) -> str:
        """As files are: lines end alike, the last one too."""
        text: str = self.cleaned_data["text"]
        return "\n".join(text.splitlines()).rstrip() + "\n"


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
