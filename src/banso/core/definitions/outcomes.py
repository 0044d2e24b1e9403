"""What rules are judged by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from banso.core.definitions.model import Definition, Label, Name


class _Outcome(Definition):
    name: Name = Field(description="Unique among outcomes")
    label: Label | None = Field(default=None, description="Shown to people")
    lead_days: int = Field(
        default=14,
        ge=0,
        le=730,
        description="An alert has seen it coming where it opened at least so many days before; "
        "one that opened later came too late",
    )
    within_days: int = Field(
        default=90, ge=1, le=1095, description="... and at most so many days before"
    )


class _OfContracts(_Outcome):
    where: str | None = Field(
        default=None, description="Which contracts count: a condition over product. Default: all"
    )


class Churn(_OfContracts):
    """The contracts have ended: on the first day on which none is in force, unless another one
    begins within 30 days. Unmeasured for accounts without a contract, and while those 30 days
    have not passed."""

    kind: Literal["churn"]


class Downgrade(_OfContracts):
    """The contracts in force come to less than on the day before, without having ended."""

    kind: Literal["downgrade"]
    of: Literal["arr", "seats"] = Field(default="arr", description="What has become less")


class Renewal(_OfContracts):
    """A contract has ended and a later one goes on (or begins within 30 days): on the day after
    its end."""

    kind: Literal["renewal"]


class StageAdvance(_Outcome):
    """The account has moved on to a higher stage."""

    kind: Literal["stage_advance"]
    journey: Name = Field(description="The journey")
    to: Name | None = Field(default=None, description="Only into this stage. Default: any")


class StageRegress(_Outcome):
    """The account has fallen back to a lower stage of a journey that is not sticky."""

    kind: Literal["stage_regress"]
    journey: Name = Field(description="The journey; with `sticky: false`")
    to: Name | None = Field(default=None, description="Only into this stage. Default: any")


class Silence(_Outcome):
    """No use for so many days: on the day on which they are full."""

    kind: Literal["silence"]
    of: Name = Field(description="Metric of kind recency")
    days: int = Field(ge=1, le=730, description="How long without use")


class BecameTrue(_Outcome):
    """A condition has become true: on the first day on which it holds."""

    kind: Literal["condition"]
    when: str = Field(description="Condition, as in rules")


Outcome = Annotated[
    Churn | Downgrade | Renewal | StageAdvance | StageRegress | Silence | BecameTrue,
    Field(discriminator="kind"),
]
