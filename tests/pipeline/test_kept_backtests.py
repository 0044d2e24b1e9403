"""Replays kept for the pages say what replays asked for one by one say."""

from collections import Counter
from datetime import date, timedelta

import pytest
from tests.pipeline.test_backtest import OUTCOMES, replayed
from tests.pipeline.vendor import DEFINITIONS, LAST, furnish

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.core.rules.budget import monday
from banso.desk.models import Backtest
from banso.desk.queries.backtests import backtests_of, judged_backtests
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
