"""All metrics of some accounts on every day: the one entrance to the kernel."""

from collections.abc import Iterable, Iterator

import numpy as np
from pyarrow.lib import RecordBatch

from banso.core.metrics.bucket import Bucket
from banso.core.metrics.columns import Columns
from banso.core.metrics.facts import AccountFacts
from banso.core.metrics.panel import Panel
from banso.core.metrics.plan import MetricPlan
from banso.core.metrics.state import gather

CONTRACT = ("contract.arr", "contract.seats", "contract.days_to_end")


def measure(*, plan: MetricPlan, accounts: AccountFacts, batches: Iterable[RecordBatch]) -> Panel:
    """Every metric, segment, `contract.*` and wanted attribute, for all accounts and days.

    batches: all facts of these accounts (of both datasets, in any order; those of other accounts
    are passed over), with the columns account, user (0 or null = none), action, time, `value`
    where plan.needs_value, and every name of plan.computed. FactsError where they do not fit.
    """
    rows = max(1, len(accounts.accounts))
    return next(blocks(fold(plan=plan, accounts=accounts, batches=batches), rows=rows))


def fold(*, plan: MetricPlan, accounts: AccountFacts, batches: Iterable[RecordBatch]) -> Bucket:
    """All facts of these accounts taken in, nothing told yet."""
    return Bucket(plan, accounts, gather(plan=plan, accounts=accounts, batches=batches))


def blocks(bucket: Bucket, *, rows: int, begin: int = 0) -> Iterator[Panel]:
    """What the bucket tells, at most `rows` accounts at a time: a panel takes 9 bytes per account,
    day and column, which is much more than the state behind it. At least one panel comes.

    begin: as_of index of the first day to be told. Facts of all days count.
    """
    plan, accounts = bucket.plan, bucket.accounts
    total = len(accounts.accounts)
    for first in range(0, max(total, 1), rows):
        part = Columns(bucket, first, min(first + rows, total), begin)
        columns = {name: part.column(name) for name in column_names(plan)}
        ids = accounts.accounts[first : first + rows].astype(np.int32, copy=False)
        yield Panel(ids, plan.org.calendar.since(begin), part.customer, columns)


def column_names(plan: MetricPlan) -> tuple[str, ...]:
    """The names of a panel's columns."""
    attributes = tuple(f"attribute.{name}" for name in plan.attributes)
    segments = tuple(f"segment.{name}" for name in plan.definitions.segments)
    return (*plan.definitions.metrics, *CONTRACT, *attributes, *segments)
