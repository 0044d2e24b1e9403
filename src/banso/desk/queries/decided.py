"""What has been decided so far: the state that rules go on from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from banso.desk.models import Episode, Run


@dataclass(frozen=True)
class RuleState:
    """Of one rule: open episodes and the last closing, by account key."""

    opened_on: dict[str, date]
    closed_on: dict[str, date]


def decided_until() -> date | None:
    """The last day on which rules were decided; None before the first run."""
    last: date | None = Run.objects.filter(decided_from__isnull=False).aggregate(last=Max("as_of"))[
        "last"
    ]
    return last


def rule_states(rules: Sequence[str]) -> dict[str, RuleState]:
    """State of every rule named, empty for one that never fired."""
    states = {rule: RuleState({}, {}) for rule in rules}
    rows = Episode.objects.filter(rule__in=rules).values_list(
        "rule", "account__key", "opened_on", "closed_on"
    )
    for rule, account, opened_on, closed_on in rows.iterator(chunk_size=10_000):
        state = states[rule]
        if closed_on is None:
            state.opened_on[account] = opened_on
        else:
            state.closed_on[account] = max(closed_on, state.closed_on.get(account, closed_on))
    return states


def open_rules() -> frozenset[str]:
    """Rules that have an open episode, whether they are still defined or not."""
    return frozenset(
        Episode.objects.filter(closed_on__isnull=True).values_list("rule", flat=True).distinct()
    )


def latest_run() -> Run | None:
    """The run that people are looking at: the newest as_of, computed last."""
    return Run.objects.first()
