"""Intervals around an estimate: for one look at a time fixed beforehand, and for looking always."""

from math import log, sqrt
from statistics import NormalDist

ALPHA = 0.05
PLANNED = 300
"""Accounts at which the confidence sequence is at its tightest. Fixed beforehand: chosen after a
look it would promise too much. Four times more or fewer widen it by a tenth."""


def fixed_width(*, alpha: float = ALPHA) -> float:
    """Half the width, in standard errors, of the usual interval: right for one look only."""
    return NormalDist().inv_cdf(1 - alpha / 2)


def always_width(accounts: int, *, alpha: float = ALPHA, planned: int = PLANNED) -> float:
    """Half the width, in standard errors, of an interval that covers the truth at all looks at
    once with probability 1 - alpha, however often and for whatever reason one looks.

    Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and
    asymptotic confidence sequences", Annals of Statistics 52 (2024), Theorem 2.2 (Robbins' normal
    mixture): sqrt((n rho^2 + 1) / (n^2 rho^2) * log((n rho^2 + 1) / alpha^2)) standard deviations;
    rho by their equation for the tightest sequence at `planned`. Asymptotic: see MINIMUM.
    """
    grown = accounts * (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / planned
    return sqrt((grown + 1) / grown * log((grown + 1) / alpha**2))


def accounts_needed(
    *,
    base: float,
    effect: float,
    share: float,
    always: bool = True,
    power: float = 0.8,
    alpha: float = ALPHA,
) -> int:
    """How many accounts, both arms together, show an effect with the given probability.

    base: share to which the outcome happens in the held-out arm. effect: difference to be seen,
    as a share. share: held out. always: by the confidence sequence at one last look (it needs
    more than a test of fixed size); covariates, which save some, are left out. Source: the normal
    approximation for two shares (Fleiss, "Statistical Methods for Rates and Proportions", ch. 4).
    """
    if effect == 0 or not 0 < share < 1:
        raise ValueError("the effect must not be 0, the share between 0 and 1")
    other = min(max(base + effect, 0.0), 1.0)
    spread = other * (1 - other) / (1 - share) + base * (1 - base) / share
    beta = NormalDist().inv_cdf(power)

    def shows(accounts: int) -> bool:
        width = always_width(accounts, alpha=alpha) if always else fixed_width(alpha=alpha)
        return (width + beta) * sqrt(spread / accounts) <= abs(effect)

    low, high = 1, 2
    while not shows(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if shows(middle) else (middle, high)
    return high
