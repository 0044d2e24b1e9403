"""The conditions of a journey, evaluated on the columns of some cells."""

from collections.abc import Callable

from banso.core.definitions import Definitions
from banso.core.definitions.model import Condition
from banso.core.expressions import Type, evaluate
from banso.core.expressions.tree import Field
from banso.core.health.points import Points, points_of
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Column

Lookup = Callable[[str], Column]
Shape = tuple[int, ...]


class Truths:
    """Truth and points of conditions, by their text; each is reckoned once."""

    def __init__(self, definitions: Definitions, *, lookup: Lookup, shape: Shape) -> None:
        self.definitions = definitions
        self.lookup = lookup
        self.shape = shape
        self._known: dict[str, Column] = {}
        self._points: dict[Condition, Points] = {}

    def of(self, text: str) -> Column:
        """Truth of a condition: bool values, False where unmeasured."""
        if text not in self._known:
            root = self.definitions.condition(text).root
            self._known[text] = evaluate(root, self.lookup, self.shape)
        return self._known[text]

    def number(self, metric: str) -> Column:
        """Numbers of a metric; texts (of an attribute) that are none are NOT_APPLICABLE."""
        return evaluate(Field(metric, Type.NUMBER), self.lookup, self.shape)

    def points(self, condition: Condition) -> Points:
        if condition not in self._points:
            value = None if condition.of is None else self.number(condition.of)
            holds = self.of(condition.condition)
            self._points[condition] = points_of(condition, holds=holds, value=value)
        return self._points[condition]


def window(panel: Panel, *, rows: slice, days: slice) -> Lookup:
    """A look-up of the panel's columns cut to some cells, without copying."""

    def look_up(name: str) -> Column:
        whole = panel.column(name)
        return Column(
            values=whole.values[rows, days],
            reasons=whole.reasons[rows, days],
            categories=whole.categories,
        )

    return look_up
