"""What a rule or a play says of how it is to be proven right: the fields, as they stand in YAML."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Expect(BaseModel):
    """What should come about after an alert, or after a play began, if what is done helps."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    condition: str = Field(description="Condition that should hold, as in `when`")
    within_days: int = Field(
        ge=1,
        le=730,
        description="... on one of so many days after the one on which the alert opened, or the "
        "play began",
    )
