from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from banso.desk.models import Alert, Assessment, Change, Episode
from banso.desk.queries.decided import RuleState, last_decision, latest_run, rule_states
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.today import open_alerts
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.episodes import Closing, Opening
from banso.desk.services.runs import (
    Assessed,
    Changed,
    Findings,
    RunFacts,
    record_run,
)
from banso.desk.services.standings import Standings

NONE = Standings(metrics=(), standing=(), measured=())

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 1, 3, tzinfo=UTC)
D1, D2, D3, D4 = (date(2026, 9, day) for day in (1, 2, 3, 4))


def facts(as_of: date = D4, decided_from: date | None = D1, generation: int = 1) -> RunFacts:
    return RunFacts(
        as_of=as_of,
        decided_from=decided_from,
        fingerprint="f" * 16,
        generation=generation,
        started_at=NOON,
        finished_at=NOON,
        accounts=1,
    )


def opening(day: date) -> Opening:
    return Opening(
        rule="fading",
        account="A1",
        journey="",
        opened_on=day,
        priority="high",
        label={"en": "Fading", "ja": "利用減少"},
        action={"en": "Call", "ja": "電話"},
        why=[{"metric": "wau", "value": 1.0}],
        arr=Decimal("120.00"),
    )


def closing(day: date, because: str = "cleared") -> Closing:
    return Closing("fading", "A1", day, because)


def assessed(score: float) -> Assessed:
    return Assessed("A1", "adoption", "habit", 3, None, score, 1.0, "watch")


def episodes() -> list[tuple[date, date | None]]:
    return list(Episode.objects.order_by("opened_on").values_list("opened_on", "closed_on"))


@pytest.fixture(autouse=True)
def account() -> None:
    save_accounts([AccountRow(row=2, key="A1", owner="田中")], effective=D1)


def test_an_episode_that_opens_and_closes_in_one_run_is_kept_closed() -> None:
    run = record_run(facts(), Findings([], [], [opening(D1), opening(D3)], [closing(D2)]), NONE)

    assert episodes() == [(D1, D2), (D3, None)]
    assert (run.opened, run.closed) == (2, 1)


def test_a_later_run_closes_what_an_earlier_one_opened() -> None:
    record_run(facts(as_of=D1), Findings([], [], [opening(D1)], []), NONE)
    record_run(facts(as_of=D2), Findings([], [], [], [closing(D2, "rule_removed")]), NONE)

    assert episodes() == [(D1, D2)]
    assert Episode.objects.get().closed_because == "rule_removed"


def test_every_opening_makes_one_alert_for_the_owner_with_its_evidence() -> None:
    record_run(facts(), Findings([], [], [opening(D1)], []), NONE)

    alert = Alert.objects.get()
    assert str(alert.owner) == "田中"
    assert (alert.why, alert.arr) == ([{"metric": "wau", "value": 1.0}], Decimal("120.00"))


def test_an_alert_is_open_as_long_as_its_episode() -> None:
    record_run(facts(), Findings([], [], [opening(D1)], []), NONE)
    assert [x.account for x in open_alerts(EVERYTHING)] == ["A1"]
    assert [x.account for x in open_alerts(EVERYTHING, owner="田中")] == ["A1"]
    assert open_alerts(EVERYTHING, owner="somebody else") == ()

    record_run(facts(as_of=D3), Findings([], [], [], [closing(D2)]), NONE)
    assert open_alerts(EVERYTHING) == ()


def test_what_was_shown_is_never_rewritten_but_later_facts_stand_beside_it() -> None:
    for generation, score in ((1, 50.0), (1, 60.0), (2, 70.0)):
        record_run(facts(generation=generation), Findings([assessed(score)], [], [], []), NONE)

    shown = Assessment.objects.order_by("generation").values_list("generation", "score")
    assert list(shown) == [(1, 50.0), (2, 70.0)]


def test_a_change_is_recorded_once() -> None:
    change = Changed("A1", "adoption", D2, "stage", "onboarding", "habit", 40.0, 50.0)
    for _ in range(2):
        record_run(facts(), Findings([], [change], [], []), NONE)

    assert list(Change.objects.values_list("before", "after")) == [("onboarding", "habit")]


def test_rules_go_on_from_what_was_decided() -> None:
    record_run(facts(as_of=D4), Findings([], [], [opening(D1), opening(D3)], [closing(D2)]), NONE)

    assert rule_states(["fading", "other"]) == {
        "fading": RuleState(opened_on={"A1": D3}, closed_on={"A1": D2}),
        "other": RuleState({}, {}),
    }
    last = last_decision()
    assert last is not None
    assert last.as_of == D4


def test_a_run_of_an_earlier_day_is_not_the_one_people_look_at() -> None:
    record_run(facts(as_of=D4), Findings([], [], [], []), NONE)
    record_run(facts(as_of=D2, decided_from=None), Findings([], [], [], []), NONE)

    latest = latest_run()
    assert latest is not None
    assert latest.as_of == D4
