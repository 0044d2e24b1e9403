"""Replayed rules: their episodes, what lies beside them, and the chance they are compared with."""

import numpy as np
import pytest

from banso.core.metrics import Contracts, Panel
from banso.core.rules.backtest import Judged, judge, overlap, periods
from banso.core.rules.episodes import NONE
from banso.core.rules.outcomes import happened
from banso.core.rules.precision import Interval
from banso.core.rules.replay import Replayed, joined, replay
from banso.core.rules.verdicts import Verdict

from ..health.conftest import Cell, MakeDefinitions, MakePanel  # noqa: TID252 (beside, not above)

MORE = """
rules:
  - {name: few, when: users < 5, action: {en: Call, ja: 電話する}}
  - {name: idle_long, when: idle > 3, action: {en: Call, ja: 電話する}}
  - {name: many, when: users > 50, action: {en: Call, ja: 電話する}}
outcomes:
  - {name: gone, kind: condition, when: depth = 0, lead_days: 1, within_days: 3}
"""


@pytest.fixture(scope="module")
def replayed(make_panel: MakePanel, make_definitions: MakeDefinitions) -> Replayed:
    """101: few on days 1, 2 and from 6 on, gone on day 4. 102: few on day 2, idle on days 0 to 2,
    never gone."""
    return replay_of(panel(make_panel), make_definitions)


def panel(make_panel: MakePanel) -> Panel:
    users: list[list[Cell]] = [[9, 1, 1, 9, 9, 9, 1, 1, 1, 1], [9, 9, 1, 9, 9, 9, 9, 9, 9, 9]]
    idle: list[list[Cell]] = [[1, 1, 1, 1, 1, 1, 1, 9, 1, 1], [9, 9, 9, 1, 1, 1, 1, 1, 1, 1]]
    depth: list[list[Cell]] = [[1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [1] * 10]
    arr: list[list[Cell]] = [[100] * 10, [200] * 10]
    return make_panel({"users": users, "idle": idle, "depth": depth, "contract.arr": arr})


def replay_of(given: Panel, make_definitions: MakeDefinitions, *, start: int = 0) -> Replayed:
    definitions = make_definitions(MORE)
    outcome = definitions.outcomes["gone"]
    days = happened(definitions, outcome, given, Contracts(), any_contract=False)
    rules = list(definitions.rules)
    return replay(definitions, given, rules=rules, outcome=(outcome, days), start=start)


def test_every_episode_is_told_with_its_end_and_what_was_at_stake(replayed: Replayed) -> None:
    few = replayed.firings["few"]
    assert few.account.tolist() == [101, 101, 102]
    assert few.opened.tolist() == [1, 6, 2]
    assert few.closed.tolist() == [3, NONE, 3]
    assert few.arr.tolist() == [100, 100, 200]


def test_each_alert_has_its_verdict(replayed: Replayed) -> None:
    few = replayed.firings["few"]
    assert few.verdict.tolist() == [Verdict.HIT, Verdict.NOT_APPLICABLE, Verdict.MISS]
    assert few.ahead.tolist() == [3, NONE, NONE]


def test_rules_that_are_open_beside_it_are_told_by_their_share(replayed: Replayed) -> None:
    assert overlap(replayed.firings["few"], ["idle_long", "many"]) == {"idle_long": 2 / 3}
    assert overlap(replayed.firings["idle_long"], ["few", "many"]) == {"few": 1.0}
    assert overlap(replayed.firings["many"], ["few", "idle_long"]) == {}


def test_an_alert_by_chance_is_judged_like_any_other(replayed: Replayed) -> None:
    base = replayed.base
    assert base is not None
    # day by day, of both accounts: 101 is right on days 1 to 3, late on day 4, then out of it;
    # 102 is wrong for as long as three more days are known
    assert base.hits.tolist() == [0, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert base.judged.tolist() == [2, 2, 2, 2, 2, 1, 1, 0, 0, 0]


def test_what_was_before_the_first_day_is_not_known_to_a_replay(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    later = replay_of(panel(make_panel), make_definitions, start=2).firings["few"]
    assert later.opened.tolist() == [2, 6, 2]


def test_panels_are_joined_by_day_and_account(replayed: Replayed) -> None:
    few, idle = replayed.firings["few"], replayed.firings["idle_long"]
    both = joined([few, idle])
    assert list(zip(both.opened.tolist(), both.account.tolist(), strict=True)) == [
        *((0, 102), (1, 101), (2, 102), (6, 101), (7, 101))
    ]


def test_only_days_whose_outcomes_are_sure_count(
    replayed: Replayed, make_definitions: MakeDefinitions
) -> None:
    """Day 6 could be followed by a hit until day 9; on day 7 only hits would be known."""
    found = judged(replayed, "few", make_definitions)
    assert (found.whole.first, found.whole.stop, found.whole.alerts) == (0, 7, 3)
    assert found.whole.precision.value == 1 / 2
    assert found.whole.base == 3 / 12
    assert found.whole.lift == 2.0
    assert found.leads is not None
    assert found.leads[0.5] == 3.0
    assert (found.fitting, found.untouched, found.shrinkage, found.coming) == (None,) * 4


def judged(replayed: Replayed, rule: str, make_definitions: MakeDefinitions) -> Judged:
    base = replayed.base
    assert base is not None
    return judge(replayed.firings[rule], base, make_definitions(MORE).outcomes["gone"])


def test_a_rule_that_never_fired_is_unmeasured(
    replayed: Replayed, make_definitions: MakeDefinitions
) -> None:
    found = judged(replayed, "many", make_definitions).whole
    assert (found.alerts, found.precision.value, found.lift) == (0, None, None)


def test_the_periods_lie_as_far_apart_as_an_outcome_may_take() -> None:
    assert periods(0, 400, gap=100) == ((0, 180), (280, 400))
    assert periods(50, 400, gap=100, at=300) == ((50, 200), (300, 400))
    assert periods(0, 160, gap=100) is None
    assert periods(0, 400, gap=100, at=390) is None


def test_the_shrinkage_is_what_is_lost_on_days_that_were_not_looked_at(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    """Forty accounts: all that fire on day 0 go, of those that fire on day 70 every fourth."""
    users: list[list[Cell]] = [[9] * 140 for _ in range(40)]
    depth: list[list[Cell]] = [[1] * 140 for _ in range(40)]
    for row in range(40):
        day = 0 if row < 20 else 70
        users[row][day] = 1
        if row < 20 or row % 4 == 0:
            depth[row][day + 2] = 0
    same: list[list[Cell]] = [[1] * 140 for _ in range(40)]
    columns = {"users": users, "idle": same, "depth": depth, "contract.arr": same}
    later = replay_of(make_panel(columns), make_definitions)
    base = later.base
    assert base is not None
    outcome = make_definitions(MORE).outcomes["gone"]
    divided = judge(later.firings["few"], base, outcome, held_out_from=60)
    assert divided.shrinkage == -0.75
    assert divided.coming == Interval(0.05, 0.55)


def test_arrays_of_an_empty_panel_are_empty(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    few = replay_of(
        make_panel(
            dict.fromkeys(("users", "idle", "depth", "contract.arr"), np.ones((1, 3)).tolist())
        ),
        make_definitions,
    ).firings["many"]
    assert few.beside.shape == (0, 2)
