"""Accounts whose true effect is known: what the statements of value are worth."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

import numpy as np
from tests.core.value.simulated_rollouts import NONE, Drift, simulated

from banso.core.value.holdout import Effect, Trial, effect
from banso.core.value.intervals import accounts_needed, fixed_width
from banso.core.value.matched import Compared, Comparison, compared

LOOKS = 26
SHARE = 0.3
HIDDEN_ACTING = 0.55 / 0.30
"""A hidden cause is so many times as frequent among accounts not acted on ..."""
HIDDEN_OUTCOME = 2.5
"""... and makes churn so many times as likely."""


ROLLOUTS = (
    ("no effect, no drift", 0.0, NONE),
    ("-5 pt, no drift", -0.05, NONE),
    ("+30 pt, no drift", 0.30, NONE),
    ("no effect, drift -1", 0.0, Drift(-0.01, -0.01)),
    ("no effect, drift -2", 0.0, Drift(-0.02, -0.02)),
    ("no effect, first stage alone -4", 0.0, Drift(-0.04, -0.04, alone=True)),
    ("no effect, shocks of 6 a stage and period", 0.0, Drift(shocks=0.06)),
    ("no effect, drift -1 begins with the roll-out", 0.0, Drift(0.0, -0.01)),
    ("no effect, drift -2 begins with the roll-out", 0.0, Drift(0.0, -0.02)),
)
"""What it is called, true effect, drift."""


@dataclass(frozen=True)
class Promise:
    """Of grade A, as shares of runs. fixed: the single look's interval contains the truth.
    always: the sequence does at every look. wins, fixed_wins, peeking_wins: no effect is ruled out
    at any look by the sequence, at the last one by the fixed interval, at any one by the fixed
    interval. looks: the look at which the sequence has done so, of those that do."""

    runs: int
    accounts: int
    truth: float
    fixed: float
    always: float
    wins: float
    fixed_wins: float
    peeking_wins: float
    looks: float | None

    @property
    def kept(self) -> bool:
        wins = self.truth != 0 or self.wins <= 0.05
        return 0.93 <= self.fixed <= 0.97 and self.always >= 0.95 and wins


def promise(*, accounts: int, truth: float, runs: int, seed: int) -> Promise:
    """truth: treated less held out, as a share."""
    random = np.random.default_rng((seed, accounts, round(-truth * 100)))
    found = [_run(random, accounts, truth) for _ in range(runs)]
    wins = [x for x in found if x[2] is not None]
    return Promise(
        runs=runs,
        accounts=accounts,
        truth=truth,
        fixed=float(np.mean([x[0] for x in found])),
        always=float(np.mean([x[1] for x in found])),
        wins=len(wins) / runs,
        fixed_wins=float(np.mean([x[3] for x in found])),
        peeking_wins=float(np.mean([x[4] for x in found])),
        looks=median(x[2] for x in wins if x[2] is not None) if wins else None,
    )


Run = tuple[bool, bool, int | None, bool, bool]


def _run(random: np.random.Generator, accounts: int, truth: float) -> Run:
    trial = _trial(random, accounts, truth)
    always, won, peeked, last = True, None, False, None
    for look in range(1, LOOKS + 1):
        stop = round(accounts * look / LOOKS)
        part = Trial(trial.treated[:stop], trial.outcome[:stop], trial.covariates[:stop])
        last = effect(part)
        if isinstance(last, Effect):
            always &= last.low <= truth <= last.high
            won = look if won is None and last.certain else won
            peeked |= _excludes(last)
    assert isinstance(last, Effect)
    inside = last.fixed_low <= truth <= last.fixed_high
    return inside, always, won, _excludes(last), peeked


def _excludes(found: Effect) -> bool:
    return found.fixed_low > 0 or found.fixed_high < 0


def _trial(random: np.random.Generator, accounts: int, truth: float) -> Trial:
    """Churn of about 22 %, more for the unhealthy; the score is unmeasured for one in ten."""
    score, big = random.normal(size=accounts), random.normal(size=accounts)
    base = np.clip(0.22 - 0.08 * score + 0.02 * big, 0.06, 0.94)
    treated = random.random(accounts) >= SHARE
    happened = random.random(accounts) < base + truth * treated
    score[random.random(accounts) < 0.1] = np.nan
    return Trial(treated, happened.astype(np.float64), np.column_stack([score, big]))


@dataclass(frozen=True)
class Admission:
    """Of grade C with planted bias and no true effect, as shares of runs. wrong: the interval says
    that there is an effect. names: the E-value of the limit is no more than the planted strength.
    not_robust: it is not called robust."""

    runs: int
    accounts: int
    wrong: float
    names: float
    not_robust: float
    mean: float

    @property
    def kept(self) -> bool:
        return self.names >= 0.95 and self.not_robust >= 0.95


def admission(*, accounts: int, runs: int, seed: int) -> Admission:
    random = np.random.default_rng((seed, accounts))
    found = [compared(_biased(random, accounts)) for _ in range(runs)]
    told = [x for x in found if isinstance(x, Compared)]
    assert len(told) == runs
    strength = max(HIDDEN_ACTING, HIDDEN_OUTCOME)
    return Admission(
        runs=runs,
        accounts=accounts,
        wrong=float(np.mean([x.high < 0 or x.low > 0 for x in told])),
        names=float(np.mean([x.sensitivity.e_limit <= strength for x in told])),
        not_robust=float(np.mean([not x.sensitivity.robust for x in told])),
        mean=float(np.mean([x.value for x in told])),
    )


def _biased(random: np.random.Generator, accounts: int) -> Comparison:
    """Nobody measures `hidden`. It also shows in what went before, which is the negative control;
    every second run it does not, so that the E-value has to say it alone."""
    score = random.normal(size=accounts)
    acted = random.random(accounts) < 1 / (1 + np.exp(-0.5 * score))
    hidden = random.random(accounts) < np.where(acted, 0.30, 0.55)
    risk = np.clip(0.14 - 0.03 * score, 0.03, 0.3) * np.where(hidden, HIDDEN_OUTCOME, 1.0)
    happened = random.random(accounts) < risk
    shows = 0.5 * (random.random() < 0.5)
    before = random.normal(size=accounts) - shows * hidden
    return Comparison(acted, happened.astype(np.float64), score[:, None], before)


def same_length(truth: float) -> tuple[int, int]:
    """Accounts that a test of fixed size needs, and the sequence."""
    needed = [
        accounts_needed(base=0.22, effect=truth, share=SHARE, always=x) for x in (False, True)
    ]
    return needed[0], needed[1]


HEADER = (
    "accounts  truth   interval of one look  sequence at all 26  ruled out 'no effect', % of runs\n"
    "                  contains truth        contains truth      sequence  one test  peeking  "
    "at week (sequence)\n"
)


def _line(x: Promise) -> str:
    looks = "-" if x.looks is None else f"{x.looks:.0f} of 26"
    return (
        f"{x.accounts:8}  {x.truth * 100:+.0f} pt   {x.fixed:10.1%}  {x.always:20.1%}"
        f"  {x.wins:16.1%}  {x.fixed_wins:8.1%}  {x.peeking_wins:7.1%}  {looks:>10}"
        f"{'' if x.kept else '   MISSED'}\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--accounts", type=int, nargs="+", default=[300, 1000, 3000])
    asked = parser.parse_args(arguments)
    say = sys.stdout.write
    say(f"Grade A: {asked.runs} simulated runs each, {SHARE:.0%} held out, churn about 22 %\n")
    say(HEADER)
    kept = True
    for truth in (0.0, -0.05):
        for accounts in asked.accounts:
            found = promise(accounts=accounts, truth=truth, runs=asked.runs, seed=8)
            kept &= found.kept
            say(_line(found))
    noise = fixed_width() * sqrt(0.95 * 0.05 / asked.runs)
    fixed, always = same_length(-0.05)
    say(
        f"(93-97 %, at least 95 %, at most 5 % where the truth is 0; the simulation itself is sure "
        f"to {noise:.1%}.)\nTo see -5 points with 80 % power before any covariate: {fixed} "
        f"accounts by one test of fixed size, {always} by the sequence "
        f"({always / fixed:.1f} times).\n\n"
        f"Grade C, no true effect, a hidden cause {HIDDEN_ACTING:.1f} times as frequent where "
        f"nobody acted, churn {HIDDEN_OUTCOME} times as likely by it:\n"
    )
    for accounts in asked.accounts:
        admitted = admission(accounts=accounts, runs=asked.runs, seed=8)
        kept &= admitted.kept
        say(
            f"{accounts:8} accounts: estimate {admitted.mean * 100:+.1f} pt on average; says there "
            f"is an effect {admitted.wrong:.1%}; its line names a cause no stronger than the "
            f"planted one {admitted.names:.1%}; not called robust {admitted.not_robust:.1%}"
            f"{'' if admitted.kept else '   MISSED'}\n"
        )
    say(
        "(the last two: at least 95 %)\n\nGrade B, three stages and one never reached; drift in "
        "points of churn a period, per stage that is told earlier:\n"
    )
    for word, truth, drift in ROLLOUTS:
        for accounts in asked.accounts:
            runs = asked.runs if drift == NONE else max(asked.runs // 2, 1)
            rollout = simulated(accounts=accounts, truth=truth, runs=runs, seed=8, drift=drift)
            kept &= rollout.kept
            say(
                f"{accounts:8} accounts, {word}: estimate {rollout.mean * 100:+.1f} pt on average; "
                f"interval contains the truth {rollout.contains:.1%}, leaves out 0 "
                f"{rollout.certain:.1%}; suggests {rollout.suggests:.1%}; shows "
                f"{rollout.shows:.1%}{'' if rollout.kept else '   MISSED'}\n"
            )
    say(
        "(93-97 % without a drift. Where there is no effect: suggests at most 5 % unless the drift "
        "begins with the roll-out, shows at most 5 % in any case.)\n"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
