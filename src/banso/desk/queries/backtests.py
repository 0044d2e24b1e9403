"""What rules' replays have shown last."""

from collections.abc import Mapping, Sequence

from banso.desk.models import Account, Backtest
from banso.desk.queries.scope import Scope, within


def backtests_of(rule: str) -> Sequence[Backtest]:
    """One for each outcome: first the one that the rule is there for, then as they are defined."""
    return list(Backtest.objects.filter(rule=rule).order_by("id"))


def first_backtests() -> Mapping[str, Backtest]:
    """Rule -> the first of its replays; without all that is only for its own page."""
    rows = Backtest.objects.defer("told").order_by("-id")
    return {row.rule: row for row in rows}


def accounts_named(scope: Scope, keys: Sequence[str]) -> Mapping[str, Account]:
    """Key -> account, of those that the scope reaches."""
    found = within(scope, Account.objects.filter(key__in=keys)).only("id", "key", "name")
    return {x.key: x for x in found}
