"""What the numbers of an alert are now: its reasons were frozen on the day on which it opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isclose

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.unmeasured import Reason
from banso.desk.models import Alert, Run
from banso.desk.queries.beside_list import MetricValue, metric_values
from banso.desk.queries.scope import Scope
from banso.web.definitions.places import value_words


@dataclass(frozen=True)
class Now:
    """known: by account and metric, as of the newest run."""

    definitions: Definitions
    known: Mapping[int, Mapping[str, MetricValue]] = field(default_factory=dict)

    def words(self, account: int, reason: Mapping[str, object]) -> str:
        """`now 27 days`; empty where it is what the reason says, or nothing is known of it."""
        metric, then = str(reason["metric"]), reason.get("value")
        told = self.known.get(account, {}).get(metric)
        if told is None or metric not in self.definitions.metrics:
            return ""
        if told.reason is not Reason.MEASURED or told.value is None:
            return gettext("unmeasured now")
        if isinstance(told.value, str):
            return "" if told.value == then else gettext("now %(value)s") % {"value": told.value}
        if isinstance(then, int | float) and isclose(told.value, then, rel_tol=1e-9):
            return ""
        value = value_words(self.definitions, metric, told.value)
        return gettext("now %(value)s") % {"value": value}


def now_of(scope: Scope, run: Run, definitions: Definitions, alerts: Iterable[Alert]) -> Now:
    """One query."""
    older = [x for x in alerts if x.episode.opened_on < run.as_of]
    metrics = dict.fromkeys(str(reason["metric"]) for x in older for reason in x.why)
    known = metric_values(
        scope, run, accounts={x.episode.account_id for x in older}, metrics=list(metrics)
    )
    return Now(definitions, known)
