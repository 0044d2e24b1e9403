"""What is unmeasured for lack of data, and what waits for it."""

import pytest

from banso.core.definitions import Definitions, loads
from banso.core.definitions.model import Label
from banso.core.unmeasured import Reason
from banso.pipeline.gaps import Gap, MetricGap, gaps

MEASURED, NOT_HERE = Reason.MEASURED, Reason.NOT_APPLICABLE
NONE, LATE, YOUNG = Reason.NO_SOURCE, Reason.SOURCE_LATE, Reason.BEFORE_FIRST_DATA
SOURCES = {"users": frozenset({"web"}), "quiet": frozenset({"web"}), "csat": frozenset({"hub"})}
SET = """
organisation: {name: Test}
sources:
  - {name: web, covers: "attribute.plan = 'pro'"}
metrics:
  - {name: users, kind: distinct_users, window: 7d}
  - {name: quiet, kind: recency}
  - {name: exports, kind: count, where: event = 'export', window: 28d}
  - {name: nps, kind: latest, of: record.nps}
  - {name: csat, kind: latest, of: record.csat}
  - {name: seats, kind: latest, of: contract.seats}
  - {name: trade, kind: latest, of: attribute.trade}
  - {name: use, kind: ratio, of: users, by: seats}
segments:
  - {name: large, where: seats > 50}
journeys:
  - name: adoption
    stages:
      - name: start
        health:
          - {condition: nps >= 7, name: happy}
rules:
  - {name: unhappy, when: nps < 5 or use < 0.1, action: {en: Call, ja: 電話}}
"""


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return loads({"x": SET})


def told(found: tuple[Gap, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(gap.what.en, tuple(metric.name for metric in gap.metrics)) for gap in found]


def test_records_that_nobody_sends_are_a_gap_with_all_that_waits(definitions: Definitions) -> None:
    (gap,) = gaps(definitions, {"nps": {NONE: 8}, "users": {MEASURED: 8}}, sources=SOURCES)
    assert gap.sources == ()
    assert gap.what == Label(en="records of kind nps", ja="npsの記録")
    assert gap.metrics == (MetricGap("nps", {NONE: 8}),)
    assert [(use.kind, use.name) for use in gap.waiting] == [
        ("condition", "adoption"),
        ("rule", "unhappy"),
    ]


def test_what_a_source_does_not_cover_is_a_gap_of_that_source(definitions: Definitions) -> None:
    counts = {
        "users": {MEASURED: 5, NOT_HERE: 3, YOUNG: 1},
        "quiet": {MEASURED: 4, NOT_HERE: 3, YOUNG: 2},
    }
    (gap,) = gaps(definitions, counts, sources=SOURCES)
    assert gap.sources == ("web",)
    assert gap.metrics == (
        MetricGap("users", {NOT_HERE: 3, YOUNG: 1}),
        MetricGap("quiet", {NOT_HERE: 3}),
    )
    assert (gap.accounts, gap.reasons) == (4, (YOUNG, NOT_HERE))
    assert [use.name for use in gap.waiting] == ["use", "unhappy"]


def test_what_does_not_apply_is_no_gap_where_nothing_is_said_of_coverage(
    definitions: Definitions,
) -> None:
    counts = {"csat": {MEASURED: 1, NOT_HERE: 7}, "seats": {NOT_HERE: 8}}
    assert gaps(definitions, counts, sources=SOURCES) == ()


def test_events_that_never_came_are_told_by_what_they_are(definitions: Definitions) -> None:
    found = gaps(definitions, {"exports": {NONE: 2}}, sources=SOURCES)
    assert told(found) == [("usage events where event is export", ("exports",))]


def test_contracts_and_attributes_can_lack_too(definitions: Definitions) -> None:
    counts = {"seats": {NONE: 4}, "trade": {NONE: 9}, "use": {NONE: 9}}
    found = gaps(definitions, counts, sources=SOURCES)
    assert told(found) == [
        ("Attribute trade of accounts", ("trade",)),
        ("Contracts", ("seats",)),
    ]


def test_the_largest_gap_comes_first(definitions: Definitions) -> None:
    counts = {"nps": {NONE: 2}, "users": {LATE: 5}, "csat": {LATE: 9}}
    assert [gap.sources for gap in gaps(definitions, counts, sources=SOURCES)] == [
        ("hub",),
        ("web",),
        (),
    ]


def test_where_everything_is_measured_there_is_no_gap(definitions: Definitions) -> None:
    assert gaps(definitions, {"nps": {MEASURED: 3}}, sources=SOURCES) == ()
    assert gaps(definitions, {}, sources=SOURCES) == ()
