"""The set that `banso init` writes."""

import pytest

from banso.core.definitions import check_texts
from banso.core.definitions.templates import UnfitProductError, starter


def test_the_starter_set_has_no_mistakes_and_no_warnings() -> None:
    made, mistakes = check_texts(starter())
    assert mistakes == ()
    assert made is not None
    assert (len(made.metrics), len(made.segments), len(made.rules)) == (21, 2, 12)
    assert list(made.plays) == [
        *("revive_usage", "onboarding_stalled", "rescue_licences", "expand_licences")
    ]
    assert list(made.outcomes) == ["churned", "downgraded", "renewed", "gone_silent"]
    assert [stage.name for stage in made.journeys["adoption"].stages] == [
        *("onboarding", "habit", "expansion")
    ]


@pytest.mark.parametrize("products", [(), ("delivery", "帳票 & BI")])
def test_everything_people_see_has_a_label(products: tuple[str, ...]) -> None:
    made, _ = check_texts(starter(products))
    assert made is not None
    stages = [stage for journey in made.journeys.values() for stage in journey.stages]
    shown = [*made.sources.values(), *made.metrics.values(), *made.segments.values()]
    shown += [*made.journeys.values(), *made.rules.values(), *stages]
    shown += [*made.outcomes.values(), *made.plays.values()]
    shown += [condition for stage in stages for condition in stage.health]
    assert [definition.name for definition in shown if definition.label is None] == []


def test_files_come_in_order_of_names() -> None:
    assert list(starter()) == [
        *("journeys.yaml", "metrics.yaml", "organisation.yaml", "outcomes.yaml"),
        *("plays.yaml", "rules.yaml", "seats.yaml", "segments.yaml"),
    ]


def test_seats_sold_apart_are_measured_apart() -> None:
    made, mistakes = check_texts(starter(("delivery", "帳票 & BI")))
    assert mistakes == ()
    assert made is not None
    assert [x for x in made.rules if "seats" in x] == [
        *("seats_unused_delivery", "seats_nearly_full_delivery"),
        *("seats_unused_帳票_bi", "seats_nearly_full_帳票_bi"),
    ]
    full = made.rules["seats_nearly_full_帳票_bi"]
    assert full.play == "expand_licences_帳票_bi"
    assert full.label is not None
    assert full.label.ja == "ライセンスがほぼ使い切られている（帳票 & BI）"
    assert made.metrics["purchased_seats_帳票_bi"].where == "product = '帳票 & BI'"


@pytest.mark.parametrize(
    ("products", "said"),
    [
        (("it's",), "'it's': at most 40 letters, digits, spaces and any of . / + & - _"),
        (("--",), "'--': at most 40 letters, digits, spaces and any of . / + & - _"),
        (("a b", "A-B"), "'A-B': another product's definitions are named so too"),
    ],
)
def test_a_product_that_no_definition_can_name_is_refused(
    products: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UnfitProductError) as refused:
        starter(products)
    assert str(refused.value) == said
