"""Backtests of a whole vendor: drafts, owners, outcomes from its contracts, and what live told."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.pipeline.vendor import ACCOUNTS, DEFINITIONS, FIRST, LAST, apply, days, furnish

from banso.cli.session import Session
from banso.core.definitions import DefinitionError, loads, overlaid
from banso.core.rules.budget import monday
from banso.core.rules.verdicts import Verdict
from banso.desk.models import Alert, Episode
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.pipeline.backtest import Backtest, Question, UnknownDefinitionError, backtest
from banso.pipeline.foreseen import losses
from banso.pipeline.run import run

OUTCOMES = """
outcomes:
  - {name: silent, kind: silence, of: quiet_days, days: 5, lead_days: 1, within_days: 10}
  - {name: churned, kind: churn, lead_days: 5, within_days: 20}
"""
DRAFT = """
rules:
  - {name: quiet, when: quiet_days >= 2, action: {en: Call, ja: 電話する}}
  - {name: falling, when: weekly_users < 2, action: {en: Call, ja: 電話する}}
"""


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    return session


def replayed(session: Session, rule: str, text: str = DEFINITIONS, **asked: object) -> Backtest:
    question = Question(rules=[rule], **{"outcome": None, "as_of": LAST, **asked})  # type: ignore[arg-type]
    (found,) = backtest(session.store, loads({"all.yaml": text}), question)
    return found


def spans(found: Backtest) -> list[tuple[str, date, date | None]]:
    return sorted((x.account, x.opened_on, x.closed_on) for x in found.fired)


def recorded(rule: str) -> Sequence[tuple[str, date, date | None]]:
    rows = Episode.objects.filter(rule=rule).order_by("account__key", "opened_on")
    return list(rows.values_list("account__key", "opened_on", "closed_on"))


def test_a_backtest_lists_the_very_episodes_that_live_recorded(vendor: Session) -> None:
    definitions = apply()
    for day in days(FIRST, LAST)[::6]:  # now and then a morning is missed
        run(vendor.store, definitions, as_of=day, since=FIRST)
    for rule in definitions.rules:
        assert spans(replayed(vendor, rule, as_of=days(FIRST, LAST)[::6][-1])) == recorded(rule)
    assert Episode.objects.count() > 20


def test_a_replay_changes_nothing_and_needs_no_definitions_in_force(vendor: Session) -> None:
    found = replayed(vendor, "quiet", DEFINITIONS + OUTCOMES, outcome="silent")
    assert len(found.fired) > 5
    assert Episode.objects.count() == 0


def test_an_alert_names_the_owner_of_its_day(vendor: Session) -> None:
    later = FIRST + timedelta(days=30)
    rows = [AccountRow(row=i, key=key, owner="ito@example.com") for i, key in enumerate(ACCOUNTS)]
    save_accounts(rows, effective=later)
    found = replayed(vendor, "quiet")
    expected = {True: "ito@example.com", False: "sato@example.com"}
    assert [x.owner for x in found.fired] == [expected[x.opened_on >= later] for x in found.fired]
    assert {x.owner for x in found.fired} == set(expected.values())
    assert sum(x.alerts for x in found.loads) == len(found.fired)


def test_the_budget_of_all_rules_together_holds_some_back(vendor: Session) -> None:
    found = replayed(vendor, "overdue", budget=1)
    late = [x for x in found.fired if x.told_on != x.opened_on]
    assert len(late) > 0
    in_their_week = {x.week: x.alerts - x.held_back for x in found.loads}
    assert max(in_their_week.values()) <= 1
    assert [x.told_on for x in replayed(vendor, "overdue").fired] == [
        x.opened_on for x in found.fired
    ]


def test_alerts_are_judged_by_the_contracts(vendor: Session) -> None:
    """A2 leaves in the middle; the days after are no longer anybody's customer."""
    ends = FIRST + timedelta(days=25)
    row = ContractRow(row=2, account="A2", key="A2-1", product="web", start_on=FIRST, end_on=ends,
                      seats=10, arr=Decimal(200_000), currency="JPY")  # fmt: skip
    save_contracts([row])
    found = replayed(vendor, "quiet", DEFINITIONS + OUTCOMES, outcome="churned")
    gone = ends + timedelta(days=1)
    mine = [x for x in found.fired if x.account == "A2"]
    for x in mine:
        lead = (gone - x.opened_on).days
        expected = Verdict.NOT_APPLICABLE
        if lead > 0:
            expected = (
                Verdict.HIT if 5 <= lead <= 20 else Verdict.LATE if lead < 5 else Verdict.MISS
            )
        assert x.verdict is expected
        assert x.outcome_on == (gone if expected in {Verdict.HIT, Verdict.LATE} else None)
    assert len(mine) > 0
    assert {x.verdict for x in found.fired if x.account != "A2"} <= {Verdict.MISS, Verdict.UNKNOWN}


