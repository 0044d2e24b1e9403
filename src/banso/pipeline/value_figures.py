"""What the pages of value count from: kept by each run, read anew only where nothing is kept."""

from datetime import UTC, date, datetime

from banso.core.definitions import Definitions
from banso.desk.queries.dominoes import read_columns
from banso.desk.queries.scope import EVERYTHING, Scope
from banso.desk.queries.value_figures import Counting, Figures, counting, kept_figures
from banso.pipeline.held_back import last_months, telling


def counted(
    scope: Scope, definitions: Definitions, *, as_of: date, since: date | None = None
) -> Counting:
    """As the last run has kept it; of alerts before `since` reaches back further than that, as it
    is now, which takes seconds with hundreds of thousands of them."""
    kept = kept_figures()
    if kept is None or (since is not None and since < kept.columns.first):
        kept = figures_now(definitions, as_of=kept.as_of if kept else as_of, since=since)
    return counting(scope, kept)


def figures_now(definitions: Definitions, *, as_of: date, since: date | None = None) -> Figures:
    first = min(last_months(as_of)[-1], since or as_of)
    made_at = datetime.now(tz=UTC)
    columns = read_columns(
        EVERYTHING,
        first=first,
        zone=definitions.organisation.time_zone,
        told=telling(definitions, first=first, as_of=as_of),
    )
    return Figures(as_of, made_at, definitions.fingerprint, columns)
