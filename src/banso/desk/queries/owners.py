"""Who owned which account when."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banso.desk.models import Assignment
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Owned:
    """From a day on, until the next one; None: nobody."""

    since: date
    owner: str | None


@dataclass(frozen=True)
class Owners:
    """by_account: account key -> owners in order of day."""

    by_account: Mapping[str, Sequence[Owned]]

    def on(self, account: str, day: date) -> str | None:
        """Handle of the owner on a day. Before the first that is known: that first one, as nobody
        knows better."""
        spans = self.by_account.get(account)
        if not spans:
            return None
        at = bisect_right(spans, day, key=lambda x: x.since) - 1
        return spans[max(at, 0)].owner


def owners(scope: Scope) -> Owners:
    """Of the accounts of this scope. One query."""
    found: dict[str, list[Owned]] = {}
    ordered = Assignment.objects.order_by("account__key", "started_on", "id")
    rows = within(scope, ordered, account="account").values_list(
        "account__key", "member__handle", "started_on", "ended_on"
    )
    for account, handle, started_on, ended_on in rows.iterator(chunk_size=10_000):
        spans = found.setdefault(account, [])
        if spans and spans[-1].since >= started_on:
            spans.pop()  # the one before ended on that very day
        spans.append(Owned(started_on, handle))
        if ended_on is not None:
            spans.append(Owned(ended_on, None))
    return Owners(found)
