"""How metrics are spread over the accounts that a reader sees, as of the newest run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg, StringAgg
from django.db.models import Count, F, Func, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from numpy.typing import NDArray

from banso.core.metrics.histogram import Histogram, histogram
from banso.core.unmeasured import Reason
from banso.desk.models import Account, Measured, Run
from banso.desk.queries.kept import kept
from banso.desk.queries.scope import Scope, within

EXTREMES = 5
TEXTS = 20
COMPARE: Mapping[str, Callable[[NDArray[np.float64], float], NDArray[np.bool_]]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@dataclass(frozen=True)
class Mark:
    """A threshold. operator: of a comparison, or any other word, which nothing can meet."""

    operator: str
    value: float


@dataclass(frozen=True)
class Extreme:
    """An account with one of the lowest or highest values."""

    account: int
    name: str
    value: float


@dataclass(frozen=True)
class Distribution:
    """One metric over all accounts in scope.

    reasons: Reason -> accounts, without MEASURED. quartiles: lowest, lower quartile, median, upper
    quartile, highest; None where nothing is measured, or all is text. met: how many of the
    measured meet each mark. lowest, highest: EXTREMES accounts; at_lowest, at_highest: how many
    accounts have that very value. texts: the commonest texts, of a metric that is one.
    """

    accounts: int
    measured: int
    reasons: Mapping[Reason, int]
    histogram: Histogram | None
    quartiles: tuple[float, float, float, float, float] | None
    met: Mapping[Mark, int]
    lowest: Sequence[Extreme]
    highest: Sequence[Extreme]
    at_lowest: int
    at_highest: int
    texts: Mapping[str, int]


def unmeasured(scope: Scope, run: Run) -> Mapping[str, Mapping[Reason, int]]:
    """Metric -> reason -> accounts in scope, MEASURED among them; reasons nobody has left out."""
    return kept(scope, run, "unmeasured", lambda: _unmeasured(scope, run))


def distribution(
    scope: Scope, run: Run, metric: str, *, marks: Sequence[Mark] = ()
) -> Distribution | None:
    """None where the run did not measure this metric: it was defined later."""
    if metric not in run.metrics:
        return None
    told = ",".join(f"{mark.operator} {mark.value!r}" for mark in marks)
    name = f"distribution:{run.metrics.index(metric)}:{sha256(told.encode()).hexdigest()}"
    return kept(scope, run, name, lambda: _distribution(scope, run, metric, marks))


def _rows(scope: Scope) -> QuerySet[Measured]:
    return within(scope, Measured.objects.all(), account="account")


def _unmeasured(scope: Scope, run: Run) -> Mapping[str, Mapping[Reason, int]]:
    """All codes come back as one text, a digit each: a row for every account, or every kind of
    row, would cost seconds where accounts lack different things."""
    digits = Func(F("reasons"), Value(""), function="array_to_string", output_field=TextField())
    text = _rows(scope).aggregate(text=StringAgg(digits, delimiter="", default=Value("")))["text"]
    codes = np.frombuffer(text.encode("ascii"), np.uint8) - ord("0")
    if not len(codes):
        return {metric: {} for metric in run.metrics}
    table = codes.reshape(-1, len(run.metrics))
    return {
        metric: {
            Reason(code): int(accounts)
            for code, accounts in enumerate(np.bincount(table[:, at]))
            if accounts
        }
        for at, metric in enumerate(run.metrics)
    }


def _distribution(scope: Scope, run: Run, metric: str, marks: Sequence[Mark]) -> Distribution:
    at = run.metrics.index(metric)
    columns = _rows(scope).aggregate(
        accounts=ArrayAgg("account_id", default=[]),
        numbers=ArrayAgg(F(f"numbers__{at}"), default=[]),
        reasons=ArrayAgg(F(f"reasons__{at}"), default=[]),
    )
    numbers = np.array(columns["numbers"], np.float64)
    reasons = np.array(columns["reasons"], np.int64)
    known = ~np.isnan(numbers)
    values, owners = numbers[known], np.array(columns["accounts"], np.int64)[known]
    counts = np.bincount(reasons, minlength=len(Reason))
    order = np.argsort(values, kind="stable")
    return Distribution(
        accounts=len(reasons),
        measured=int(counts[Reason.MEASURED]),
        reasons={x: int(counts[x]) for x in Reason if x is not Reason.MEASURED and counts[x]},
        histogram=histogram(values, marks=[mark.value for mark in marks]),
        quartiles=_quartiles(values),
        met={
            mark: int(COMPARE[mark.operator](values, mark.value).sum())
            for mark in marks
            if mark.operator in COMPARE
        },
        lowest=_extremes(owners, values, order[:EXTREMES]),
        highest=_extremes(owners, values, order[::-1][:EXTREMES]),
        at_lowest=int((values == values.min()).sum()) if len(values) else 0,
        at_highest=int((values == values.max()).sum()) if len(values) else 0,
        texts=_texts(scope, metric) if int(counts[Reason.MEASURED]) > len(values) else {},
    )


def _quartiles(values: NDArray[np.float64]) -> tuple[float, float, float, float, float] | None:
    if not len(values):
        return None
    least, lower, middle, upper, most = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    return least, lower, middle, upper, most


def _extremes(
    owners: NDArray[np.int64], values: NDArray[np.float64], at: NDArray[np.int64]
) -> tuple[Extreme, ...]:
    """The accounts themselves are in scope already."""
    found = Account.objects.in_bulk(owners[at].tolist())
    return tuple(
        Extreme(int(owners[i]), str(found[int(owners[i])]), float(values[i]))
        for i in at
        if int(owners[i]) in found
    )


def _texts(scope: Scope, metric: str) -> Mapping[str, int]:
    rows = (
        _rows(scope)
        .filter(texts__has_key=metric)
        .annotate(text=KeyTextTransform(metric, "texts"))
        .order_by()
        .values_list("text")
        .annotate(accounts=Count("pk"))
        .order_by("-accounts", "text")
    )
    return dict(rows[:TEXTS])
