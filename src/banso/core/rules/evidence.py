"""Why a rule holds: the comparisons behind it with their numbers, most telling first."""

from collections.abc import Sequence
from typing import cast

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
    """Of the account in `row` on the as_of index `day`; empty where the rule does not hold. What is
    held against several thresholds on the same side is told once, against the furthest.

    Numbers come first, then yes and no, then what is unmeasured, and texts (which mostly say
    only where the account stands) last; among these the order is the author's own.
    """
    cell = window(panel, rows=slice(row, row + 1), days=slice(day, day + 1))
    found = supporting(definitions, root=definitions.condition(rule.when).root, cell=cell)
    return tuple(sorted(_furthest(found), key=_order))


def _furthest(found: Sequence[Evidence]) -> list[Evidence]:
    """`change < -0.7` says all that `change < -0.55` does."""
    told: dict[object, Evidence] = {}
    for at, item in enumerate(found):
        side = item.operator[0]
        alone = not isinstance(item.threshold, float) or side not in "<>" or not item.supports
        key: object = at if alone else (item.field, item.label.en, side)
        before = told.get(key)
        if before is None or _is_further(item, before, side):
            told[key] = item  # in the place of the first
    return list(told.values())


def _is_further(item: Evidence, before: Evidence, side: str) -> bool:
    a, b = cast("float", item.threshold), cast("float", before.threshold)
    return a < b if side == "<" else a > b


def _order(item: Evidence) -> int:
    return _UNMEASURED if item.value is None else _FORM_ORDER[item.form]
