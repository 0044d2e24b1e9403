"""What `measure` promises beyond each number: order, growth, many metrics, blocks, errors."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from tests.core.metrics.given import (
    AttributeRow,
    ContactRow,
    FactRow,
    World,
    accounts_of,
    batches,
    organisation,
    told,
)

from banso.core.definitions import Definitions, loads
from banso.core.expressions import Type
from banso.core.metrics import (
    Calendar,
    FactsError,
    PlanError,
    attribute_type,
    blocks,
    column_names,
    fold,
    late_days,
    measure,
    plan,
    wanted_attributes,
)
from banso.core.unmeasured import Column, Reason

FIRST = date(2024, 1, 1)
START = datetime(2024, 1, 1, tzinfo=UTC)
MANY = 3000


def definitions(metrics: str, rest: str = "") -> Definitions:
    return loads({"a.yaml": f"organisation: {{name: Test}}\n{rest}\nmetrics:\n{metrics}"})


def world(facts: list[FactRow], **more: object) -> World:
    accounts = {"acme": None, "bolt": None}
    return replace(World(Calendar("UTC", FIRST, 130), accounts, facts), **more)


def same(found: Mapping[str, Column], wanted: Mapping[str, Column]) -> None:
    assert list(found) == list(wanted)
    for name, column in wanted.items():
        np.testing.assert_array_equal(found[name].reasons, column.reasons, err_msg=name)
        np.testing.assert_array_equal(found[name].values, column.values, err_msg=name)


def crowd() -> list[FactRow]:
    """More users and features than the first tables have room for, over more than 64 days."""
    return [
        FactRow(
            account=("acme", "bolt")[i % 2],
            time=START + timedelta(days=i % 128, minutes=i % 1440),
            user=f"u{i}",
            feature=f"f{i % 1500}",
            value=i / 10,
        )
        for i in range(MANY)
    ]


EVERYTHING = """
  - {name: users, kind: distinct_users}
  - {name: users_70d, kind: distinct_users, window: 70d}
  - {name: features, kind: breadth}
  - {name: days, kind: active_days, window: 65d}
  - {name: amount, kind: sum, of: value, window: 30d}
  - {name: last, kind: recency}
