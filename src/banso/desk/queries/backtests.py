"""What rules' replays have shown last."""

from collections.abc import Mapping, Sequence

from banso.core.definitions.model import Rule
from banso.desk.models import Account, Backtest
from banso.desk.queries.scope import Scope, within


def backtests_of(rule: str) -> Sequence[Backtest]:
    """One for each outcome: first the one that the rule is there for, then as they are defined."""
    return list(Backtest.objects.filter(rule=rule).order_by("id"))


def judged_backtests(rules: Mapping[str, Rule]) -> Mapping[str, Backtest]:
    """Rule -> its replay as judged by the outcome that it is there for; without all that is only
    for its own page. Missing: has no outcome, or has not been replayed by it yet."""
    rows = Backtest.objects.defer("told")
    return {x.rule: x for x in rows if x.rule in rules and x.outcome == rules[x.rule].outcome}


def accounts_named(scope: Scope, keys: Sequence[str]) -> Mapping[str, Account]:
    """Key -> account, of those that the scope reaches."""
    found = within(scope, Account.objects.filter(key__in=keys)).only("id", "key", "name")
    return {x.key: x for x in found}
