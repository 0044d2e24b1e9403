"""Evidence: how it is kept, and which comparisons make a condition hold."""

import json

import pytest

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.health.comparisons import comparisons, supporting
from banso.core.health.describe import DAYS
from banso.core.health.evidence import Evidence
from banso.core.health.truths import window
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Reason

from .conftest import Cell, MakeDefinitions, MakePanel

USERS = Label(en="Weekly active users", ja="週間アクティブユーザー")
IDLE = Label(en="Last used", ja="最終利用からの経過")


def compared(
    text: str, panel: Panel, definitions: Definitions, *, all_of_it: bool = False
) -> list[tuple[str, object, str, object]]:
    """(field, value, operator, threshold) of the evidence in the panel's only cell."""
    cell = window(panel, rows=slice(0, 1), days=slice(0, 1))
    root = definitions.condition(text).root
    find = comparisons if all_of_it else supporting
    found = find(definitions, root=root, cell=cell)
    return [(e.field, e.value, e.operator, e.threshold) for e in found]


def one(**cells: Cell) -> dict[str, list[list[Cell]]]:
    return {name: [[cell]] for name, cell in cells.items()}


def test_kept_evidence_comes_back_the_same() -> None:
    for evidence in (
        Evidence("users", USERS, 3.0, "<", 5.0, "number", DAYS, {}, True, None),
        Evidence("a.b", USERS, "x", "in", ("x", "y"), "text", None, {"x": USERS}, False, None),
        Evidence("d", USERS, True, "is true", None, "truth", None, {}, True, None),
        Evidence("d", USERS, None, "<", 1.0, "percent", None, {}, None, Reason.BEFORE_FIRST_DATA),
    ):
        assert Evidence.from_json(json.loads(json.dumps(evidence.as_json()))) == evidence


def test_kept_evidence_has_metric_value_operator_threshold_label_and_reason() -> None:
    evidence = Evidence(
        "users", USERS, None, "<", 5.0, "number", None, {}, None, Reason.SOURCE_LATE
    )
    assert evidence.as_json() == {
        "metric": "users",
        "label": {"en": "Weekly active users", "ja": "週間アクティブユーザー"},
        "value": None,
        "operator": "<",
        "threshold": 5.0,
        "format": "number",
        "unit": None,
        "words": {},
        "supports": None,
        "unmeasured": "source_late",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("users < 5 and idle > 7", [("users", 3.0, "<", 5.0), ("idle", 9.0, ">", 7.0)]),
        ("users < 5 or idle < 7", [("users", 3.0, "<", 5.0)]),
        ("(users < 5 and depth > 9) or idle > 7", [("idle", 9.0, ">", 7.0)]),
        ("not (users >= 5 or idle <= 7)", [("users", 3.0, "<", 5.0), ("idle", 9.0, ">", 7.0)]),
        ("not (users >= 5 and depth > 0)", [("users", 3.0, "<", 5.0)]),
        ("5 > users", [("users", 3.0, "<", 5.0)]),
        ("users between 1 and 4", [("users", 3.0, "between", (1.0, 4.0))]),
        ("users in (3, 4)", [("users", 3.0, "in", (3.0, 4.0))]),
        ("users < idle", [("users", 3.0, "<", 9.0)]),
        ("users * 2 < 7", [("users", 6.0, "<", 7.0)]),
        ("users > 5", []),
    ],
)
def test_only_what_makes_the_condition_hold_supports_it(
    text: str,
    expected: list[tuple[str, object, str, object]],
    make_panel: MakePanel,
    make_definitions: MakeDefinitions,
) -> None:
    panel = make_panel(one(users=3, idle=9, depth=1))
    assert compared(text, panel, make_definitions("")) == expected


def test_what_is_unmeasured_supports_only_a_question_for_it(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel(one(users=3, idle=Reason.NO_SOURCE, depth=1))
    definitions = make_definitions("")
    found = compared("users < 5 or idle > 7", panel, definitions)
    assert found == [("users", 3.0, "<", 5.0)]
    found = compared("users < 5 and idle is unmeasured", panel, definitions)
    assert found == [("users", 3.0, "<", 5.0), ("idle", None, "is unmeasured", None)]


def test_all_comparisons_are_given_in_the_order_in_which_they_are_written(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel(one(users=3, idle=9, depth=1))
    found = compared("idle < 7 or users < 5", panel, make_definitions(""), all_of_it=True)
    assert found == [("idle", 9.0, "<", 7.0), ("users", 3.0, "<", 5.0)]


def test_evidence_has_the_label_and_unit_of_its_metric(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel(one(idle=9))
    definitions = make_definitions("")
    (found,) = comparisons(
        definitions,
        root=definitions.condition("idle > 7").root,
        cell=window(panel, rows=slice(0, 1), days=slice(0, 1)),
    )
    assert (found.label, found.unit, found.form) == (IDLE, DAYS, "number")
    assert (found.supports, found.reason) == (True, None)


def test_evidence_has_the_words_for_the_texts_in_it(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel(one(**{"journey.adoption.colour": "at_risk"}))
    definitions = make_definitions("journeys: [{name: adoption, stages: [{name: only}]}]")
    (found,) = comparisons(
        definitions,
        root=definitions.condition("journey.adoption.colour in ('watch', 'at_risk')").root,
        cell=window(panel, rows=slice(0, 1), days=slice(0, 1)),
    )
    assert (found.value, found.threshold, found.form) == ("at_risk", ("watch", "at_risk"), "text")
    assert {text: word.ja for text, word in found.words.items()} == {
        "watch": "注意",
        "at_risk": "危険",
    }
