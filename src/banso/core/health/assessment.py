"""What is known of one account's journey as of one day, with every reason for it."""

from dataclasses import dataclass
from datetime import date

from banso.core.definitions.model import Label
from banso.core.health.colour import Colour
from banso.core.health.evidence import Evidence
from banso.core.unmeasured import Reason


@dataclass(frozen=True)
class ConditionResult:
    """One condition of the stage on that day.

    holds: None where the condition is unmeasured. reason: why there are no points, None where
    there are. points: 0..1, None where unmeasured. of: the metric that gives points between
    `poor` and `good`, None where the condition alone decides; value: that metric's number.
    """

    key: str
    label: Label | None
    condition: str
    holds: bool | None
    reason: Reason | None
    weight: float
    points: float | None
    critical: bool
    of: str | None
    value: float | None
    good: float | None
    poor: float | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Assessment:
    """account: its id. stage: its name; None off the journey, where nothing else is known
    either. overdue: None where unmeasured. score: None where no condition is measured. late: a
    condition of the stage waits for a late source."""

    account: int
    journey: str
    as_of: date
    stage: str | None
    days_in_stage: int | None
    expected_days: int | None
    overdue: bool | None
    score: float | None
    confidence: float | None
    colour: Colour | None
    late: bool
    conditions: tuple[ConditionResult, ...]
