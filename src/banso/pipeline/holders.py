"""Whose alerts a replay's are: their accounts' owners', or those to whom rules give them."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date

from banso.core.rules.replay import Replayed
from banso.core.rules.turns import in_turn
from banso.desk.queries.assignable import assignable
from banso.desk.queries.owners import Owners
from banso.pipeline.gather import Inputs

Key = tuple[str, str, date]
"""(rule, account, opened_on): no two alerts share it."""


@dataclass(frozen=True)
class Holders:
    """owners: of accounts, day by day. given: alert -> handle of whom a rule gave it to."""

    owners: Owners
    given: Mapping[Key, str]

    def of(self, key: Key) -> str | None:
        """Handle; None: nobody."""
        _, account, opened = key
        return self.given.get(key) or self.owners.on(account, opened)


def holders(inputs: Inputs, whole: Replayed, owned: Owners) -> Holders:
    """The turns that live would have taken from nothing, with members, teams and owners as they
    are now."""
    rules = inputs.definitions.rules
    assigned = [name for name in whole.firings if rules[name].assign is not None]
    who = assignable() if assigned else None
    given: dict[Key, str] = {}
    for name in assigned:
        assign, held = rules[name].assign, dict[Hashable, str]()
        for day, account in sorted(_opened(inputs, whole, name)):
            among = [x.handle for x in who.among(assign, account)] if who and assign else []
            chosen = in_turn(held, account, among)
            if chosen is not None:
                given[name, account, day] = chosen
    return Holders(owned, given)


def _opened(inputs: Inputs, whole: Replayed, rule: str) -> list[tuple[date, str]]:
    firings = whole.firings[rule]
    return [
        (inputs.calendar.as_of(int(day)), inputs.key(account))
        for day, account in zip(firings.opened, firings.account, strict=True)
    ]
