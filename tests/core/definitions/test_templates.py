"""The set that `banso init` writes."""

from banso.core.definitions import check_texts
from banso.core.definitions.templates import starter


def test_the_starter_set_has_no_mistakes_and_no_warnings() -> None:
    made, mistakes = check_texts(starter())
    assert mistakes == ()
    assert made is not None
    assert (len(made.metrics), len(made.segments), len(made.rules)) == (21, 2, 12)
    assert list(made.plays) == [
        *("rescue_licences", "expand_licences", "revive_usage", "onboarding_stalled")
    ]
    assert list(made.outcomes) == ["churned", "downgraded", "renewed", "gone_silent"]
    assert [stage.name for stage in made.journeys["adoption"].stages] == [
        *("onboarding", "habit", "expansion")
    ]


def test_everything_people_see_has_a_label() -> None:
    made, _ = check_texts(starter())
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
        *("plays.yaml", "rules.yaml", "segments.yaml"),
    ]
