from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from banso.desk.models import Member


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete, "class": "form-control"})


class PasswordForm(forms.Form):
    """A new password, twice: who mistypes it would be locked out."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 10 characters. A few words are better than one odd word."),
        strip=False,
        widget=_password("new-password"),
    )
    again = forms.CharField(
        label=_("New password, once more"), strip=False, widget=_password("new-password")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, member: Member | None) -> None:
        super().__init__(data)
        self.member = member

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.member)
        return password

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(gettext("This is not the same password."))
        return again


class ChangePasswordForm(PasswordForm):
    """Asks for the old one too, so that nobody does it at a screen left alone."""

    old = forms.CharField(
        label=_("Your password now"), strip=False, widget=_password("current-password")
    )
    field_order = ("old", "password", "again")

    def clean_old(self) -> str:
        old = str(self.cleaned_data["old"])
        if self.member is None or not self.member.check_password(old):
            raise ValidationError(gettext("This is not your password."))
        return old


class FirstAdminForm(PasswordForm):
    handle = forms.CharField(
        label=_("E-mail address"),
        help_text=_("You sign in with it. Any other name works too."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "class": "form-control"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "form-control"}),
    )
    field_order = ("handle", "name", "password", "again")
