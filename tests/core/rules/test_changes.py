"""On which days stage and colour changed."""

from hypothesis import given

from banso.core.health.assess import assess
from banso.core.health.colour import COLOURS
from banso.core.health.history import JourneyHistory
from banso.core.rules.changes import Change, changes
from banso.core.unmeasured import Reason

from ..health.conftest import Cell, MakeDefinitions, MakePanel  # noqa: TID252 (beside, not above)
from ..health.random_journeys import Case, cases  # noqa: TID252

NA, LATE, NONE = Reason.NOT_APPLICABLE, Reason.SOURCE_LATE, Reason.NO_SOURCE
JOURNEY = """
journeys:
  - name: adoption
    applies: depth >= 0
    stages:
      - {name: first, health: [{condition: users > 0, of: users, poor: 0, good: 10}]}
      - name: habit
        enter: idle = 1
        health: [{condition: users > 0, of: users, poor: 0, good: 20}]
"""


def history(
    users: list[list[Cell]],
    make_panel: MakePanel,
    make_definitions: MakeDefinitions,
    **others: list[list[Cell]],
) -> JourneyHistory:
    accounts, days = len(users), len(users[0])
    columns = {"users": users, "idle": [[9] * days] * accounts, "depth": [[1] * days] * accounts}
    panel = make_panel({**columns, **others})
    return assess(make_definitions(JOURNEY), panel)["adoption"]


def told(found: list[Change]) -> list[tuple[int, int, str, str, str]]:
    return [(c.day, c.row, c.what, c.before, c.after) for c in found]


def test_a_change_of_colour_tells_both_colours_and_both_scores(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    known = history([[8, 8, 5]], make_panel, make_definitions)
    assert changes(known, start=1, stop=3) == [
        Change(
            row=0,
            journey="adoption",
            day=2,
            day_before=1,
            what="colour",
            before="healthy",
            after="watch",
            score_before=80.0,
            score_after=50.0,
        )
    ]


def test_a_change_of_stage_comes_before_the_colour_it_brings(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    known = history([[8, 8], [8, 8]], make_panel, make_definitions, idle=[[9, 9], [9, 1]])
    assert told(changes(known, start=1, stop=2)) == [
        (1, 1, "stage", "first", "habit"),
        (1, 1, "colour", "healthy", "watch"),
    ]


def test_joining_and_leaving_the_journey_are_changes_of_the_stage(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    known = history(
        [[NA, 8, 8, 8]], make_panel, make_definitions, idle=[[NA] + [9] * 3], depth=[[NA, 1, -1, 1]]
    )
    assert told(changes(known, start=0, stop=4)) == [
        (1, 0, "stage", "", "first"),
        (2, 0, "stage", "first", ""),
        (3, 0, "stage", "", "first"),
    ]
    joined = changes(known, start=0, stop=4)[0]
    assert (joined.score_before, joined.score_after) == (None, 80.0)


def test_on_the_first_day_of_the_axis_everybody_joins(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    known = history([[8]], make_panel, make_definitions)
    (joined,) = changes(known, start=0, stop=1)
    assert (joined.before, joined.after, joined.day_before) == ("", "first", -1)
    assert (joined.score_before, joined.score_after) == (None, 80.0)


def test_only_the_days_asked_for_are_told(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    known = history([[8, 5, 1, 8]], make_panel, make_definitions)
    everything = changes(known, start=1, stop=4)
    assert [change.day for change in everything] == [1, 2, 3]
    assert changes(known, start=2, stop=3) == [everything[1]]
    assert changes(known, start=2, stop=2) == []


def test_becoming_unmeasured_is_a_change(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    known = history([[8, NONE]], make_panel, make_definitions)
    (change,) = changes(known, start=1, stop=2)
    assert (change.before, change.after) == ("healthy", "unmeasured")
    assert (change.score_before, change.score_after) == (80.0, None)


def test_a_late_source_changes_no_colour_and_afterwards_tells_what_is_different(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    known = history([[8, LATE, LATE, 8, 8], [8, LATE, LATE, 5, 5]], make_panel, make_definitions)
    found = changes(known, start=1, stop=5)
    assert told(found) == [(3, 1, "colour", "healthy", "watch")]
    assert (found[0].day_before, found[0].score_before, found[0].score_after) == (0, 80.0, 50.0)


def slowly(history: JourneyHistory, row: int) -> list[tuple[int, int, str, str, str]]:
    """(day, day before, what, before, after), as the sentences of `changes` say."""
    names = [*(stage.name for stage in history.journey.stages), ""]
    colours = [COLOURS[code] for code in history.colour[row]]
    stage, sure = "", None
    found = []
    for day, code in enumerate(history.stage[row].tolist()):
        if names[code] != stage:
            found.append((day, day - 1, "stage", stage, names[code]))
        stage = names[code]
        if not stage or history.late[row, day]:
            continue
        if sure is not None and colours[day] != colours[sure]:
            found.append((day, sure, "colour", colours[sure], colours[day]))
        sure = day
    return found


@given(case=cases())
def test_changes_are_those_that_a_walk_through_each_account_finds_in_order(
    make_panel: MakePanel, make_definitions: MakeDefinitions, case: Case
) -> None:
    known = assess(make_definitions(case.text), make_panel(case.rows))["adoption"]
    accounts, days = known.stage.shape
    walked = [(row, *x) for row in range(accounts) for x in slowly(known, row)]
    walked.sort(key=lambda x: (x[1], x[0], x[3] == "colour"))
    found = changes(known, start=0, stop=days)
    assert [(c.row, c.day, c.day_before, c.what, c.before, c.after) for c in found] == walked
    assert changes(known, start=1, stop=days) == [c for c in found if c.day >= 1]
