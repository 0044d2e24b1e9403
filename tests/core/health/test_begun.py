"""From which day on an account is a customer."""

from banso.core.health.begun import begun
from banso.core.unmeasured import Reason

from .conftest import MakeDefinitions, MakePanel

NA, NONE, EARLY = Reason.NOT_APPLICABLE, Reason.NO_SOURCE, Reason.BEFORE_FIRST_DATA


def test_an_account_has_begun_once_a_metric_of_facts_is_anything_but_not_applicable(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel(
        {"users": [[NA, NA, EARLY, 1], [NONE] * 4, [NA] * 4], "idle": [[NA] * 4] * 3}
    )
    assert begun(make_definitions(""), panel).tolist() == [
        [False, False, True, True],
        [True] * 4,
        [False] * 4,
    ]


def test_what_has_begun_stays_begun(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[NA, 1, NA, NA]]})
    assert begun(make_definitions(""), panel).tolist() == [[False, True, True, True]]


def test_metrics_that_have_reasons_of_their_own_say_nothing_about_the_beginning(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "metrics: [{name: trend, kind: change, of: users}, "
        "{name: plan, kind: latest, of: attribute.plan}]"
    )
    panel = make_panel(
        {"users": [[NA, NA]], "trend": [[EARLY, EARLY]], "plan": [[NONE, NONE]],
         "attribute.plan": [[NONE, NONE]]}
    )  # fmt: skip
    assert begun(definitions, panel).tolist() == [[False, False]]


def test_an_account_that_no_source_sees_has_begun_the_day_after_its_contract_did(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[NA] * 4], "contract.days_to_end": [[NA, 9, 8, NA]]})
    assert begun(make_definitions(""), panel).tolist() == [[False, False, True, True]]
