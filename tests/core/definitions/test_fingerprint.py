"""What makes a new history, and what is only said differently."""

import pytest

from banso.core.definitions import Difference, compare, loads

from .sets import SET

BEFORE = loads({"set.yaml": SET})


def changed(old: str, new: str) -> tuple[Difference, ...]:
    assert old in SET
    return compare(BEFORE, loads({"set.yaml": SET.replace(old, new)}))


def test_the_same_set_in_other_files_order_and_layout_is_the_same() -> None:
    head, _, rest = SET.partition("metrics:\n")
    metrics, _, tail = rest.partition("segments:")
    flipped = "  - {kind: recency, name: last_use}\n" + metrics.replace(
        "  - {name: last_use, kind: recency}\n", ""
    )
    spaced = flipped.replace(
        "where: event in ('login', 'report_viewed')",
        "where: >\n      event   in ( 'login' ,\n      'report_viewed' )",
    ).replace("window: 7d", "window: '7d'")
    other = loads({"z.yaml": head, "b.yaml": "metrics:\n" + spaced, "a.yaml": "segments:" + tail})
    assert (other.fingerprint, other.metadata_fingerprint) == (
        BEFORE.fingerprint,
        BEFORE.metadata_fingerprint,
    )
    assert compare(BEFORE, other) == ()


def test_a_default_written_out_changes_nothing() -> None:
    assert changed("kind: recency}", "kind: recency, facts: events}") == ()
    assert changed("weight: 2", "weight: 2.0") == ()


@pytest.mark.parametrize(
    ("old", "new", "data", "metadata"),
    [
        ("en: Weekly users", "en: Users a week", False, True),
        ("ja: 電話する", "ja: 連絡する", False, True),
        ("name: Kaede", "name: Momiji", False, True),
        ("    for: 3", "    priority: low\n    for: 3", False, True),
        ("window: 7d", "window: 14d", True, False),
        ("Asia/Tokyo", "UTC", True, False),
        ("< -0.4", "< -0.5", True, False),
        ("poor: 10", "poor: 11", True, False),
        ("3 of 5", "3 of 6", True, False),
        ("late_after: 2d", "late_after: 3d", True, False),
        ("'pro'", "'p ro'", True, False),
    ],
)
def test_a_label_changes_only_the_metadata_and_a_number_only_the_data(
    old: str, new: str, data: bool, metadata: bool
) -> None:
    after = loads({"set.yaml": SET.replace(old, new)})
    assert (after.fingerprint != BEFORE.fingerprint) is data
    assert (after.metadata_fingerprint != BEFORE.metadata_fingerprint) is metadata
    assert [d.affects_numbers for d in compare(BEFORE, after)] == [data]


def test_how_live_events_are_read_makes_no_new_history_of_those_that_have_come() -> None:
    def read(tracking: str) -> tuple[str, str]:
        text = SET.replace("late_after: 2d", f"late_after: 2d, tracking: {tracking}")
        made = loads({"set.yaml": text})
        return made.fingerprint, made.metadata_fingerprint

    said = [read("{wait: 9d}"), read("{wait: 9d, keep: [context.a, context.b]}"), read("{}")]
    assert {data for data, _ in said} == {BEFORE.fingerprint}
    assert len({metadata for _, metadata in said} | {BEFORE.metadata_fingerprint}) == 4


def test_fingerprints_are_sixteen_hex_digits_that_stay() -> None:
    assert len(BEFORE.fingerprint) == 16
    int(BEFORE.fingerprint, 16)
    assert loads({"x.yaml": SET}).fingerprint == BEFORE.fingerprint


def test_a_changed_field_is_named_with_both_values() -> None:
    assert changed("< -0.4", "<   -0.5") == (
        Difference(
            kind="rule",
            name="fading",
            field="when",
            old="journey.adoption.stage = 'habit' and users_change < -0.4 and industry = 'retail'",
            new="journey.adoption.stage = 'habit' and users_change < -0.5 and industry = 'retail'",
            affects_numbers=True,
        ),
    )


def test_a_condition_is_found_by_its_name_in_its_stage() -> None:
    (difference,) = changed("name: seats_used", "name: seats_used\n            weight: 3")
    assert (difference.field, difference.old, difference.new) == (
        "stages.habit.health.seats_used.weight",
        1.0,
        3.0,
    )


def test_what_came_and_went_is_one_difference_each() -> None:
    after = SET.replace("name: large,", "name: big,").replace("segment.large", "segment.big")
    found = compare(BEFORE, loads({"set.yaml": after}))
    assert [(d.kind, d.name, d.field, d.old is None, d.new is None) for d in found] == [
        ("journey", "adoption", "applies", False, False),
        ("segment", "big", "", True, False),
        ("segment", "large", "", False, True),
    ]


def test_a_stage_put_between_is_one_stage_and_a_new_order() -> None:
    stage = "      - {name: first_use, enter: last_use < 3, health: [{condition: seats > 1}]}\n"
    found = changed("      - name: habit\n", stage + "      - name: habit\n")
    assert [(d.field, d.old, d.new) for d in found] == [
        (
            "stages.order",
            "onboarding, habit",
            "onboarding, first_use, habit",
        ),
        (
            "stages.first_use",
            None,
            "name: first_use, enter: last_use < 3, health.seats > 1.condition: seats > 1, "
            "health.seats > 1.weight: 1.0, health.seats > 1.critical: False",
        ),
    ]
