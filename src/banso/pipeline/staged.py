"""What came of a rule or play that is rolled out by stages: one entry for each account and period
in which it was due, told or not yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from banso.core.definitions.proof import first_stage
from banso.core.value.rollout import PERIOD_DAYS, Staged
from banso.pipeline.subjects import Facts, Fate, Subjects

Due = tuple[date, bool]
"""A day on which the rule spoke of an account, or the play was to begin; whether it was told."""


@dataclass(frozen=True)
class Seen:
    """stage: in the order of the roll-out; the last one is of those that are in none. crossing: it
    was reached before its time was up, so it counts for neither side."""

    account: str
    stage: int
    period: int
    told: bool
    crossing: bool
    fates: Mapping[str, Fate]
    facts: Facts


def seen(subjects: Subjects, due: Mapping[str, Sequence[Due]]) -> Iterator[Seen]:
    """due: by account key, oldest first."""
    stages = subjects.tested.rollout
    calendar = subjects.inputs.calendar
    inside = [subjects.panel.column(f"segment.{x.segment}") for x in stages]
    for account, row in subjects.rows.items():
        known: set[int] = set()
        for on, told in due.get(account, ()):
            day = calendar.index(on)
            if not 0 <= day < calendar.days or day // PERIOD_DAYS in known:
                continue
            held = [bool(x.measured[row, day]) and bool(x.values[row, day]) for x in inside]
            mine = [x.segment for x, is_in in zip(stages, held, strict=True) if is_in]
            stage = first_stage(stages, mine)
            begins = None if stage is None else calendar.index(stages[stage].begins)
            if told != (begins is not None and begins <= day):
                continue  # the dates were others then
            known.add(day // PERIOD_DAYS)
            yield Seen(
                account=account,
                stage=len(stages) if stage is None else stage,
                period=day // PERIOD_DAYS,
                told=told,
                crossing=not told and begins is not None and day + subjects.longest >= begins,
                fates=subjects.fates(row, day),
                facts=subjects.facts(row, day),
            )


def as_staged(ready: Sequence[Seen], target: str, covariates: Any) -> Staged:
    """ready: whose fate is known."""
    names = {x: n for n, x in enumerate(dict.fromkeys(x.account for x in ready))}
    return Staged(
        stage=np.array([x.stage for x in ready], np.int64),
        period=np.array([x.period for x in ready], np.int64),
        told=np.array([x.told for x in ready], np.bool_),
        account=np.array([names[x.account] for x in ready], np.int64),
        outcome=np.array([x.fates[target] == "yes" for x in ready], np.float64),
        covariates=covariates,
    )
