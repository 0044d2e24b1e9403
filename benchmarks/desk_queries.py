"""What the lists and boards of a large vendor cost in PostgreSQL and Django together.

Every order of the list, both ways, with every filter, for readers who see all accounts, their
team's and their own; then the boards. Exit status 1 where the 95th percentile is over its limit.
Run: .venv/bin/python benchmarks/desk_queries.py [--accounts 100_000] [--rounds 5]
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import get_args

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.project.settings")

import django

django.setup()

from desk_rows import AS_OF, JOURNEYS, STAGES, Size, fill  # noqa: E402  needs Django
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from banso.desk.database import django_database  # noqa: E402
from banso.desk.models import Account, Member  # noqa: E402
from banso.desk.queries.board import board, changes  # noqa: E402
from banso.desk.queries.listing import (  # noqa: E402
    Filters,
    Sort,
    SortKey,
    accounts_page,
    count_accounts,
)
from banso.desk.queries.scope import EVERYTHING, Scope, scope_of  # noqa: E402
from banso.store.server import embedded_url, stop  # noqa: E402

LIST_MS = 30.0
BOARD_MS = 50.0
WEEK = timedelta(days=7)
Work = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """kind: what its time is held against."""

    kind: str
    name: str
    work: Work


def filters(owner: int) -> Mapping[str, Filters]:
    plain = Filters(today=AS_OF)
    return {
        "all": plain,
        "journey": replace(plain, journey="reporting"),
        "stage": replace(plain, journey="reporting", stage="deep"),
        "at risk": replace(plain, colour="at_risk"),
        "owner": replace(plain, owner=owner),
        "overdue": replace(plain, overdue=True),
        "renewal": replace(plain, renewal_days=90),
        "segment": replace(plain, segment="large"),
        "rare segment": replace(plain, segment="rare"),
        "alerts": replace(plain, alerts=True),
        "東京": replace(plain, search="東京"),
        "高橋": replace(plain, search="高橋"),
        "株": replace(plain, search="株"),
        "第1234": replace(plain, search="第1234"),
        "nothing": replace(plain, search="zq"),
    }


def cases() -> Iterator[Case]:
    members = {x.handle: x for x in Member.objects.all()}
    readers = {"all": EVERYTHING} | {
        name: scope_of(members[handle])
        for name, handle in (("own", "csm01"), ("team", "csm02"), ("no amounts", "csm03"))
    }
    for reader, scope in readers.items():
        for name, wanted in filters(members["csm05"].pk).items():
            for key in get_args(SortKey):
                for descending in (False, True):
                    sort = Sort(key, descending)
                    title = f"{reader}, {name}, {'-' if descending else ''}{key}"
                    yield Case("list", title, _page(scope, wanted, sort))
            yield Case("count", f"{reader}, {name}", _count(scope, wanted))
        yield Case("board", reader, _board(scope))
        yield Case("changes", reader, _changes(scope))


def _page(scope: Scope, wanted: Filters, sort: Sort) -> Work:
    return lambda: accounts_page(scope, wanted, sort)


def _count(scope: Scope, wanted: Filters) -> Work:
    return lambda: count_accounts(scope, wanted)


def _board(scope: Scope) -> Work:
    return lambda: board(scope, JOURNEYS[0])


def _changes(scope: Scope) -> Work:
    return lambda: changes(
        scope, JOURNEYS[0], since=AS_OF - WEEK, until=AS_OF, stages=STAGES, limit=50
    )


def milliseconds(work: Work, rounds: int) -> list[float]:
    work()  # what was read once lies in memory
    taken = []
    for _ in range(rounds):
        began = perf_counter()
        work()
        taken.append((perf_counter() - began) * 1_000)
    return taken


def prepare(folder: Path, accounts: int) -> None:
    connection.settings_dict.update(django_database(embedded_url(folder)))
    call_command("migrate", verbosity=0)
    if not Account.objects.exists():
        fill(Size(accounts=accounts))


def measure(rounds: int, slowest: int) -> bool:
    """Print the figures; whether all are within their limits."""
    limits = {"list": LIST_MS, "count": LIST_MS, "board": BOARD_MS, "changes": BOARD_MS}
    found = [(case, milliseconds(case.work, rounds)) for case in cases()]
    kept = True
    for kind, limit in limits.items():
        taken = sorted(x for case, times in found if case.kind == kind for x in times)
        p95 = quantiles(taken, n=20, method="inclusive")[-1]
        kept &= p95 < limit
        print(f"{kind:<8} median {taken[len(taken) // 2]:6.1f} ms  p95 {p95:6.1f} ms  (< {limit})")
    print(f"slowest, fastest of {rounds} rounds each:")
    ranked = sorted(found, key=lambda x: -min(x[1]))
    for case, times in ranked[:slowest]:
        print(f"  {min(times):6.1f} ms  {case.kind}: {case.name}")
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slowest", type=int, default=12)
    asked = parser.parse_args()
    folder = Path(".banso-bench").resolve() / f"desk-{asked.accounts}"
    try:
        prepare(folder, asked.accounts)
        return 0 if measure(asked.rounds, asked.slowest) else 1
    finally:
        connection.close()
        stop(folder)


if __name__ == "__main__":
    sys.exit(main())
