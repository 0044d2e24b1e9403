"""Plays by hand: who would enter now and who is kept out, starting, and going on after a mend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.definitions import Definitions
from banso.core.definitions.plays import Play
from banso.core.plays.entry import KeptOut, kept_out
from banso.desk.queries.plays import Candidate, entered_by_account
from banso.desk.queries.scope import Scope
from banso.desk.services.plays import resume, start_by_hand
from banso.pipeline.act.plays import step_all, world


@dataclass(frozen=True)
class Entry:
    """out: None: the account enters."""

    candidate: Candidate
    out: KeptOut | None


def entries(scope: Scope, play: Play, candidates: Sequence[Candidate], *, day: date) -> list[Entry]:
    """By the very rules of entering, but for `exit`, which only a run can judge."""
    before = entered_by_account(scope, [x.account for x in candidates])
    return [
        Entry(x, kept_out(play, day=day, before=before.get(x.account, ()), facts=None))
        for x in candidates
    ]


def start(
    scope: Scope,
    definitions: Definitions,
    play: Play,
    candidates: Sequence[Candidate],
    *,
    day: date,
) -> list[Entry]:
    """Start it for those who may enter; the first steps are taken at once, up to the first
    condition, which the next run judges. Who enters and who is kept out."""
    found = entries(scope, play, candidates, day=day)
    fit = [x.candidate for x in found if x.out is None]
    alerts = {x.account: x.alert for x in fit if x.alert is not None}
    runs = start_by_hand(scope=scope, play=play, accounts=[x.account for x in fit], alerts=alerts)
    step_all(runs, world(definitions, day=day, facts={}))
    return found


def go_on(scope: Scope, definitions: Definitions, runs: Sequence[int], *, day: date) -> None:
    """Resume parked runs; conditions are judged by the next run."""
    for number in runs:
        resume(scope=scope, run=number)
    step_all(runs, world(definitions, day=day, facts={}))