def test_a_draft_takes_the_place_of_the_rule_and_keeps_the_rest(vendor: Session) -> None:
    files = {"all.yaml": DEFINITIONS}
    made = overlaid(files, {"draft.yaml": DRAFT})
    assert list(made.rules) == ["quiet", "fading", "overdue", "falling"]
    assert made.rules["quiet"].when == "quiet_days >= 2"
    (found,) = backtest(vendor.store, made, Question(["falling"], None, LAST))
    assert len(found.fired) > 0
    with pytest.raises(DefinitionError, match=r"^draft.yaml:3:25: error: .*quite_days"):
        overlaid(files, {"draft.yaml": DRAFT.replace("quiet_days", "quite_days")})


def test_a_name_that_is_not_there_is_told_with_what_was_meant(vendor: Session) -> None:
    with pytest.raises(UnknownDefinitionError, match="No rule 'quite'; did you mean 'quiet'"):
        replayed(vendor, "quite")
    with pytest.raises(UnknownDefinitionError, match="the definitions have no outcome"):
        replayed(vendor, "quiet", outcome="churned")


def test_each_loss_names_the_alerts_that_came_before_it(vendor: Session) -> None:
    """A2 leaves after its contract ends on 26 April; its alerts are those of the replay."""
    ends = FIRST + timedelta(days=25)
    row = ContractRow(row=2, account="A2", key="A2-1", product="web", start_on=FIRST, end_on=ends,
                      seats=10, arr=Decimal(200_000), currency="JPY")  # fmt: skip
    save_contracts([row])
    gone = ends + timedelta(days=1)
    definitions = loads({"all.yaml": DEFINITIONS + OUTCOMES})

    found = losses(vendor.store, definitions, as_of=LAST)

    (loss,) = found.losses
    assert (loss.outcome, loss.account, loss.on) == ("churned", "A2", gone)
    assert (loss.arr, loss.owner) == (Decimal("200000.00"), "sato@example.com")
    expected = sorted(
        (rule, (gone - x.opened_on).days)
        for rule in definitions.rules
        for x in replayed(vendor, rule).fired
        if x.account == "A2" and x.opened_on < gone
        and (x.closed_on is None or x.closed_on > gone - timedelta(days=20))
    )  # fmt: skip
    assert sorted((x.rule, x.days_before) for x in loss.sights) == expected
    assert len(expected) > 0
    assert loss.foreseen == any(days >= 5 for _, days in expected)
    assert [x.journey for x in loss.was] == ["adoption"]


def test_without_an_outcome_nobody_says_what_a_loss_is(vendor: Session) -> None:
    with pytest.raises(UnknownDefinitionError, match="No outcome of kind churn or downgrade"):
        losses(vendor.store, loads({"all.yaml": DEFINITIONS}), as_of=LAST)


def test_live_tells_on_the_very_days_that_a_backtest_says(vendor: Session) -> None:
    text = DEFINITIONS.replace("currency: JPY", "currency: JPY, weekly_alerts: 1, holidays: JP")
    definitions = apply(text)
    mornings = days(FIRST, LAST)[::6]
    for day in mornings:
        run(vendor.store, definitions, as_of=day, since=FIRST)
    said = {
        (rule, x.account, x.opened_on): x.told_on
        for rule in definitions.rules
        for x in replayed(vendor, rule, text, as_of=mornings[-1]).fired
    }
    rows = Alert.objects.values_list(
        "episode__rule", "episode__account__key", "episode__opened_on", "told_on"
    )
    live = {(rule, account, opened): told for rule, account, opened, told in rows}
    assert live == said
    weeks = Counter(monday(told) for told in live.values() if told)
    assert max(weeks.values()) == 1
    assert sum(told is None for told in live.values()) > 5
