"""What the pages of value count from, and what of it a reader sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from banso.core.value.columns import Columns, Flags
from banso.core.value.dominoes import Dominoes, Wish
from banso.core.value.told import After, afters, afters_of_rules, expected
from banso.desk.models import Account, Reach, ValueFigures
from banso.desk.queries.kept import memory
from banso.desk.queries.proof import Outcomes
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Figures:
    """as_of: the day up to which alerts are counted. made_at: when they were read; what members
    have done since is not in them. fingerprint: of the definitions then."""

    as_of: date
    made_at: datetime
    fingerprint: str
    columns: Columns


def kept_figures() -> Figures | None:
    """As the newest run has kept them; None before the first one. One query, a second one once for
    each process and run."""
    rows = ValueFigures.objects.order_by("-pk")
    newest = rows.values_list("pk", "as_of", "made_at", "fingerprint").first()
    if newest is None:
        return None
    number, as_of, made_at, fingerprint = newest

    def read() -> Columns | None:
        text = rows.filter(pk=number).values_list("columns", flat=True).first()
        return Columns.from_bytes(bytes(text)) if text is not None else None

    found = memory.get(("figures", number, made_at), read)
    # another run has kept newer ones meanwhile
    return Figures(as_of, made_at, fingerprint, found) if found is not None else kept_figures()


@dataclass(frozen=True)
class Counting:
    """Figures of those accounts that a reader sees. seen: None: of all."""

    figures: Figures
    seen: Flags | None

    def dominoes(self, wish: Wish) -> Dominoes:
        return Dominoes(self.figures.columns, self.seen, wish)

    def afters(self) -> Mapping[date, tuple[After, After]]:
        return afters(self.figures.columns, self.seen)

    def afters_of_rules(self) -> Mapping[str, tuple[After, After]]:
        return afters_of_rules(self.figures.columns, self.seen)

    def outcomes(self) -> Mapping[str, Outcomes]:
        """By rule."""
        found: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
        for (rule, came, held), alerts in expected(self.figures.columns, self.seen).items():
            found.setdefault(rule, ({}, {}))[held][came] = alerts
        return {rule: Outcomes(*pair) for rule, pair in found.items()}


def counting(scope: Scope, figures: Figures) -> Counting:
    """Whose accounts they are is asked now, not as of the run: one query for a narrow scope, none
    where all are seen."""
    if scope.reach is Reach.ALL:
        return Counting(figures, None)
    theirs = within(scope, Account.every.order_by()).values_list("pk", flat=True)
    return Counting(figures, np.isin(figures.columns.customers.number, list(theirs)))
