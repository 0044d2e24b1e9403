"""Replays kept for the pages say what replays asked for one by one say."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.pipeline.test_backtest import OUTCOMES, replayed
from tests.pipeline.vendor import DEFINITIONS, FIRST, LAST, furnish

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.core.rules.budget import monday
from banso.core.rules.sights import Sight
from banso.desk.models import Backtest, Foresight, Loss
from banso.desk.queries.backtests import backtests_of, judged_backtests
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.pipeline.foreseen import Candidate, Was, candidates, losses
from banso.pipeline.kept_backtests import keep_backtests

BOTH = DEFINITIONS + OUTCOMES


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    return session


def keep(session: Session, text: str = BOTH) -> int:
    return keep_backtests(session.store, loads({"all.yaml": text}), as_of=LAST)


def test_every_rule_is_kept_judged_by_each_outcome(vendor: Session) -> None:
    assert keep(vendor) == 3
    for rule in ("quiet", "fading", "overdue"):
        assert [x.outcome for x in backtests_of(rule)] == ["silent", "churned"]


def test_what_is_kept_is_what_one_replay_says(vendor: Session) -> None:
    keep(vendor)
    kept, one = backtests_of("quiet")[0], replayed(vendor, "quiet", BOTH, outcome="silent")
    assert one.judged is not None
    whole = one.judged.whole.precision
    assert whole.value is not None
    assert whole.interval is not None
    assert (kept.precision, kept.low, kept.high) == (
        whole.value,
        whole.interval.low,
        whole.interval.high,
    )
    assert (kept.fingerprint, kept.as_of) == (one.fingerprint, LAST)
    assert [(x["account"], x["opened_on"]) for x in kept.told["fired"]] == [
        (x.account, str(x.opened_on))
        for x in sorted(one.fired, key=lambda x: x.opened_on, reverse=True)
    ]


def test_weeks_without_an_alert_are_told_too(vendor: Session) -> None:
    keep(vendor)
    kept, one = backtests_of("quiet")[0], replayed(vendor, "quiet", BOTH, outcome="silent")
    weeks = [date.fromisoformat(week) for week, _ in kept.told["weeks"]]
    first, last = min(map(monday, (x.opened_on for x in one.fired))), monday(LAST)
    assert weeks == [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    told = {date.fromisoformat(week): sum(counts.values()) for week, counts in kept.told["weeks"]}
    assert Counter(told) == Counter(monday(x.opened_on) for x in one.fired)


def test_without_an_outcome_nothing_is_judged_and_the_load_is_told(vendor: Session) -> None:
    keep(vendor, DEFINITIONS)
    (kept,) = backtests_of("quiet")
    assert (kept.outcome, kept.precision, kept.told["periods"]) == ("", None, {})
    assert kept.told["alerts"] == len(replayed(vendor, "quiet").fired)
    assert kept.weekly == kept.told["alerts"] / 26  # all of two months


def test_a_rule_that_is_gone_is_no_longer_kept(vendor: Session) -> None:
    keep(vendor)
    keep(vendor, DEFINITIONS.replace("- name: overdue", "- name: late"))
    assert sorted(Backtest.objects.values_list("rule", flat=True)) == ["fading", "late", "quiet"]


def test_where_nobody_is_there_nothing_is_kept(session: Session) -> None:
    assert keep(session) == 3
    assert Backtest.objects.count() == 0


def test_the_outcome_that_a_rule_is_there_for_comes_first(vendor: Session) -> None:
    text = BOTH.replace("- name: quiet\n", "- name: quiet\n    outcome: churned\n")
    keep(vendor, text)
    assert [x.outcome for x in backtests_of("quiet")] == ["churned", "silent"]
    assert [x.outcome for x in backtests_of("fading")] == ["silent", "churned"]
    judged = judged_backtests(loads({"all.yaml": text}).rules)
    assert {rule: x.outcome for rule, x in judged.items()} == {"quiet": "churned"}


def leaves(account: str, on: date) -> None:
    """Its contract has ended on the day before."""
    row = ContractRow(row=2, account=account, key=f"{account}-1", product="web", start_on=FIRST,
                      end_on=on - timedelta(days=1), seats=10, arr=Decimal(200_000),
                      currency="JPY")  # fmt: skip
    save_contracts([row])


def test_losses_are_kept_as_they_are_told_when_asked_for_alone(vendor: Session) -> None:
    leaves("A2", FIRST + timedelta(days=25))
    keep(vendor)
    alone = losses(vendor.store, loads({"all.yaml": BOTH}), as_of=LAST)
    seen = Foresight.objects.get()
    assert (seen.as_of, seen.since, seen.outcomes) == (alone.until, alone.since, ["churned"])
    kept = list(Loss.objects.select_related("account"))
    assert [(x.account.key, x.outcome, x.on, x.arr, x.owner, x.foreseen) for x in kept] == [
        (x.account, x.outcome, x.on, x.arr, x.owner, x.foreseen) for x in alone.losses
    ]
    assert [[Sight(**y) for y in x.sights] for x in kept] == [[*x.sights] for x in alone.losses]
    assert [[Was(**y) for y in x.was] for x in kept] == [[*x.was] for x in alone.losses]
    assert [x.account.key for x in kept] == ["A2"]
    keep(vendor)
    assert (Foresight.objects.count(), Loss.objects.count()) == (1, 1)


def test_without_any_rule_a_loss_is_seen_by_none(vendor: Session) -> None:
    leaves("A2", FIRST + timedelta(days=25))
    keep(vendor, DEFINITIONS.partition("rules:")[0] + OUTCOMES)
    (loss,) = Loss.objects.all()
    assert (loss.sights, loss.foreseen) == ([], False)


def test_candidates_are_where_losses_stood_that_none_saw_in_time() -> None:
    habit, new = Was("adoption", "habit", "healthy"), Was("adoption", "new", "watch")
    found = candidates(
        [
            (True, Decimal(5), [habit]),
            (False, Decimal(1), [new]),
            (False, Decimal(3), [habit]),
            (False, None, [habit, new]),
            (True, Decimal(7), [Was("adoption", "habit", "at_risk")]),
            (False, Decimal(9), []),
        ]
    )
    assert found == [
        Candidate(habit, missed=2, losses=3, arr=Decimal(3)),
        Candidate(new, missed=2, losses=2, arr=Decimal(1)),
    ]
    assert candidates([(False, None, [new])])[0].arr is None
