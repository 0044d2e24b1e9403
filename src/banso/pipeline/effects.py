"""What a rule or a play changes, of each grade that its accounts allow, as rows to be kept."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any, Protocol

import numpy as np

from banso.core.definitions.model import Rule
from banso.core.definitions.outcomes import (
    BecameTrue,
    Churn,
    Downgrade,
    Outcome,
    Renewal,
    Silence,
    StageAdvance,
    StageRegress,
)
from banso.core.definitions.plays import Play
from banso.core.value.because import of_rollout
from banso.core.value.holdout import MINIMUM_ARM, MINIMUM_EVENTS, Effect, Trial, effect
from banso.core.value.intervals import accounts_needed
from banso.core.value.matched import Compared, Comparison, compared
from banso.core.value.rollout import SHOWS, SUGGESTS, RolledOut, rolled_out
from banso.desk.models import Effect as Kept
from banso.pipeline.staged import Seen, as_staged
from banso.pipeline.subjects import Acted, Enrolled, Facts, Fate

TO_SEE = 0.05
"""The difference for which the accounts still needed are told; half of the base where that is
less."""
FAR_WEEKS = 52 * 20
"""Later than that nobody waits for an answer."""


class Asked(Protocol):
    """One rule or play with its accounts; see pipeline.prove."""

    tested: Rule | Play
    version: str
    outcome: Outcome | None
    enrolled: list[Enrolled]
    acted: list[Acted]
    begun: list[Acted]
    seen: list[Seen]
    merged: int


@dataclass(frozen=True)
class _Case:
    """target: see Enrolled.fates."""

    asked: Asked
    target: str
    as_of: date

    @property
    def within(self) -> int:
        """Days that it may take."""
        expect, outcome = self.asked.tested.expect, self.asked.outcome
        if self.target:
            return outcome.within_days if outcome else 0
        return expect.within_days if expect else 0

    @property
    def sign(self) -> int:
        return better(self.target, self.asked.outcome)

    def kept(self, grade: str, verdict: str, found: Any, told: Mapping[str, object]) -> Kept:
        """found: Effect, RolledOut, Compared or TooLittle."""
        numbers = asdict(found)
        return Kept(
            **named(self.asked.tested),
            target=self.target,
            grade=grade,
            version=self.asked.version,
            as_of=self.as_of,
            verdict=verdict,
            value=numbers.pop("value", None),
            low=numbers.pop("low", None),
            high=numbers.pop("high", None),
            told={**numbers, **told},
        )


def named(tested: Rule | Play) -> dict[str, str]:
    """As rows name it, see models.Effect."""
    is_rule = isinstance(tested, Rule)
    return {"rule": tested.name if is_rule else "", "play": "" if is_rule else tested.name}


def effects(asked: Asked, *, as_of: date) -> Iterator[Kept]:
    """A: where it holds accounts out or has done so. B: where it is rolled out by stages. C and D:
    wherever it has been told, or a play been entered."""
    targets = [asked.outcome.name] if asked.outcome else []
    targets += [""] if asked.tested.expect else []
    for target in targets:
        if asked.tested.holdout is not None or asked.enrolled:
            yield _by_lot(_Case(asked, target, as_of))
        if asked.tested.rollout:
            yield _staged(_Case(asked, target, as_of))
        if asked.acted or asked.begun:
            yield _compared(_Case(asked, target, as_of))
    if asked.begun or any(x.done for x in asked.acted):
        yield _before_after(asked, as_of)


def better(target: str, outcome: Outcome | None) -> int:
    """1: more is better; -1: less is; 0: nobody has said so."""
    if not target or isinstance(outcome, Renewal | StageAdvance):
        return 1
    if isinstance(outcome, Churn | Downgrade | StageRegress | Silence):
        return -1
    assert isinstance(outcome, BecameTrue)  # noqa: S101
    return 0


def _by_lot(case: _Case) -> Kept:
    mine = [x for x in case.asked.enrolled if x.same_version]
    ready = [x for x in mine if x.fates.get(case.target) in ("yes", "no")]
    found = effect(
        Trial(
            treated=np.array([not x.held_out for x in ready], np.bool_),
            outcome=_outcome([x.fates[case.target] for x in ready]),
            covariates=_covariates([x.facts for x in ready], past=True),
        )
    )
    controls = [x for x in mine if x.held_out]
    told: dict[str, object] = {
        **_left_out(mine, case.target),
        "unmeasured_held_out": _left_out(controls, case.target)["unmeasured"],
        "other_version": len(case.asked.enrolled) - len(mine),
        "merged": case.asked.merged,
        "drawn": len(mine),
        **_still_needed(case, mine, ready),
    }
    verdict = "too_little"
    if isinstance(found, Effect):
        verdict = _verdict(found, case.sign)
    return case.kept("A", verdict, found, told)


def _verdict(found: Effect | RolledOut, sign: int) -> str:
    if not found.certain:
        return "unclear"
    if not sign:
        return "differs"
    return "helps" if sign * found.value > 0 else "harms"


def _left_out(found: Sequence[Enrolled | Acted | Seen], target: str) -> dict[str, object]:
    """Accounts that do not count, by why."""
    counts = Counter[Fate | None](x.fates.get(target) for x in found)
    return {x: counts[x] for x in ("open", "unmeasured", "outside")}


def _still_needed(
    case: _Case, mine: Sequence[Enrolled], ready: Sequence[Enrolled]
) -> dict[str, object]:
    """needed: accounts for an answer on a difference of `to_see`; None where nobody knows yet how
    often it happens, or no account is held out. ready_on: when there will be as many, at the pace
    of the last half year; None where none come. least, least_on: the same of what it takes to say
    anything at all. only: `none` or `all`, where it has happened to none or all of those that are
    known. ended: nobody is held out any more."""
    share, controls = case.asked.tested.holdout, [x for x in ready if x.held_out]
    known = controls if len(controls) >= MINIMUM_ARM else ready
    yes = sum(x.fates[case.target] == "yes" for x in known)
    told: dict[str, object] = dict.fromkeys(("needed", "to_see", "ready_on", "least", "least_on"))
    told |= {"only": None, "ended": share is None}
    if share is None:
        return told
    if len(known) >= MINIMUM_ARM and yes in (0, len(known)):
        return told | {"only": "all" if yes else "none"}
    least = _least(yes, len(known), share)
    told |= {"least": least, "least_on": _ready_on(case, mine, ready, least)}
    if yes < MINIMUM_EVENTS or yes > len(known) - MINIMUM_EVENTS:
        return told
    base = yes / len(known)
    to_see = min(TO_SEE, base / 2, (1 - base) / 2)
    needed = accounts_needed(base=base, effect=(case.sign or -1) * to_see, share=share)
    ready_on = _ready_on(case, mine, ready, needed)
    return told | {"needed": needed, "to_see": to_see, "ready_on": ready_on}


def _least(yes: int, known: int, share: float) -> int:
    """Accounts by which each arm has as many as MINIMUM_ARM and MINIMUM_EVENTS ask for, if it goes
    on to happen as often; where that is not known yet, by the first alone."""
    rarer = min(yes, known - yes) / known if known >= MINIMUM_ARM else 0.0
    arm = max(MINIMUM_ARM, MINIMUM_EVENTS / rarer if rarer else 0)
    return ceil(arm / min(share, 1 - share))


def _ready_on(
    case: _Case, mine: Sequence[Enrolled], ready: Sequence[Enrolled], wanted: int
) -> str | None:
    missing, pace = max(wanted - len(mine), 0), _weekly(mine)
    day = case.as_of + timedelta(days=case.within) if wanted > len(ready) else case.as_of
    weeks = missing / pace if pace else (None if missing else 0)
    return None if weeks is None or weeks > FAR_WEEKS else str(day + timedelta(weeks=weeks))


def _weekly(found: Sequence[Enrolled]) -> float:
    """Accounts drawn a week, over the last half year in which any were."""
    last = max((x.day for x in found), default=0)
    return sum(x.day > last - 182 for x in found) / 26


def _staged(case: _Case) -> Kept:
    """As far as it outlasts what the stages may have drifted apart by themselves."""
    crossing = [x for x in case.asked.seen if x.crossing]
    mine = [x for x in case.asked.seen if not x.crossing]
    ready = [x for x in mine if x.fates.get(case.target) in ("yes", "no")]
    covariates = _covariates([x.facts for x in ready], past=True)
    found = rolled_out(as_staged(ready, case.target, covariates))
    told: dict[str, object] = {**_left_out(mine, case.target), "crossing": len(crossing)}
    verdict = "too_little"
    if isinstance(found, RolledOut):
        reasons = of_rollout(found, crossing=len(crossing))
        told["because"] = [x.as_json() for x in reasons]
        verdict = as_far_as_it_holds(found, case.sign)
    return case.kept("B", verdict, found, told)


def as_far_as_it_holds(found: RolledOut, sign: int) -> str:
    """The verdict of grade B. sign: see `better`."""
    holds = found.holds
    if not found.certain or (holds is not None and holds >= SHOWS):
        return _verdict(found, sign)
    return "suggests" if holds is not None and holds >= SUGGESTS else "fragile"


def _compared(case: _Case) -> Kept:
    """alone: accounts that entered without being among those compared: no alert was about them, so
    nobody knows who else was meant; or they entered late."""
    ready = [x for x in case.asked.acted if x.fates.get(case.target) in ("yes", "no")]
    found = compared(
        Comparison(
            acted=np.array([x.done for x in ready], np.bool_),
            outcome=_outcome([x.fates[case.target] for x in ready]),
            covariates=_covariates([x.facts for x in ready], past=False),
            control=np.array([x.facts.past for x in ready], np.float64),
        )
    )
    told, verdict = _left_out(case.asked.acted, case.target), "too_little"
    if case.asked.begun:
        entered = sum(x.done for x in case.asked.acted)
        told["alone"] = max(len(case.asked.begun) - entered, 0)
    if isinstance(found, Compared):
        line = found.sensitivity
        told |= {"control_holds": line.control_holds, "robust": line.robust}
        verdict = "suggests" if line.robust else "fragile"
        if found.low <= 0 <= found.high:
            verdict = "unclear"
    return case.kept("C", verdict, found, told)


def _before_after(asked: Asked, as_of: date) -> Kept:
    """Health of those that were acted on, on the day of the alert, or of the entry into the play,
    and four weeks later."""
    done = asked.begun or [x for x in asked.acted if x.done]
    pairs = np.array([(x.score, x.score_after) for x in done]).reshape(-1, 2)
    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    means = pairs.mean(axis=0).tolist() if len(pairs) else [None, None]
    return Kept(
        **named(asked.tested),
        target="",
        grade="D",
        version=asked.version,
        as_of=as_of,
        verdict="before_after" if len(pairs) else "too_little",
        told={"accounts": len(pairs), "before": means[0], "after": means[1]},
    )


def _outcome(fates: Sequence[Fate]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([x == "yes" for x in fates], np.float64)


def _covariates(
    found: Sequence[Facts], *, past: bool
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """past: also the score of before, which a comparison keeps as its negative control."""
    rows = [(*x.covariates, x.past) if past else x.covariates for x in found]
    return np.array(rows, np.float64).reshape(len(rows), len(rows[0]) if rows else 0)
