"""What the API takes to add a channel of each kind. Secrets go in and never come back."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, SecretStr

from banso.api.rest.shapes import Shape
from banso.desk.models import ChannelKind
from banso.desk.services.channels import NewChannel

LONGEST = 2_000
Line = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=10_000)]
Place = Annotated[str, Field(max_length=LONGEST)]
IN_PERSON = "Empty: to whoever it is for in person"


class AnyChannel(Shape):
    """What every channel has."""

    name: Line = Field(description="Letters, digits, `_` and `-`; plays name it")
    least: Literal["high", "medium", "low"] = Field(
        default="low", description="Alerts of this priority and above"
    )
    language: Literal["en", "ja"] = Field(
        default="en", description="Of messages, where a member has not chosen one"
    )
    tasks: bool = Field(default=True, description="Whether tasks and plays are told, too")
    revenue: bool = Field(default=False, description="Whether amounts of money are told, too")

    def channel(self) -> NewChannel:
        """With its secrets in clear, to be checked and sealed."""
        said = {name: getattr(self, name) for name in type(self).model_fields if name != "kind"}
        secrets = {
            name: value.get_secret_value().strip()
            for name, value in said.items()
            if isinstance(value, SecretStr)
        }
        plain = {name: value for name, value in said.items() if name not in secrets}
        kind = ChannelKind(getattr(self, "kind"))  # noqa: B009  each kind has its own literal
        if kind is ChannelKind.LINE_WORKS:  # what it is let in by is kept together
            for name in ("client_id", "service_account", "bot"):
                secrets[name] = str(plain.pop(name)).strip()
        return NewChannel(kind=kind, secrets=secrets or None, **plain)


class NewSlack(AnyChannel):
    kind: Literal["slack"]
    token: Secret = Field(description="Bot token of the app: xoxb-...")
    signing: Secret = Field(description="Signing secret of the same app")
    address: Place = Field(default="", description=f"Id of a Slack channel. {IN_PERSON}")


class NewEmail(AnyChannel):
    kind: Literal["email"]
    address: Place = Field(default="", description=f"A fixed address. {IN_PERSON}")
    digest: bool = Field(default=False, description="One mail each morning with all there is to do")


class NewWebhook(AnyChannel):
    kind: Literal["webhook"]
    address: Line = Field(description="Of the receiver: https://...")


class NewService(AnyChannel):
    kind: Literal["service"]
    url: Secret = Field(description="Address of the service, as apprise writes it")


class NewLineWorks(AnyChannel):
    kind: Literal["line_works"]
    client_id: Line
    client_secret: Secret
    service_account: Line = Field(description="xxxxx.serviceaccount@company")
    bot: Line = Field(description="Id of the bot")
    private_key: Secret = Field(description="The whole text of the file")
    address: Place = Field(default="", description=f"Id of a talk room. {IN_PERSON}")


class NewChatwork(AnyChannel):
    kind: Literal["chatwork"]
    address: Line = Field(description="Number of the room, behind #!rid")
    token: Secret = Field(description="API token of an account that is in the room")


class NewCustomers(Shape):
    """By which plays write to customers; it tells members nothing."""

    kind: Literal["customers"]
    name: Line = Field(description="Letters, digits, `_` and `-`")
    address: Line = Field(description="That mail to customers comes from")
    url: Secret = Field(description="Mail server: smtp://user:password@host:587")
    language: Literal["en", "ja"] = Field(
        default="ja", description="Of mails whose play does not say one"
    )
    revenue: ClassVar[bool] = False

    def channel(self) -> NewChannel:
        return NewChannel(
            name=self.name,
            kind=ChannelKind.CUSTOMERS,
            address=self.address,
            secrets={"url": self.url.get_secret_value().strip()},
            language=self.language,
        )


ChannelAsked = Annotated[
    NewSlack | NewEmail | NewWebhook | NewService | NewLineWorks | NewChatwork | NewCustomers,
    Field(discriminator="kind"),
]


class ChannelChange(Shape):
    """What is not said stays as it is."""

    least: Literal["high", "medium", "low"] | None = None
    language: Literal["en", "ja"] | None = None
    revenue: bool | None = None
    tasks: bool | None = None
    address: Line | None = Field(
        default=None, description="Of mail to customers alone: that it comes from"
    )
    url: Secret | None = Field(
        default=None,
        description="Of mail to customers alone: mail server, smtp://user:password@host:587",
    )


class ChannelAdded(Shape):
    name: str
    kind: str
    address: str = Field(description="Where to; of a service its name, its address is a secret")
    signing: str | None = Field(
        description="Of a webhook: what it is signed with. Told this once, made by Banso"
    )


class ChannelRefused(Shape):
    detail: str = Field(description="What is wrong, and the mend")
    field: str | None = Field(description="Which field is to blame, where it is one")
