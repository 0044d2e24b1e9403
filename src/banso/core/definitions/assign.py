"""Whose the alerts of a rule are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Assign(BaseModel):
    """Whose alerts a rule's are, where they are not the account's owner's. One of the three. Only
    members who see the account anyway get any; where none of them does, its owner does."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    member: str | None = Field(default=None, description="Handle of one member")
    in_turn: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="Handles of members who take turns: an account stays with whom it had, a new "
        "one goes to whoever has fewest of this rule",
    )
    team: str | None = Field(default=None, description="Name of a team, whose members take turns")
