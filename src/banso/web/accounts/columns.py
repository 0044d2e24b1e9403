"""Columns of the list: which there are, and which of them a member has chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

from banso.core.definitions import Definitions
from banso.core.definitions.money import is_money
from banso.desk.queries.listing import SortKey
from banso.web.account360.labels import metric_label
from banso.web.tags import text

COOKIE = "account_columns"
METRIC = "metric."
"""Before the name of a metric that is a column: `metric.weekly_users`."""


@dataclass(frozen=True)
class By:
    """What a click on a heading sorts by. downwards: the first click shows the highest first."""

    label: str
    sort: SortKey
    downwards: bool = False


@dataclass(frozen=True)
class Kind:
    """by: what its heading sorts by. number: it stands on the right edge."""

    name: str
    label: str
    by: Sequence[By] = ()
    number: bool = False
    default: bool = True


KINDS: Sequence[Kind] = (
    Kind("owner", gettext_noop("Owner")),
    Kind(
        "stage",
        gettext_noop("Stage"),
        by=(By(gettext_noop("Days"), "days_in_stage", downwards=True),),
    ),
    Kind(
        "health",
        gettext_noop("Health"),
        by=(By(gettext_noop("Health"), "urgency"), By(gettext_noop("Score"), "score")),
    ),
    Kind(
        "confidence", gettext_noop("Confidence"), by=(By(gettext_noop("Confidence"), "confidence"),)
    ),
    Kind("trend", gettext_noop("Trend"), by=(By(gettext_noop("Trend"), "trend"),)),
    Kind("alerts", gettext_noop("Alerts"), number=True),
    Kind(
        "arr",
        gettext_noop("ARR"),
        by=(By(gettext_noop("ARR"), "arr", downwards=True),),
        number=True,
    ),
    Kind("seats", gettext_noop("Seats"), number=True, default=False),
    Kind(
        "contract",
        gettext_noop("Contract end"),
        by=(By(gettext_noop("Contract end"), "ends_on"),),
        number=True,
    ),
    Kind("segments", gettext_noop("Segments"), default=False),
)
"""In the order in which they stand; metrics come behind them."""


@dataclass(frozen=True)
class Columns:
    """kinds: names of those shown. metrics: names of the metrics shown, in the order of the
    definitions."""

    kinds: frozenset[str]
    metrics: Sequence[str]

    @property
    def names(self) -> Sequence[str]:
        own = [kind.name for kind in KINDS if kind.name in self.kinds]
        return [*own, *(METRIC + name for name in self.metrics)]


def chosen(request: HttpRequest, definitions: Definitions, *, revenue: bool) -> Columns:
    """What the address asks for (`columns`, by commas), else what this browser's member chose
    last, else the usual ones. Columns that tell amounts are only for readers who see them."""
    asked = ",".join(request.GET.getlist("columns")) or unquote(request.COOKIES.get(COOKIE, ""))
    names = asked.split(",") if asked else [kind.name for kind in KINDS if kind.default]
    return columns(names, definitions, revenue=revenue)


def columns(names: Iterable[str], definitions: Definitions, *, revenue: bool) -> Columns:
    """Those of the names that there are."""
    wanted = frozenset(names)
    kinds = frozenset(kind.name for kind in offered(revenue=revenue)) & wanted
    metrics = offered_metrics(definitions, revenue=revenue)
    return Columns(kinds, [name for name in metrics if METRIC + name in wanted])


def offered(*, revenue: bool) -> Sequence[Kind]:
    return [kind for kind in KINDS if revenue or kind.name != "arr"]


def offered_metrics(definitions: Definitions, *, revenue: bool) -> Sequence[str]:
    return [name for name in definitions.metrics if revenue or not is_money(definitions, name)]


def kept(chosen: Columns) -> str:
    """As the cookie holds them: names of metrics are in any script."""
    return quote(",".join(chosen.names))


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Choices:
    kinds: Sequence[Choice]
    metrics: Sequence[Choice]


def choices(shown: Columns, definitions: Definitions, *, revenue: bool) -> Choices:
    """What the member may choose from, with the labels of their language."""
    return Choices(
        kinds=[
            Choice(kind.name, gettext(kind.label), kind.name in shown.kinds)
            for kind in offered(revenue=revenue)
        ],
        metrics=[
            Choice(METRIC + name, metric_word(definitions, name), name in shown.metrics)
            for name in offered_metrics(definitions, revenue=revenue)
        ],
    )


def metric_word(definitions: Definitions, metric: str) -> str:
    return text(metric_label(definitions.metrics[metric]))
