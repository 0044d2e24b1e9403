"""The ledger: its parts sum to the change, and each stands under the right heading."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.core.definitions.model import Condition
from banso.core.health.assessment import Assessment, ConditionResult
from banso.core.health.colour import Colour
from banso.core.health.ledger import Ledger, ledger
from banso.core.health.points import points_of
from banso.core.unmeasured import Column, Reason


def judged(
    key: str,
    *,
    weight: float = 1.0,
    value: float | None = None,
    good: float | None = None,
    poor: float | None = None,
    holds: bool | None = True,
    text: str = "x > 1",
    of: str = "x",
) -> ConditionResult:
    """A condition with the points that the arrays would give it. Thresholds make a line."""
    line = good is not None
    condition = Condition(
        name=key, condition=text, weight=weight, of=of if line else None, good=good, poor=poor
    )
    truth = cell(holds is True, missing=holds is None)
    number = cell(value if value is not None else np.nan, missing=value is None)
    given_points = points_of(condition, holds=truth, value=number if line else None)
    reason = Reason(given_points.reasons.item())
    return ConditionResult(
        key=key,
        label=None,
        condition=text,
        holds=holds,
        reason=reason or None,
        weight=weight,
        points=None if reason else given_points.points.item(),
        critical=False,
        of=condition.of,
        value=value if line else None,
        good=good,
        poor=poor,
        evidence=(),
    )


def cell(value: float | bool, *, missing: bool) -> Column:
    reason = Reason.NO_SOURCE if missing else Reason.MEASURED
    return Column(values=np.array([[value]]), reasons=np.array([[reason]], dtype=np.uint8))


def assessment(*conditions: ConditionResult, stage: str = "habit") -> Assessment:
    known = [condition for condition in conditions if condition.points is not None]
    weight = sum(condition.weight for condition in known)
    earned = sum(condition.weight * (condition.points or 0.0) for condition in known)
    return Assessment(
        account=101,
        journey="adoption",
        as_of=date(2026, 4, 1),
        stage=stage,
        days_in_stage=3,
        expected_days=None,
        overdue=False,
        score=round(100 * earned / weight, 10) if known else None,
        confidence=1.0,
        colour=Colour.WATCH,
        late=False,
        conditions=conditions,
    )


def amounts(found: Ledger) -> dict[tuple[str, str], float]:
    return {(part.kind, part.key): round(part.amount, 9) for part in found.parts}


def test_nothing_changed_has_no_parts() -> None:
    same = assessment(judged("use", value=4.0, good=10.0, poor=0.0), judged("login", holds=False))
    assert ledger(same, same) == Ledger(parts=(), difference=0.0, missing=None)


def test_changed_numbers_are_the_data_each_with_its_share_of_the_weight() -> None:
    before = assessment(
        judged("use", weight=3, value=10.0, good=10.0, poor=0.0), judged("login", holds=False)
    )
    after = assessment(
        judged("use", weight=3, value=6.0, good=10.0, poor=0.0), judged("login", holds=True)
    )
    found = ledger(before, after)
    assert amounts(found) == {("data", "use"): -30.0, ("data", "login"): 25.0}
    assert found.difference == -5.0


def test_a_part_carries_the_condition_then_and_now() -> None:
    before = assessment(judged("use", value=10.0, good=10.0, poor=0.0))
    after = assessment(judged("use", value=6.0, good=10.0, poor=0.0))
    (part,) = ledger(before, after).parts
    assert (part.before, part.after) == (before.conditions[0], after.conditions[0])


def test_new_thresholds_are_told_apart_from_new_data() -> None:
    before = assessment(judged("use", value=5.0, good=10.0, poor=0.0))
    after = assessment(judged("use", value=4.0, good=5.0, poor=0.0))
    found = ledger(before, after)
    assert amounts(found) == {("threshold", "use"): 50.0, ("data", "use"): -20.0}


def test_a_new_weight_moves_the_score_toward_what_it_weighs() -> None:
    before = assessment(judged("use", holds=True), judged("login", holds=False))
    after = assessment(judged("use", weight=3, holds=True), judged("login", holds=False))
    assert amounts(ledger(before, after)) == {("weight", "use"): 12.5, ("weight", "login"): 12.5}


def test_what_is_no_longer_measured_takes_its_pull_with_it() -> None:
    before = assessment(judged("use", holds=True), judged("login", holds=False))
    after = assessment(judged("use", holds=True), judged("login", holds=None))
    found = ledger(before, after)
    assert amounts(found) == {("became_unmeasured", "login"): 50.0}
    assert amounts(ledger(after, before)) == {("became_measured", "login"): -50.0}


def test_a_condition_that_the_definitions_add_or_remove_says_so() -> None:
    less = assessment(judged("use", holds=True))
    more = assessment(judged("use", holds=True), judged("login", holds=False))
    assert amounts(ledger(less, more)) == {("definition", "login"): -50.0}
    assert amounts(ledger(more, less)) == {("definition", "login"): 50.0}


def test_conditions_of_another_stage_come_and_go_with_the_stage() -> None:
    before = assessment(judged("setup", holds=True), stage="onboarding")
    after = assessment(judged("use", holds=False), judged("login", holds=True), stage="habit")
    found = ledger(before, after)
    assert amounts(found) == {
        ("stage", "setup"): -25.0,
        ("stage", "use"): -37.5,
        ("stage", "login"): 12.5,
    }
    assert found.difference == -50.0


def test_parts_come_largest_first() -> None:
    before = assessment(judged("a", holds=True), judged("b", weight=2, holds=True))
    after = assessment(judged("a", holds=False), judged("b", weight=2, holds=False))
    assert [part.key for part in ledger(before, after).parts] == ["b", "a"]


def test_another_condition_text_is_a_new_definition_not_new_data() -> None:
    before = assessment(judged("use", text="x > 1", holds=True))
    after = assessment(judged("use", text="x > 9", holds=False))
    assert amounts(ledger(before, after)) == {("threshold", "use"): -100.0}


def test_points_from_another_metric_are_a_new_definition() -> None:
    before = assessment(judged("use", of="x", value=5.0, good=10.0, poor=0.0))
    after = assessment(judged("use", of="y", value=9.0, good=10.0, poor=0.0))
    assert amounts(ledger(before, after)) == {("threshold", "use"): 40.0}


def test_a_key_that_occurs_twice_is_two_conditions() -> None:
    before = assessment(judged("use", holds=True), judged("use", text="y > 1", holds=True))
    after = assessment(judged("use", holds=True), judged("use", text="y > 1", holds=False))
    assert amounts(ledger(before, after)) == {("data", "use"): -50.0}


@pytest.mark.parametrize(
    ("before", "after", "missing"),
    [(None, True, "before"), (True, None, "after"), (None, None, "both")],
)
def test_without_a_score_on_one_side_it_says_which(
    before: bool | None, after: bool | None, missing: str
) -> None:
    found = ledger(assessment(judged("use", holds=before)), assessment(judged("use", holds=after)))
    assert found == Ledger(parts=(), difference=None, missing=missing)


weights = st.floats(0.01, 1000)
values = st.none() | st.floats(-1e6, 1e6)
thresholds = st.sampled_from([(None, None), (10.0, 0.0), (0.0, 10.0), (5.0, 3.0), (4.0, 4.0)])


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    conditions = []
    for key in draw(st.lists(st.sampled_from("aabcdef"), max_size=7)):
        good, poor = draw(thresholds)
        condition = judged(
            key,
            weight=draw(weights),
            value=draw(values) if good is not None else None,
            good=good,
            poor=poor,
            holds=draw(st.sampled_from([True, False, None])),
            text=draw(st.sampled_from(["x > 1", "y > 2"])),
            of=draw(st.sampled_from("xy")),
        )
        conditions.append(condition)
    return assessment(*conditions, stage=draw(st.sampled_from(["onboarding", "habit"])))


@given(assessments(), assessments())
def test_the_parts_sum_to_the_difference_of_the_scores(
    before: Assessment, after: Assessment
) -> None:
    found = ledger(before, after)
    if before.score is None or after.score is None:
        assert (found.parts, found.difference) == ((), None)
    else:
        assert found.difference == after.score - before.score
        assert abs(sum(part.amount for part in found.parts) - found.difference) < 1e-9


@given(assessments(), assessments(), st.randoms())
def test_the_parts_do_not_depend_on_the_order_of_the_conditions(
    before: Assessment, after: Assessment, order: st.DataObject
) -> None:
    mixed = [list(side.conditions) for side in (before, after)]
    if any(len({c.key for c in side}) < len(side) for side in mixed):
        return  # a key that occurs twice is told apart by its order
    for side in mixed:
        order.shuffle(side)
    there = replace(before, conditions=tuple(mixed[0]))
    here = replace(after, conditions=tuple(mixed[1]))
    plain = {(p.kind, p.key): p.amount for p in ledger(before, after).parts}
    turned = {(p.kind, p.key): p.amount for p in ledger(there, here).parts}
    assert turned == pytest.approx(plain, abs=1e-9)
