import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.pipeline.vendor import (
    ACCOUNTS,
    DEFINITIONS,
    FIRST,
    LAST,
    apply,
    days,
    furnish,
    noon,
    send,
    usage,
)

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import Alert, Assessment, Change, Episode, Run
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.preview import preview
from banso.pipeline.run import run

START = FIRST + timedelta(days=10)


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    return session


def alerts() -> list[tuple[object, ...]]:
    """Everything about every alert but when its row was written."""
    rows = Alert.objects.order_by("episode__rule", "episode__account__key", "episode__opened_on")
    return [
        (
            x.episode.rule,
            x.episode.account.key,
            x.episode.journey,
            x.episode.opened_on,
            x.episode.closed_on,
            x.priority,
            x.why,
            x.arr,
        )
        for x in rows.select_related("episode__account")
    ]


def changes() -> list[tuple[object, ...]]:
    rows = Change.objects.order_by("account__key", "journey", "as_of", "what")
    return list(rows.values_list("account__key", "as_of", "what", "before", "after"))


def forget() -> None:
    Episode.objects.all().delete()
    Change.objects.all().delete()
    Assessment.objects.all().delete()


def test_day_by_day_gives_the_same_alerts_and_changes_as_one_replay(vendor: Session) -> None:
    definitions = apply()
    for day in days(START, LAST):
        run(vendor.store, definitions, as_of=day, since=None)
    live, live_changes = alerts(), changes()

    forget()
    Run.objects.all().delete()
    run(vendor.store, definitions, as_of=LAST, since=START)

    assert alerts() == live
    assert changes() == live_changes
    assert {rule for rule, *_ in live} == {"quiet", "fading", "overdue"}


def test_the_same_day_twice_changes_nothing(vendor: Session) -> None:
    definitions = apply()
    run(vendor.store, definitions, as_of=LAST, since=START)
    before = alerts(), changes(), Assessment.objects.count()

    again = run(vendor.store, definitions, as_of=LAST, since=START)

    assert (alerts(), changes(), Assessment.objects.count()) == before
    assert (again.opened, again.closed, again.decided_from) == (0, 0, None)


def test_days_once_decided_are_not_decided_again(vendor: Session) -> None:
    definitions = apply()
    run(vendor.store, definitions, as_of=LAST, since=START)
    before = alerts()

    earlier = run(vendor.store, definitions, as_of=LAST - timedelta(days=20), since=START)

    assert alerts() == before
    assert earlier.decided_from is None


def test_nothing_fires_from_a_source_that_is_late(vendor: Session) -> None:
    """Nobody can have used anything after LAST, because the feed ended there."""
    definitions = apply()
    silent_from = LAST + timedelta(days=1)
    run(vendor.store, definitions, as_of=silent_from, since=START)
    before = alerts()

    run(vendor.store, definitions, as_of=silent_from + timedelta(days=30), since=None)

    last_sure = LAST + timedelta(days=5)
    assert [x for x in alerts() if x not in before and x[3] > last_sure] == []


def test_late_facts_make_a_new_assessment_beside_the_one_that_was_shown(vendor: Session) -> None:
    definitions = apply()
    run(vendor.store, definitions, as_of=LAST, since=None)
    shown = Assessment.objects.filter(account__key="A1").count()

    send(vendor, [x for x in usage(seed=2) if x.account == "A1" and x.time > noon(START)][:50])
    run(vendor.store, definitions, as_of=LAST, since=None)

    assert Assessment.objects.filter(account__key="A1").count() == 2 * shown


def test_an_alert_holds_the_evidence_and_the_revenue_of_the_day_it_opened(
    vendor: Session,
) -> None:
    run(vendor.store, apply(), as_of=LAST, since=START)

    quiet = Alert.objects.filter(episode__rule="quiet", episode__account__key="A2").first()
    assert quiet is not None
    (why,) = quiet.why
    assert (why["metric"], why["operator"], why["threshold"]) == ("quiet_days", ">=", 3.0)
    assert why["value"] >= 3.0
    assert quiet.arr == Decimal("200000.00")
    assert str(quiet.owner) == "sato@example.com"


def test_episodes_of_a_rule_that_is_gone_are_closed(vendor: Session) -> None:
    run(vendor.store, apply(), as_of=LAST - timedelta(days=1), since=START)
    assert Episode.objects.filter(rule="overdue", closed_on=None).count() > 0

    without = DEFINITIONS[: DEFINITIONS.index("  - name: overdue")]
    run(vendor.store, apply(without), as_of=LAST, since=None)

    closed = Episode.objects.filter(rule="overdue", closed_because="rule_removed")
    assert {x.closed_on for x in closed} == {LAST}
    assert Episode.objects.filter(rule="overdue", closed_on=None).count() == 0


