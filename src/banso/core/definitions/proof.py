"""What a rule or a play says of how it is to be proven right: the fields, as they stand in YAML."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


DAY = r"^\d{4}-\d{2}-\d{2}$"
Day = Annotated[str, Field(pattern=DAY), AfterValidator(_day)]


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


class Reached(BaseModel):
    """A stage of a roll-out: which accounts are reached, and from when."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    segment: str = Field(description="Name of a segment")
    from_: Day = Field(
        alias="from",
        description="First day (YYYY-MM-DD) on which accounts of the segment are told, or enter",
    )

    @property
    def begins(self) -> date:
        return date.fromisoformat(self.from_)


def first_stage(stages: Sequence[Reached], segments: Collection[str]) -> int | None:
    """Place of the stage that comes to an account of these segments first; None: none does."""
    mine = [(x.begins, at) for at, x in enumerate(stages) if x.segment in segments]
    return min(mine)[1] if mine else None


def is_reached(stages: Sequence[Reached], segments: Collection[str], *, on: date) -> bool:
    """Whether an account of these segments is told on a day. Without stages all are."""
    stage = first_stage(stages, segments)
    return not stages or (stage is not None and stages[stage].begins <= on)
