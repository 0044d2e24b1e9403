"""What can be changed of a channel: what it tells, and of mail to customers its server and sender.
Secrets go in and never come back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from banso.desk.models import ChannelKind
from banso.desk.queries.outbox import ChannelView
from banso.desk.services.channels import NewChannel
from banso.pipeline.act.adding import blamed
from banso.pipeline.act.refusals import in_words
from banso.web.forms.channels import FORMS, ChannelForm, CustomersForm, look, secret, told

OF_ALL = ChannelForm.base_fields


class ChannelChangeForm(forms.Form):
    """Of every kind; a channel has those fields that mean something for it."""

    address = CustomersForm.base_fields["address"]
    url = secret(
        gettext_lazy("Mail server"),
        hint=gettext_lazy(
            "Leave it empty to keep the one that is stored, which is never shown. Otherwise the "
            "whole of it: smtp://user:password@host:587, or smtps:// with TLS from the beginning."
        ),
        required=False,
    )
    least, language = OF_ALL["least"], OF_ALL["language"]
    tasks, revenue = OF_ALL["tasks"], OF_ALL["revenue"]

    def __init__(
        self, channel: ChannelView, data: Mapping[str, Any] | None = None, *, sees_revenue: bool
    ) -> None:
        self.channel = channel
        now = {name: value for name, value in vars(channel).items() if name in self.base_fields}
        super().__init__(data, initial=now, label_suffix="")
        kept = _changeable(ChannelKind(channel.kind), sees_revenue=sees_revenue)
        self.fields = {name: field for name, field in self.fields.items() if name in kept}
        if channel.kind == ChannelKind.CUSTOMERS:
            self.fields["language"].help_text = gettext("Of mails whose play does not say one.")
        for field in self.fields.values():
            field.widget.attrs["class"] = look(field.widget)

    def changes(self) -> dict[str, Any]:
        """Of valid data: those for `change`. Who leaves the sender as it is says nothing of it, so
        that a server can be given anew where the old one can't be unsealed any more."""
        said = {**self.cleaned_data}
        if said.get("address") == self.channel.address:
            del said["address"]
        if not said.get("url"):
            said.pop("url", None)
        return said

    def refuse(self, error: Exception) -> None:
        """Put beside its field what only the channel's own check found."""
        field = blamed(error, NewChannel(self.channel.name, ChannelKind(self.channel.kind)))
        self.add_error(field if field in self.fields else None, in_words(told(error), gettext))


def _changeable(kind: ChannelKind, *, sees_revenue: bool) -> Sequence[str]:
    if kind is ChannelKind.CUSTOMERS:
        return ("address", "url", "language")
    spoken = ("language",) if FORMS[kind].speaks else ()
    return ("least", *spoken, "tasks", *(("revenue",) if sees_revenue else ()))
