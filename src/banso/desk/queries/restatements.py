"""Where what had been shown was seen otherwise later, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from banso.desk.models import Cause, Change, Run
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Restatement:
    """Accounts of a journey that a run saw otherwise than they had been shown.

    definitions, facts: what had changed since the run before: one of them, or both.
    """

    as_of: date
    accounts: int
    definitions: bool
    facts: bool


def restatements(
    scope: Scope, journey: str, *, since: date, until: date, segment: str = ""
) -> Sequence[Restatement]:
    """Of the days since..until, both included, newest first. Two queries, one where there are
    none."""
    rows = within(scope, Change.objects.filter(cause=Cause.RESTATED), account="account")
    rows = rows.filter(journey=journey, as_of__gte=since, as_of__lte=until)
    if segment:
        rows = rows.filter(account__standings__lead=True)
        rows = rows.filter(account__standings__segments__contains=[segment])
    versions = rows.values_list("as_of", "fingerprint", "generation")
    found = versions.annotate(accounts=Count("account", distinct=True)).order_by("-as_of")
    groups = [(as_of, (name, number), count) for as_of, name, number, count in found]
    before = _versions_before({(as_of, version) for as_of, version, _ in groups})
    return [
        Restatement(
            as_of=as_of,
            accounts=count,
            definitions=old is not None and old[0] != version[0],
            facts=old is not None and old[1] != version[1],
        )
        for as_of, version, count in groups
        for old in [before.get((as_of, version))]
    ]


Version = tuple[str, int]
"""Fingerprint of the definitions and generation of the facts."""


def _versions_before(told: set[tuple[date, Version]]) -> Mapping[tuple[date, Version], Version]:
    """Of the runs that told something: what the run was made from that people saw before."""
    if not told:
        return {}
    runs = Run.objects.order_by("id").values_list("as_of", "fingerprint", "generation")
    seen: tuple[date, Version] | None = None
    found: dict[tuple[date, Version], Version] = {}
    for as_of, fingerprint, generation in runs:
        this = as_of, (fingerprint, generation)
        if seen is not None and this in told:
            found.setdefault(this, seen[1])
        if seen is None or as_of >= seen[0]:
            seen = this
    return found
