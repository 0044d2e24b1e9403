"""Who names whom, and the numbers that metrics are compared with."""

from tests.core.definitions.sets import SET

from banso.core.definitions import loads
from banso.core.definitions.uses import Threshold, Use, Uses

RULE = "journey.adoption.stage = 'habit' and users_change < -0.4 and industry = 'retail'"
LARGE = Use("segment", "large", text="seats >= 50 or attribute.plan = 'enterprise'")
APPLIES = Use("journey", "adoption", text="segment.large or twice > 1")
HABIT = Use("stage", "adoption", stage="habit", text="weekly_users >= 5")
RECENT = Use(
    "condition", "adoption", stage="onboarding", condition="last_use <= 7", text="last_use <= 7"
)
SEATS = Use(
    "condition", "adoption", stage="habit", condition="seats_used", text="seat_use > 0.5"
)  # fmt: skip
FADING = Use("rule", "fading", text=RULE)


def uses(text: str = SET) -> Uses:
    return Uses(loads({"set.yaml": text}))


def test_a_metric_is_used_by_metrics_and_conditions() -> None:
    assert uses().of("weekly_users") == (
        Use("metric", "seat_use"),
        Use("metric", "users_change"),
        Use("metric", "twice"),
        HABIT,
    )
    assert uses().of("last_use") == (RECENT,)


def test_segments_journeys_attributes_and_contracts_are_found_by_their_dotted_names() -> None:
    found = uses()
    assert found.of("segment.large") == (APPLIES,)
    assert found.of("journey.adoption") == (FADING,)
    assert found.of("attribute.plan") == (LARGE,)
    assert found.of("attribute.industry") == (Use("metric", "industry"),)
    assert found.of("contract.seats") == (Use("metric", "seats"),)
    assert found.of("nothing") == ()


def test_what_rests_on_a_metric_is_followed_through_metrics_and_segments() -> None:
    assert uses().resting_on({"seats"}) == (
        Use("metric", "seat_use"),
        Use("metric", "twice"),
        LARGE,
        APPLIES,
        SEATS,
    )
    assert uses().resting_on({"industry", "users_change"}) == (FADING,)
    assert uses().resting_on(()) == ()


def test_thresholds_are_the_constants_and_the_ends_of_points() -> None:
    assert uses().thresholds("last_use") == (
        Threshold(7.0, "<=", RECENT),
        Threshold(10.0, "poor", RECENT),
        Threshold(3.0, "good", RECENT),
    )
    assert uses().thresholds("users_change") == (Threshold(-0.4, "<", FADING),)
    assert uses().thresholds("twice") == (Threshold(1.0, ">", APPLIES),)
    assert uses().thresholds("industry") == ()


def test_a_threshold_has_the_sign_that_it_has_in_the_whole() -> None:
    text = SET.replace(
        "seats >= 50 or attribute.plan = 'enterprise'",
        '"not (seats between 5 and 9 or coalesce(seats, 0) > 70)"',
    )
    large = loads({"set.yaml": text}).segments["large"].where
    use = Use("segment", "large", text=large)
    assert uses(text).thresholds("seats") == (
        Threshold(5.0, "not between", use),
        Threshold(9.0, "not between", use),
        Threshold(70.0, "<=", use),
    )


def test_a_calculation_with_a_metric_is_no_threshold_of_it() -> None:
    text = SET.replace("enter: weekly_users >= 5", "enter: weekly_users * 2 >= 5")
    assert uses(text).thresholds("weekly_users") == ()
    assert uses(text).of("weekly_users")[-1].kind == "stage"
