"""What is reckoned from all accounts, once a run."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from banso.desk.models import Reach, Run
from banso.desk.queries.scope import Scope

T = TypeVar("T")
KEPT_FOR = 24 * 3600  # seconds


def kept(scope: Scope, run: Run, name: str, make: Callable[[], T]) -> T:
    """What `make` gives, never None; kept where the reader sees all accounts: nothing but a run
    writes what it may be made of (Standing, Measured). What a narrower scope reaches may change at
    any time, and is little."""
    if scope.reach is not Reach.ALL:
        return make()
    key = f"{name}:{run.pk}:{run.finished_at.timestamp()}"
    found: T | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT_FOR)
    return found
