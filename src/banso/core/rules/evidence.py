"""Why a rule holds: the comparisons behind it with their numbers, most telling first."""

from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.core.health.comparisons import supporting
from banso.core.health.evidence import Evidence, Form
from banso.core.health.truths import window
from banso.core.metrics.panel import Panel

_FORM_ORDER: dict[Form, int] = {"number": 0, "percent": 0, "truth": 1, "text": 3}
_UNMEASURED = 2


def evidence(
    definitions: Definitions, rule: Rule, panel: Panel, *, row: int, day: int
) -> tuple[Evidence, ...]:
    """Of the account in `row` on the as_of index `day`; empty where the rule does not hold.

    Numbers come first, those furthest from their threshold (in proportion to it) before the
    others; then yes and no, then what is unmeasured, and texts (which mostly say only where the
    account stands) last.
    """
    cell = window(panel, rows=slice(row, row + 1), days=slice(day, day + 1))
    found = supporting(definitions, root=definitions.condition(rule.when).root, cell=cell)
    return tuple(sorted(found, key=_order))


def _order(item: Evidence) -> tuple[int, float]:
    if item.value is None:
        return _UNMEASURED, 0.0
    return _FORM_ORDER[item.form], -_distance(item)


def _distance(item: Evidence) -> float:
    """How far the value is from its (nearest) threshold, from 0 to 2; 0 where it has none."""
    ends = item.threshold if isinstance(item.threshold, tuple) else (item.threshold,)
    value, numbers = item.value, [end for end in ends if isinstance(end, float)]
    if not isinstance(value, float) or not numbers:
        return 0.0
    return min(_apart(value, number) for number in numbers)


def _apart(value: float, threshold: float) -> float:
    scale = max(abs(value), abs(threshold))
    return abs(value - threshold) / scale if scale else 0.0
