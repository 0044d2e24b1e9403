"""What is read for the accounts of a page besides the list itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from banso.core.unmeasured import Reason
from banso.desk.models import Run
from banso.desk.queries.beside_list import MetricValue, account_segments, metric_values
from banso.desk.queries.listing import ListedAccount
from banso.desk.queries.scope import Scope
from banso.pipeline.one_account import Told
from banso.web.accounts.columns import Columns

UNKNOWN = Told(None, Reason.NO_SOURCE)
"""Of a metric that came into the definitions after the newest run."""


@dataclass(frozen=True)
class Beside:
    """By account."""

    metrics: Mapping[int, Mapping[str, MetricValue]]
    segments: Mapping[int, Sequence[str]]


def beside(scope: Scope, run: Run, columns: Columns, accounts: Sequence[ListedAccount]) -> Beside:
    """At most two queries."""
    ids = [account.id for account in accounts]
    return Beside(
        metrics=metric_values(scope, run, accounts=ids, metrics=columns.metrics),
        segments=account_segments(scope, ids) if "segments" in columns.kinds else {},
    )


def told(found: Beside, account: int, metric: str) -> Told:
    value = found.metrics.get(account, {}).get(metric)
    return Told(value.value, value.reason) if value else UNKNOWN
