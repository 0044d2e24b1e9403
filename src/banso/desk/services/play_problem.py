"""Why a step of a play can't be done as things are: a code and a name, which park its run."""

from typing import Literal

Code = Literal[
    "no_owner",
    "owner_left",
    "no_member",
    "member_left",
    "member_blind",
    "no_channel",
    "no_webhook",
    "no_channels",
    "no_customers",
    "no_template",
    "no_contact",
    "contacts_left",
    "no_address",
    "unsubscribed",
    "empty_place",
    "no_play",
    "condition",
    "version",
]


class ProblemError(Exception):
    """A step can't be done as things are. name: of what is missing."""

    def __init__(self, code: Code, name: str = "") -> None:
        super().__init__(f"{code} {name}".strip())
        self.code = code
        self.name = name
