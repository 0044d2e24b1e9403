"""Draws accounts into arms, once and for good. The one place that says who is held out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.value.arms import held_out, play_action
from banso.desk.models import Account, Arm

BATCH = 2_000


@dataclass(frozen=True)
class Holdout:
    """Of a rule or play that holds accounts out, when it is about one. share: of accounts. stratum,
    figures: of this account on the day; version: of the rule or play; see models.Arm."""

    share: float
    stratum: str
    version: str
    figures: Mapping[str, float | None]


@dataclass(frozen=True)
class Draw:
    rule: str
    account: str
    on: date
    holdout: Holdout


def draw_arms(draws: Sequence[Draw], accounts: Mapping[str, Account]) -> frozenset[tuple[str, str]]:
    """Which (rule, account) are held out. Within a transaction.

    accounts: by key, all that are named. Whoever has been drawn before stays in that arm, whatever
    the rule says by now.
    """
    drawn = {(x.rule, x.account): x for x in reversed(draws)}  # the first of each counts
    rows = Arm.objects.filter(
        rule__in={rule for rule, _ in drawn}, account__in={accounts[key].pk for _, key in drawn}
    )
    Arm.objects.bulk_create(
        [
            Arm(
                account=accounts[x.account],
                rule=x.rule,
                held_out=held_out(x.account, x.rule, share=x.holdout.share),
                drawn_on=x.on,
                share=x.holdout.share,
                stratum=x.holdout.stratum,
                figures=dict(x.holdout.figures),
                version=x.holdout.version,
            )
            for x in drawn.values()
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    held = set(rows.filter(held_out=True).values_list("rule", "account__key"))
    return frozenset(held & drawn.keys())


def draw_for_play(play: str, account: Account, holdout: Holdout, *, on: date) -> bool:
    """Whether the account is held out from a play, whoever starts it. Within a transaction."""
    arm, _ = Arm.objects.get_or_create(
        account=account,
        rule="",
        play=play,
        defaults={
            "held_out": held_out(account.key, play_action(play), share=holdout.share),
            "drawn_on": on,
            "share": holdout.share,
            "stratum": holdout.stratum,
            "figures": dict(holdout.figures),
            "version": holdout.version,
        },
    )
    return arm.held_out
