"""Points of one health condition: 1 where it holds, or a straight line from poor to good."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.model import Condition
from banso.core.unmeasured import Column, Reason


def linear(values: NDArray[np.float64], *, good: float, poor: float) -> NDArray[np.float64]:
    """0 at `poor`, 1 at `good`, straight between, never outside; `good` may be the smaller."""
    points = np.asarray((values - poor) / (good - poor))
    return np.clip(points, 0.0, 1.0, out=points)


@dataclass(frozen=True)
class Points:
    """What one condition gives in every cell.

    points: 0..1, 0 where unmeasured. reasons: why there are none. failing: it is known not to
    hold (also where the points are unmeasured because only `of` is).
    """

    points: NDArray[np.float64]
    reasons: NDArray[np.uint8]
    failing: NDArray[np.bool_]

    @property
    def measured(self) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = self.reasons == Reason.MEASURED
        return known


def points_of(condition: Condition, *, holds: Column, value: Column | None) -> Points:
    """holds: the condition's truth. value: the column of `of`, None where there is none.

    With `of` both must be measured; where both are not, the higher reason wins. Thresholds that
    are equal give no line: then, as without them, the condition itself decides.
    """
    good, poor = condition.good, condition.poor
    reasons = holds.reasons if value is None else np.maximum(holds.reasons, value.reasons)
    if value is None or good is None or poor is None or good == poor:
        points = holds.values.astype(np.float64)
    else:
        points = linear(value.values, good=good, poor=poor)
    np.copyto(points, 0.0, where=reasons != np.uint8(Reason.MEASURED))
    return Points(points=points, reasons=reasons, failing=holds.measured & ~holds.values)
