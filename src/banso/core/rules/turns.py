"""Whose turn it is: alerts of a rule go round among members, the same in a replay as live."""

from collections import Counter
from collections.abc import Hashable, MutableMapping, Sequence
from typing import TypeVar

Account = Hashable
M = TypeVar("M", bound=Hashable)


def in_turn(held: MutableMapping[Account, M], account: Account, among: Sequence[M]) -> M | None:
    """The member who has the account for this rule, or now gets it; None where nobody may.

    held: account -> member, as of now; the turn is remembered there. among: those who may have this
    account, in the order in which they are named. An account stays with the member who had it
    last; otherwise the one of them with the fewest accounts has it, of equals the first. Asked in
    order of day, then account key, by live and replay alike, both say the same.
    """
    if not among:
        return None
    before = held.get(account)
    if before in among:
        return before
    counts = Counter(held.values())
    chosen = min(among, key=lambda x: counts[x])
    held[account] = chosen
    return chosen