def test_an_account_without_any_fact_is_unmeasured_not_at_risk(vendor: Session) -> None:
    save_accounts([AccountRow(row=2, key="SILENT", started_on=FIRST)], effective=FIRST)
    no_answer = (
        DEFINITIONS.replace("  - {name: web, late_after: 5d}", "  - {name: web}")
        .replace(
            "kind: distinct_users, window", "kind: distinct_users, where: event = 'never', window"
        )
        .replace("kind: recency", "kind: recency, where: event = 'never'")
    )

    run(vendor.store, apply(no_answer), as_of=date(2026, 5, 1), since=None)

    silent = Assessment.objects.get(account__key="SILENT")
    assert (silent.colour, silent.score, silent.confidence) == ("unmeasured", None, 0.0)


def test_two_runs_at_once_decide_each_day_once(vendor: Session, home: Path) -> None:
    definitions = apply()
    command = [sys.executable, "-m", "banso", "run", "--as-of", str(LAST), "--since", str(START)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate()[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert Run.objects.count() == 2
    assert Run.objects.filter(decided_from=None).count() == 1
    assert sum("had been decided before" in line for line in told) == 1
    together = alerts()
    forget()
    Run.objects.all().delete()
    run(vendor.store, definitions, as_of=LAST, since=START)
    assert alerts() == together


def test_a_vendor_without_any_fact_is_unmeasured_everywhere(session: Session) -> None:
    save_accounts([AccountRow(row=2, key="A1", started_on=FIRST)], effective=FIRST)

    run(session.store, apply(), as_of=LAST, since=None)

    shown = Assessment.objects.values_list("stage", "colour", "score", "confidence")
    assert list(shown) == [("onboarding", "unmeasured", None, 0.0)]
    assert alerts() == []


def test_a_run_before_the_first_import_decides_nothing_and_closes_no_door(
    session: Session,
) -> None:
    definitions = apply()
    empty = run(session.store, definitions, as_of=LAST, since=None)
    assert (empty.decided_from, empty.accounts) == (None, 0)

    furnish(session)
    done = run(session.store, definitions, as_of=LAST, since=START)

    assert done.decided_from == START
    assert {x[0] for x in alerts()} == {"quiet", "fading", "overdue"}


def test_a_rule_that_is_new_today_opens_today(vendor: Session) -> None:
    run(vendor.store, apply(), as_of=LAST, since=None)
    before = alerts()
    text = (
        DEFINITIONS
        + """
  - name: any_use
    when: quiet_days >= 1
    action: {en: Look, ja: 見る}
"""
    )
    definitions = apply(text)
    planned = {
        load.rule: load.would_open
        for load in preview(
            vendor.store, old=loads({"all.yaml": DEFINITIONS}), new=definitions, as_of=LAST
        ).loads
    }

    run(vendor.store, definitions, as_of=LAST, since=None)

    opened = [x for x in alerts() if x not in before]
    assert sorted(x[1] for x in opened if x[0] == "any_use") == list(ACCOUNTS)
    assert planned == {"any_use": list(ACCOUNTS), "fading": [], "overdue": [], "quiet": []}
    run(vendor.store, definitions, as_of=LAST, since=None)
    assert len(alerts()) == len(before) + len(opened)


def test_what_other_definitions_make_of_a_day_that_was_shown_is_told_as_restated(
    vendor: Session,
) -> None:
    run(vendor.store, apply(), as_of=LAST, since=None)
    easier = apply(DEFINITIONS.replace("enter: weekly_users >= 3", "enter: weekly_users >= 99"))

    run(vendor.store, easier, as_of=LAST, since=None)

    told = Change.objects.filter(cause="restated", what="stage")
    assert {(x.before, x.after, x.as_of) for x in told} == {("habit", "onboarding", LAST)}
    assert told.count() == len(ACCOUNTS)


def test_the_book_and_its_version_are_read_together(vendor: Session) -> None:
    """A contract that came after the morning's run makes another generation, and is seen."""
    definitions = apply()
    first = run(vendor.store, definitions, as_of=LAST, since=None)
    save_accounts([AccountRow(row=2, key="A1", name="new name")], effective=LAST)

    second = run(vendor.store, definitions, as_of=LAST, since=None)

    assert second.generation == first.generation + 1
    assert second.decided_from == LAST
