"""Plays by hand: who would enter now and who is kept out, starting, and going on after a mend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from banso.core.definitions import Definitions
from banso.core.definitions.plays import Play
from banso.core.plays.entry import KeptOut, kept_out
from banso.core.value.arms import held_out, play_action
from banso.desk.queries.account_ids import account_keys
from banso.desk.queries.plays import (
    Candidate,
    entered_by_account,
    of_keys,
    of_open_alerts,
    of_segment,
)
from banso.desk.queries.proof import arms_of_play
from banso.desk.queries.scope import Scope
from banso.desk.services.plays import resume, start_by_hand
from banso.pipeline.act.plays import step_all, world


class NobodyMeantError(LookupError):
    """An account or a segment that is not there; kind: which of the two."""

    def __init__(self, kind: Literal["account", "segment"], name: str) -> None:
        super().__init__(f"no {kind} '{name}'")
        self.kind, self.name = kind, name


@dataclass(frozen=True)
class Entry:
    """out: None: the account enters."""

    candidate: Candidate
    out: KeptOut | None


def candidates(
    scope: Scope,
    definitions: Definitions,
    play: Play,
    *,
    accounts: Sequence[str] = (),
    segment: str = "",
) -> Sequence[Candidate]:
    """Of these accounts (keys or other ids); or of a segment as of the newest run; or, where
    neither is said, accounts with an open alert of the rules that start the play. Raises
    NobodyMeantError."""
    if accounts:
        now = {x: x for x in accounts} | account_keys(accounts)
        found = of_keys(scope, sorted(set(now.values())))
        known = {x.key for x in found}
        for missing in sorted(x for x in now if now[x] not in known):
            raise NobodyMeantError("account", missing)
        return found
    if segment and segment not in definitions.segments:
        raise NobodyMeantError("segment", segment)
    if segment:
        return of_segment(scope, segment)
    rules = [x.name for x in definitions.rules.values() if x.play == play.name]
    return of_open_alerts(scope, rules)


def entries(scope: Scope, play: Play, candidates: Sequence[Candidate], *, day: date) -> list[Entry]:
    """By the very rules of entering, but for `exit`, which only a run can judge. Of accounts held
    out only they are told who keep the plays; to others they seem to enter."""
    before = entered_by_account(scope, [x.account for x in candidates])
    found = [
        Entry(x, kept_out(play, day=day, before=before.get(x.account, ()), facts=None))
        for x in candidates
    ]
    if not scope.operates or play.holdout is None:
        return found
    arms = arms_of_play(scope, play.name)
    return [
        replace(x, out=KeptOut("held_out")) if x.out is None and _lot(play, x, arms) else x
        for x in found
    ]


def _lot(play: Play, entry: Entry, arms: Mapping[str, bool]) -> bool:
    """As it was drawn, or will be."""
    key = entry.candidate.key
    return arms.get(key, held_out(key, play_action(play.name), share=play.holdout or 0))


def start(
    scope: Scope,
    definitions: Definitions,
    play: Play,
    candidates: Sequence[Candidate],
    *,
    day: date,
) -> list[Entry]:
    """Start it for those who may enter; the first steps are taken at once, up to the first
    condition, which the next run judges. Who enters and who is kept out. Those held out are
    started too: the lot is drawn, and kept, where a run would enter."""
    found = entries(scope, play, candidates, day=day)
    fit = [x.candidate for x in found if x.out is None or x.out.reason == "held_out"]
    alerts = {x.account: x.alert for x in fit if x.alert is not None}
    runs = start_by_hand(scope=scope, play=play, accounts=[x.account for x in fit], alerts=alerts)
    step_all(runs, world(definitions, day=day, facts={}))
    return found


def go_on(scope: Scope, definitions: Definitions, runs: Sequence[int], *, day: date) -> None:
    """Resume parked runs; conditions are judged by the next run."""
    for number in runs:
        resume(scope=scope, run=number)
    step_all(runs, world(definitions, day=day, facts={}))
