"""Which numbers tell amounts of money: not everybody is shown them."""

from collections.abc import Mapping, Sequence
from typing import Any

from banso.core.definitions.definition_set import Definitions
from banso.core.definitions.metrics import Change, Derived, Latest, Ratio


def is_money(definitions: Definitions, name: str) -> bool:
    """Whether a value tells an amount of money, or is reckoned from one. name: of a metric, an
    attribute or a field of contracts or journeys."""
    if name == "contract.arr":
        return True
    metric = definitions.metrics.get(name)
    if isinstance(metric, Latest):
        return metric.of == "contract.arr"
    if isinstance(metric, Ratio | Change | Derived):
        return any(is_money(definitions, x) for x in definitions.metric_needs(name))
    return False


def without_money(
    definitions: Definitions | None, why: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The reasons of an alert that tell no amount of money. Without definitions: none of them."""
    if definitions is None:
        return []
    return [x for x in why if not is_money(definitions, str(x.get("metric")))]
