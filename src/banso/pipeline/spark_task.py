"""The part of a run that one Spark task is sent, and the work on it. It needs no database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.core.metrics import MetricPlan
from banso.desk.queries.decided import RuleState, Shown
from banso.pipeline.gather import Book, Inputs
from banso.pipeline.measure import columns_of, panels
from banso.pipeline.told import Asked, Days, Told, tell
from banso.store import OneBucket, Snapshot
from banso.store.histories import HistoryFile, leave

X = TypeVar("X")


@dataclass(frozen=True)
class Common:
    """Sent once to every worker."""

    plan: MetricPlan
    days: Days


@dataclass(frozen=True)
class Task:
    """Sent with its bucket: the book, and what is remembered, of its accounts alone."""

    bucket: int
    accounts: NDArray[np.int32]
    facts: OneBucket
    book: Book
    user_ids: Mapping[str, int]
    asked: Asked


def common(inputs: Inputs, asked: Asked) -> Common:
    return Common(inputs.plan, asked.days)


def tasks(inputs: Inputs, asked: Asked) -> Iterator[Task]:
    """One for each bucket with accounts, in their order. The tail, which lies in no bucket, is
    dealt to them here: between compactions it is small."""
    states, shown = _by_bucket(inputs, asked)
    columns, computed = columns_of(inputs), inputs.plan.computed
    for bucket, accounts in inputs.buckets.items():
        book = _book(inputs.book, accounts)
        users = {x.user for rows in book.roles.values() for x in rows}
        yield Task(
            bucket=bucket,
            accounts=accounts,
            facts=inputs.snapshot.one_bucket(bucket, columns=columns, computed=computed),
            book=book,
            user_ids={x: inputs.user_ids[x] for x in sorted(users) if x in inputs.user_ids},
            asked=replace(
                asked,
                states=states.get(bucket, {}),
                shown=shown.get(bucket, {}),
                plays=asked.plays.within(inputs.key(x) for x in accounts.tolist()),
            ),
        )


def _book(book: Book, accounts: NDArray[np.int32]) -> Book:
    ids = accounts.tolist()

    def ours(rows: Mapping[int, X]) -> dict[int, X]:
        return {x: rows[x] for x in ids if x in rows}

    return Book(
        accounts=ours(book.accounts),
        contracts=ours(book.contracts),
        attributes=ours(book.attributes),
        roles=ours(book.roles),
        revision=book.revision,
    )


def _by_bucket(
    inputs: Inputs, asked: Asked
) -> tuple[Mapping[int, Mapping[str, RuleState]], Mapping[int, Mapping[tuple[str, str], Shown]]]:
    """States of rules and what was shown, dealt out in one pass; accounts that are no longer in
    the book are nobody's."""
    place = {inputs.key(x): bucket for bucket, ids in inputs.buckets.items() for x in ids}
    shown: dict[int, dict[tuple[str, str], Shown]] = defaultdict(dict)
    for key, was in asked.shown.items():
        if key[0] in place:
            shown[place[key[0]]][key] = was
    states: dict[int, dict[str, RuleState]] = defaultdict(dict)
    for rule, state in asked.states.items():
        for of, name in ((state.opened_on, "opened_on"), (state.closed_on, "closed_on")):
            for account, day in of.items():
                if account in place:
                    mine = states[place[account]].setdefault(rule, RuleState({}, {}))
                    getattr(mine, name)[account] = day
    return states, shown


def tell_task(shared: Common, task: Task) -> Told:
    """On a worker: read the bucket, compute it, leave its history for the driver."""
    inputs = Inputs(
        # A worker has no database: of a snapshot only `scan` and `generation` are there.
        snapshot=cast("Snapshot", task.facts),
        definitions=shared.plan.definitions,
        plan=shared.plan,
        org=shared.plan.org,
        book=task.book,
        user_ids=task.user_ids,
        buckets={task.bucket: task.accounts},
    )
    files: list[HistoryFile] = []

    def keep(table: pa.Table) -> None:
        files.append(leave(table, bucket=task.bucket, place=task.facts.place))

    told = tell(inputs, task.asked, task.bucket, (x for _, x in panels(inputs)), keep)
    return replace(told, files=tuple(files))


def rows_of(files: Sequence[HistoryFile]) -> int:
    return sum(x.rows for x in files)
