"""What is asked for to add a channel of each kind. Secrets go in and never come back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext, gettext_lazy

from banso.core.wording import Wording
from banso.desk.models import ChannelKind
from banso.desk.services.channels import NewChannel
from banso.pipeline.act.adding import blamed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST = 2000
PRIORITIES = (
    ("low", gettext_lazy("All")),
    ("medium", gettext_lazy("Medium and high")),
    ("high", gettext_lazy("High alone")),
)
LANGUAGES = (("ja", "日本語"), ("en", "English"))
REQUIRED = {"required": gettext_lazy("This is needed.")}
IN_PERSON = gettext_lazy("Leave it empty to write to whoever it is for in person.")


def kind_words() -> Mapping[str, str]:
    return {
        ChannelKind.SLACK: "Slack",
        ChannelKind.EMAIL: gettext("E-mail"),
        ChannelKind.WEBHOOK: gettext("Webhook"),
        ChannelKind.SERVICE: gettext("Teams and other services"),
        ChannelKind.LINE_WORKS: "LINE WORKS",
        ChannelKind.CHATWORK: "Chatwork",
        ChannelKind.CUSTOMERS: gettext("Mail to customers"),
    }


def told(error: Exception) -> str:
    """Why something was refused, in the reader's language."""
    said = error.args[0]
    return said.translated(gettext) if isinstance(said, Wording) else str(said)


def text(
    label: "str | _StrPromise", *, hint: "str | _StrPromise" = "", required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        error_messages=REQUIRED,
    )


def secret(
    label: "str | _StrPromise", *, hint: "str | _StrPromise" = "", required: bool = True
) -> forms.CharField:
    """Not shown while it is typed, nor again after a mistake elsewhere in the form."""
    made = text(label, hint=hint, required=required)
    made.widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return made


class ForgetfulTextarea(forms.Textarea):
    """A secret of several lines: what was sent is not shown again."""

    def format_value(self, value: object) -> None:
        return None


class ChannelForm(forms.Form):
    """What every channel has."""

    kind: ClassVar[ChannelKind]
    secret_names: ClassVar[tuple[str, ...]] = ()
    speaks: ClassVar[bool] = True
    tells: ClassVar[bool] = True

    name = text(
        gettext_lazy("Name"),
        hint=gettext_lazy("Letters, digits, “_” and “-”, such as “team”. Plays name it."),
    )
    least = forms.ChoiceField(label=gettext_lazy("Alerts of this priority"), choices=PRIORITIES)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=LANGUAGES,
        help_text=gettext_lazy("Of the messages, where a member has not chosen one."),
    )
    tasks = forms.BooleanField(
        label=gettext_lazy("Tell tasks of plays, too"), required=False, initial=True
    )
    revenue = forms.BooleanField(label=gettext_lazy("Tell amounts of money, too"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, sees_revenue: bool) -> None:
        first = "ja" if (get_language() or "").startswith("ja") else "en"
        super().__init__(data, initial={"language": first}, label_suffix="")
        if not (sees_revenue and self.tells):
            del self.fields["revenue"]
        if not self.tells:
            del self.fields["least"], self.fields["tasks"]
            self.fields["language"].help_text = gettext("Of mails whose play does not say one.")
        if not self.speaks:
            del self.fields["language"]
        common = [x for x in ChannelForm.base_fields if x in self.fields and x != "name"]
        self.order_fields(["name", *(x for x in self.fields if x not in common), *common])
        for field in self.fields.values():
            field.widget.attrs["class"] = look(field.widget)

    def new_channel(self) -> NewChannel:
        """Of valid data."""
        said = {**self.cleaned_data}
        secrets = {name: str(said.pop(name)).strip() for name in self.secret_names}
        return NewChannel(kind=self.kind, secrets=secrets or None, **said)

    def refuse(self, error: Exception) -> None:
        """Put beside its field what only the channel's own check found."""
        field = blamed(error, self.new_channel())
        self.add_error(field if field in self.fields else None, told(error))


def look(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class SlackForm(ChannelForm):
    kind, secret_names = ChannelKind.SLACK, ("token", "signing")
    token = secret(
        gettext_lazy("Bot token"),
        hint=gettext_lazy(
            "At api.slack.com/apps: create an app, under OAuth & Permissions add the bot scopes "
            "chat:write, im:write, users:read and users:read.email, install it, and copy the Bot "
            "User OAuth Token (xoxb-...)."
        ),
    )
    signing = secret(
        gettext_lazy("Signing secret"),
        hint=gettext_lazy("Of the same app: Basic Information, App Credentials."),
    )
    address = text(gettext_lazy("Id of a Slack channel"), hint=IN_PERSON, required=False)


class EmailForm(ChannelForm):
    kind = ChannelKind.EMAIL
    address = text(gettext_lazy("A fixed address"), hint=IN_PERSON, required=False)
    digest = forms.BooleanField(
        label=gettext_lazy("One mail each morning with all there is to do"), required=False
    )


class WebhookForm(ChannelForm):
    kind, speaks = ChannelKind.WEBHOOK, False
    address = text(
        gettext_lazy("Address of the receiver"),
        hint=gettext_lazy("It begins with https://. The secret that signs is shown next, once."),
    )


class ServiceForm(ChannelForm):
    kind, secret_names = ChannelKind.SERVICE, ("url",)
    url = secret(
        gettext_lazy("Address of the service"),
        hint=gettext_lazy(
            "As apprise writes it (https://appriseit.com/services/): workflows:// is Teams, "
            "gchat:// Google Chat, discord://, mmosts://, rockets://, wxteams://, zulip://."
        ),
    )


class LineWorksForm(ChannelForm):
    kind = ChannelKind.LINE_WORKS
    secret_names = ("client_id", "client_secret", "service_account", "bot", "private_key")
    client_id = text(gettext_lazy("Client ID"))
    client_secret = secret(gettext_lazy("Client secret"))
    service_account = text(
        gettext_lazy("Service account"), hint=gettext_lazy("xxxxx.serviceaccount@company")
    )
    bot = text(gettext_lazy("Id of the bot"))
    private_key = forms.CharField(
        label=gettext_lazy("Private key"),
        help_text=gettext_lazy("The whole text of the file, from -----BEGIN PRIVATE KEY----- on."),
        max_length=10_000,
        error_messages=REQUIRED,
        widget=ForgetfulTextarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    address = text(gettext_lazy("Id of a talk room"), hint=IN_PERSON, required=False)


class ChatworkForm(ChannelForm):
    kind, secret_names = ChannelKind.CHATWORK, ("token",)
    address = text(gettext_lazy("Number of the room"), hint=gettext_lazy("It stands behind #!rid."))
    token = secret(gettext_lazy("API token"))


class CustomersForm(ChannelForm):
    kind, secret_names, tells = ChannelKind.CUSTOMERS, ("url",), False
    address = text(
        gettext_lazy("Sender"), hint=gettext_lazy("The address that mail to customers comes from.")
    )
    url = secret(
        gettext_lazy("Mail server"),
        hint=gettext_lazy(
            "smtp://user:password@host:587, or smtps:// with TLS from the beginning. A customer "
            "can answer: replies go to the account's owner."
        ),
    )


FORMS: Mapping[str, type[ChannelForm]] = {
    form.kind: form
    for form in (
        *(SlackForm, EmailForm, WebhookForm, ServiceForm, LineWorksForm, ChatworkForm),
        CustomersForm,
    )
}
