"""Whether a number may be told at all: the reasons that every metric over facts shares."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.expressions import evaluate
from banso.core.metrics.compiled import compiled
from banso.core.metrics.plan import MetricPlan, Origin
from banso.core.unmeasured import Column, Reason

_NOT_APPLICABLE = int(Reason.NOT_APPLICABLE)
_BEFORE_FIRST_DATA = int(Reason.BEFORE_FIRST_DATA)
_NO_SOURCE = int(Reason.NO_SOURCE)
_SOURCE_LATE = int(Reason.SOURCE_LATE)

Days = NDArray[np.bool_]


@compiled
def fill_reasons(  # noqa: PLR0917 (numba takes flat arrays)
    since: NDArray[np.int32],
    late: Days,
    uncovered: Days,
    origin: int,
    window: int,
    begin: int,
    reasons: NDArray[np.uint8],
) -> None:
    """The first reason that applies, in the order of docs: what a metric means.

    since: int32 per account. late: bool per day. uncovered: bool (accounts, days), or (0, 0)
    where every source covers every account. origin: day of the first fact that could match.
    begin: as_of index of column 0, of `late` and `uncovered` too.
    """
    for a in range(reasons.shape[0]):
        for at in range(reasons.shape[1]):
            i = begin + at
            if i <= since[a]:
                reasons[a, at] = _NOT_APPLICABLE
            elif late[at]:
                reasons[a, at] = _SOURCE_LATE
            elif i <= origin:
                reasons[a, at] = _NO_SOURCE
            elif uncovered.shape[0] > 0 and uncovered[a, at]:
                reasons[a, at] = _NOT_APPLICABLE
            elif window > 0 and i - window < origin and since[a] < origin:
                reasons[a, at] = _BEFORE_FIRST_DATA
            else:
                reasons[a, at] = 0


def late_at(plan: MetricPlan, origin: Origin, begin: int) -> Days:
    """As_of days from `begin` on at which any source of the metric that has begun is late."""
    days = np.arange(begin, plan.org.calendar.days)
    late = np.zeros(len(days), np.bool_)
    for source, first in origin.sources:
        declared = plan.org.source_late.get(source)
        if declared is not None:
            late |= declared[begin:] & (first < days)
    return late


class Coverage:
    """Reasons for a block of accounts, told once per origin and window.

    since: int32 (accounts). first: int32 (accounts, sources), first fact of each source.
    begin: as_of index of column 0. lookup: the column of `attribute.X`, for the sources' `covers`.
    """

    def __init__(
        self,
        *,
        plan: MetricPlan,
        since: NDArray[np.int32],
        first: NDArray[np.int32],
        lookup: Callable[[str], Column],
        begin: int = 0,
    ) -> None:
        self._plan = plan
        self._since = since
        self._first = first
        self._begin = begin
        self._shape = (len(since), plan.org.calendar.days - begin)
        self._lookup = lookup
        self._excluded: dict[str, Days] = {}
        self._uncovered: dict[tuple[tuple[str, int], ...], Days] = {}

    def reasons(self, *, origin: Origin, window: int, covers: bool = True) -> NDArray[np.uint8]:
        """uint8 (accounts, days), new. covers: whether the sources' `covers` matter."""
        reasons = np.empty(self._shape, np.uint8)
        nowhere = np.zeros((0, 0), np.bool_)
        uncovered = self._not_covered(origin.sources) if covers else nowhere
        late = late_at(self._plan, origin, self._begin)
        fill_reasons(self._since, late, uncovered, origin.first, window, self._begin, reasons)
        return reasons

    def _not_covered(self, sources: tuple[tuple[str, int], ...]) -> Days:
        """Where no source of the metric that has begun covers the account."""
        if not any(_covers(self._plan.definitions, name) for name, _ in sources):
            return np.zeros((0, 0), np.bool_)
        if sources not in self._uncovered:
            self._uncovered[sources] = self._compute(sources)
        return self._uncovered[sources]

    def _compute(self, sources: Sequence[tuple[str, int]]) -> Days:
        days = np.arange(self._begin, self._plan.org.calendar.days)
        result = np.ones(self._shape, np.bool_)
        for name, begun in sources:
            sent = self._first[:, self._plan.sources[name], None] < days
            result &= (begun >= days) | (self._excludes(name) & ~sent)
        return result

    def _excludes(self, source: str) -> Days:
        """Where the source's `covers` is known to be false."""
        if source not in self._excluded:
            text = _covers(self._plan.definitions, source)
            if text is None:
                self._excluded[source] = np.zeros(self._shape, np.bool_)
            else:
                root = self._plan.definitions.condition(text).root
                column = evaluate(root, self._lookup, self._shape)
                self._excluded[source] = ~column.values.astype(np.bool_) & column.measured
        return self._excluded[source]


def _covers(definitions: Definitions, source: str) -> str | None:
    declared = definitions.sources.get(source)
    return declared.covers if declared else None
