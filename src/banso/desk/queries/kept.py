"""What is reckoned from all accounts: once, not for every page."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.db.models import Subquery

from banso.core.recent import Recent
from banso.desk.models import Account, Reach, Revision, Run
from banso.desk.queries.scope import Scope

T = TypeVar("T")

memory: Recent[Hashable, Any] = Recent(300)
"""Of this process."""


def kept(scope: Scope, run: Run, name: str, make: Callable[[], T]) -> T:
    """What `make` gives (never None) from what runs write: Standing, Measured.

    It is kept where the reader sees all accounts. What a narrower scope reaches may change at any
    time, and is little.
    """
    return _kept(scope, ("run", run.pk, run.finished_at, name), make)


def kept_of_book(scope: Scope, name: str, make: Callable[[], T]) -> T:
    """The same from the book: accounts, contacts, contracts. One query asks whether it changed:
    an account of which nothing but its key is known is no revision of the book."""
    newest = Account.objects.order_by("-pk").values("pk")[:1]
    state = Revision.objects.values_list("number", Subquery(newest)).first()
    return _kept(scope, ("book", state, name), make)


def _kept(scope: Scope, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    if scope.reach is not Reach.ALL:
        return make()
    # One who may not see amounts never gets what was kept for another.
    found: T = memory.get((*key, scope.revenue), make)
    return found
