"""Some accounts, measured as a run measures all: the same plan and kernel, given only what belongs
to these. For one who asks every second for a few of many."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa

from banso.core.definitions import Definitions
from banso.core.metrics import Panel, measure, plan
from banso.desk.queries import decided
from banso.desk.queries.book import BookFacts
from banso.desk.queries.incidents import Incident
from banso.pipeline.freshness import faults_so_far
from banso.pipeline.gather import Inputs, account_facts, as_book, inputs_of
from banso.pipeline.measure import columns_of
from banso.pipeline.one_account import memory_of, read_some
from banso.pipeline.organisation_facts import organisation_facts
from banso.store import Snapshot, Store


@contextmanager
def some_accounts(
    store: Store, definitions: Definitions, *, accounts: Sequence[int], as_of: date
) -> Iterator[tuple[Inputs, Panel]]:
    """accounts: desk ids. as_of: the coming midnight; the last day of the panel is not over. What
    sources have done wrong today already is an incident here, as it will be at the next run."""
    memory = memory_of(store)
    with store.snapshot() as snapshot:
        rows, facts = read_some(memory, definitions, accounts, decided.revision())
        facts = _with_faults(snapshot, definitions, facts, as_of)
        org = organisation_facts(snapshot, definitions, facts, as_of=as_of, over=False)
        inputs = inputs_of(snapshot, plan(definitions, org=org), *as_book(store, rows))
        yield inputs, _panel(inputs)


def _with_faults(
    snapshot: Snapshot, definitions: Definitions, facts: BookFacts, as_of: date
) -> BookFacts:
    now = datetime.now(tz=UTC)
    found = [
        Incident(source, fault, since=as_of, until=None, opened_at=now, closed_at=None)
        for source, fault in faults_so_far(snapshot, definitions, as_of - timedelta(days=1))
    ]
    return replace(facts, incidents=(*facts.incidents, *found)) if found else facts


def _panel(inputs: Inputs) -> Panel:
    ids = np.array(sorted(inputs.book.accounts), np.int32)
    columns, computed = columns_of(inputs), inputs.plan.computed
    batches = list(inputs.snapshot.scan_accounts(ids, columns=columns, computed=computed))
    if batches:
        batches = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return measure(plan=inputs.plan, accounts=account_facts(inputs, ids), batches=batches)