"""


def test_tables_grow_without_losing_anyone() -> None:
    panel = told(world(crowd()), definitions(EVERYTHING), size=500)
    assert panel.column("users").values[:, -1].tolist() == [MANY / 2, MANY / 2]
    assert panel.column("features").values[:, -1].tolist() == [750, 750]


def test_the_order_of_arrival_does_not_show() -> None:
    facts = crowd()
    forwards = told(world(facts), definitions(EVERYTHING), size=1000)
    backwards = told(world(facts[::-1]), definitions(EVERYTHING), size=333)
    same(backwards.columns, forwards.columns)


def test_blocks_are_the_panel_cut_in_rows() -> None:
    here = world(crowd(), attributes=[AttributeRow("bolt", "size", "3", FIRST)])
    given = definitions(
        EVERYTHING + "  - {name: size, kind: latest, of: attribute.size}\n",
        "segments: [{name: busy, where: users > 100}]",
    )
    made = plan(given, org=organisation(here, given))
    facts = batches(here, computed=made.computed)
    whole = measure(plan=made, accounts=accounts_of(here), batches=facts)
    parts = list(blocks(fold(plan=made, accounts=accounts_of(here), batches=facts), rows=1))
    assert [part.accounts.tolist() for part in parts] == [[x] for x in whole.accounts.tolist()]
    for row, part in enumerate(parts):
        cut = {
            name: Column(x.values[row : row + 1], x.reasons[row : row + 1], x.categories)
            for name, x in whole.columns.items()
        }
        same(part.columns, cut)


def test_more_metrics_than_bits_in_a_word() -> None:
    lines = "".join(
        f"  - {{name: m{i}, kind: {kind}, where: feature = 'f{i}'}}\n"
        for i in range(75)
        for kind in [("count", "distinct_users")[i % 2]]
    )
    panel = told(world(crowd()), definitions(lines))
    # feature i is used by users i and i + 1500, both of the same account
    found = [panel.column(f"m{i}").values[:, -1].tolist() for i in range(75)]
    assert found == [[2.0, 0.0] if i % 2 == 0 else [0.0, 2.0] for i in range(75)]


def test_facts_of_other_accounts_are_passed_over() -> None:
    here = world([FactRow("acme", START), FactRow("bolt", START)])
    given = definitions("  - {name: n, kind: count}\n")
    made = plan(given, org=organisation(here, given))
    facts = batches(here, computed={})
    only = replace(
        accounts_of(here),
        accounts=accounts_of(here).accounts[1:],
        declared_start=accounts_of(here).declared_start[1:],
    )
    assert measure(plan=made, accounts=only, batches=facts).column("n").values[:, 1].tolist() == [1]


def test_a_bucket_without_accounts_gives_an_empty_panel() -> None:
    given = definitions("  - {name: n, kind: count}\n  - {name: u, kind: distinct_users}\n")
    panel = told(World(Calendar("UTC", FIRST, 3), {}), given)
    assert panel.column("n").values.shape == (0, 3)
    assert panel.column("u").values.shape == (0, 3)


def test_an_organisation_without_facts_is_unmeasured_throughout() -> None:
    given = definitions(
        "  - {name: n, kind: count}\n  - {name: s, kind: latest, of: contract.seats}\n"
    )
    panel = told(World(Calendar("UTC", FIRST, 2), {"acme": FIRST}), given)
    assert panel.column("n").reasons.tolist() == [[Reason.NOT_APPLICABLE, Reason.NO_SOURCE]]
    assert panel.column("s").reasons.tolist() == [[Reason.NO_SOURCE] * 2]


def test_segments_may_name_each_other_in_any_order() -> None:
    rest = """segments:
  - {name: top, where: segment.busy and not segment.small}
  - {name: busy, where: n >= 2}
  - {name: small, where: attribute.size < 3}"""
    here = world(
        [FactRow("acme", START), FactRow("acme", START), FactRow("bolt", START)],
        attributes=[
            AttributeRow("acme", "size", "3", FIRST),
            AttributeRow("bolt", "size", "9", FIRST),
        ],
    )
    panel = told(here, definitions("  - {name: n, kind: count}\n", rest))
    assert panel.column("segment.top").values[:, 1].tolist() == [True, False]


def test_a_panel_has_metrics_contracts_wanted_attributes_and_segments() -> None:
    rest = "segments: [{name: big, where: attribute.size > 3}]"
    given = definitions("  - {name: n, kind: count}\n", rest)
    here = world([], attributes=[AttributeRow("acme", "colour", "red", FIRST)])
    assert wanted_attributes(given) == ("size",)
    assert column_names(plan(given, org=organisation(here, given))) == (
        "n",
        "contract.arr",
        "contract.seats",
        "contract.days_to_end",
        "attribute.size",
        "segment.big",
    )


def test_only_what_metrics_read_is_asked_for() -> None:
    here = world([FactRow("acme", START)])
    bare = definitions("  - {name: n, kind: count, where: event = 'login'}\n")
    made = plan(bare, org=organisation(here, bare))
    assert (made.needs_user, made.needs_value, dict(made.computed)) == (False, False, {})
    rich = definitions(
        "  - {name: n, kind: sum, of: value, where: properties.a = 'b' and role = 'admin'}\n"
        "  - {name: m, kind: avg, of: properties.x, where: properties.a = 'b'}\n"
    )
    with_roles = world([FactRow("acme", START)], contacts=[ContactRow("acme", "ann", "admin")])
    made = plan(rich, org=organisation(with_roles, rich))
    assert (made.needs_user, made.needs_value, len(made.computed)) == (True, True, 2)


def test_a_property_compared_with_the_event_is_refused_by_name() -> None:
    given = definitions("  - {name: odd, kind: count, where: properties.a = event}\n")
    here = world([FactRow("acme", START)])
    with pytest.raises(PlanError, match=r"metric odd, where: .* compare each with a constant"):
        plan(given, org=organisation(here, given))


def test_a_condition_with_too_many_alternatives_is_refused_by_name() -> None:
    parts = " or ".join(f"(event = 'e{i}' and value > {i})" for i in range(7))
    given = definitions(f'  - {{name: odd, kind: count, where: "{parts}"}}\n')
    here = world([FactRow("acme", START)])
    with pytest.raises(PlanError, match=r"metric odd, where: .* at most 6 can be"):
        plan(given, org=organisation(here, given))


def facts_error(batch: pa.RecordBatch) -> str:
    here = world([FactRow("acme", START)])
    given = definitions("  - {name: n, kind: count}\n")
    made = plan(given, org=organisation(here, given))
    with pytest.raises(FactsError) as caught:
        measure(plan=made, accounts=accounts_of(here), batches=[batch])
    return str(caught.value)


def test_a_batch_without_a_column_is_refused() -> None:
    batch = pa.RecordBatch.from_pydict({"account": pa.array([3], pa.int32())})
    assert facts_error(batch) == "batch without column 'time'; it has ['account']"


def test_an_action_that_the_plan_does_not_know_is_refused() -> None:
    [batch] = batches(world([FactRow("acme", START)]), computed={})
    place = batch.schema.get_field_index("action")
    unknown = batch.set_column(place, "action", pa.array([1], pa.int32()))
    assert facts_error(unknown) == "a fact has an action id outside 0 .. 0: make a new plan"


def test_a_source_is_late_when_its_last_fact_has_left_the_window() -> None:
    late = late_days(
        event_days=np.array([0, 3, 3, -1, 9], np.int32),
        late_after=2,
        calendar=Calendar("UTC", FIRST, 7),
    )
    assert late.tolist() == [True, False, False, True, False, False, True]


def test_an_attribute_is_a_number_only_if_every_value_is() -> None:
    assert attribute_type(["1", "2.5", "-3e2"]) is Type.NUMBER
    assert attribute_type(["1", "1,000"]) is Type.TEXT
