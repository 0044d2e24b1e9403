"""The history that a run keeps is what it computed, cell by cell, and sums up to what it says."""

from datetime import timedelta

import numpy as np
import pytest
from tests.pipeline.test_one_account import MORE, vendor  # noqa: F401  a fixture
from tests.pipeline.vendor import ACCOUNTS, FIRST, LAST, apply

from banso.cli.session import Session
from banso.core.definitions import Definitions
from banso.core.metrics import Panel
from banso.core.metrics.table import WHY
from banso.pipeline.gather import gather
from banso.pipeline.kept_history import courses, folder_of
from banso.pipeline.measure import panels
from banso.pipeline.run import run
from banso.store.histories import History, current


def kept(session: Session) -> History:
    found = current(folder_of(session.home))
    assert found is not None
    return found


def computed(session: Session, definitions: Definitions) -> list[Panel]:
    with session.store.snapshot() as snapshot:
        inputs = gather(session.store, snapshot, definitions, as_of=LAST)
        return [panel for _, panel in panels(inputs)]


def test_every_cell_is_the_runs(vendor: Session) -> None:  # noqa: F811
    definitions = apply(MORE)
    run(vendor.store, definitions, as_of=LAST, since=None)
    found, seen = kept(vendor), 0
    names = [x for name in definitions.metrics for x in (name, name + WHY)]
    for panel in computed(vendor, definitions):
        for at, account in enumerate(panel.accounts):
            table = found.of_account(int(account), ["day", *names])
            assert table["day"].to_pylist() == list(range(panel.calendar.days))
            for name in definitions.metrics:
                column = panel.column(name)
                assert table[name + WHY].to_pylist() == column.reasons[at].tolist()
                assert table[name].to_pylist() == told(panel, name, at)
            seen += 1
    assert seen == len(ACCOUNTS)


def told(panel: Panel, name: str, at: int) -> list[object]:
    column = panel.column(name)
    words = column.categories
    pairs = zip(column.values[at].tolist(), column.measured[at].tolist(), strict=True)
    return [(words[x] if words else x) if measured else None for x, measured in pairs]


@pytest.mark.parametrize("segment", ["", "makers"])
def test_a_course_is_the_mean_of_the_customers_that_have_a_number(
    vendor: Session,  # noqa: F811
    segment: str,
) -> None:
    """Counted again from the panels, without the kernel that sums them up."""
    definitions = apply(MORE)
    run(vendor.store, definitions, as_of=LAST, since=None)
    found = {x.segment: x for x in courses(vendor.home, "orders_seen")}[segment]
    values, member = [], []
    for panel in computed(vendor, definitions):
        column = panel.column("orders_seen")
        inside = panel.customer.copy()
        if segment:
            inside &= panel.column(f"segment.{segment}").values.astype(bool)
        values.append(np.where(column.measured & inside, column.values, np.nan))
        member.append(inside)
    cells = np.concatenate(values)
    expected = [x[~np.isnan(x)] for x in cells.T]
    assert found.measured.tolist() == [len(x) for x in expected]
    assert found.customers.tolist() == np.concatenate(member).sum(axis=0).tolist()
    means = [float(x.mean()) if len(x) else None for x in expected]
    assert [None if np.isnan(x) else x for x in found.mean.tolist()] == pytest.approx(means)
    assert found.days[-1] == LAST
    assert max(found.measured) > 0


def test_a_text_has_no_course_and_neither_has_what_nobody_defined(vendor: Session) -> None:  # noqa: F811
    run(vendor.store, apply(MORE), as_of=LAST, since=None)
    assert courses(vendor.home, "employees") == ()
    assert courses(vendor.home, "nothing") == ()


def test_an_earlier_day_that_is_run_again_leaves_the_longer_history(vendor: Session) -> None:  # noqa: F811
    definitions = apply(MORE)
    run(vendor.store, definitions, as_of=LAST, since=None)
    before = kept(vendor)
    run(vendor.store, definitions, as_of=FIRST + timedelta(days=20), since=None)
    assert kept(vendor) == before
    assert [x.name for x in folder_of(vendor.home).iterdir() if x.is_dir()] == [before.folder.name]
