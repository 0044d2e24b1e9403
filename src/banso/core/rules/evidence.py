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

    Numbers come first, then yes and no, then what is unmeasured, and texts (which mostly say
    only where the account stands) last; among these the order is the author's own.
    """
    cell = window(panel, rows=slice(row, row + 1), days=slice(day, day + 1))
    found = supporting(definitions, root=definitions.condition(rule.when).root, cell=cell)
    return tuple(sorted(found, key=_order))


def _order(item: Evidence) -> int:
    return _UNMEASURED if item.value is None else _FORM_ORDER[item.form]
