"""Where buckets are computed: here, or on other machines. Whoever computes them, what they told is
checked before any of it is recorded."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from banso.pipeline.gather import Inputs
from banso.pipeline.measure import panels
from banso.pipeline.told import Asked, Told, tell
from banso.store.histories import Writing

Engine = Callable[[Inputs, Asked, Writing], Iterator[Told]]
"""Tells of every bucket of the inputs, in their order, and puts the history into the Writing."""

NAMED = 5


class EngineError(RuntimeError):
    """The engine that was asked for can't do its work; says what to mend."""


class SplitAccountsError(RuntimeError):
    """Accounts came back twice or not at all; nothing was recorded."""


def in_process(inputs: Inputs, asked: Asked, history: Writing) -> Iterator[Told]:
    """All cores of this machine."""
    for bucket, group in groupby(panels(inputs), key=itemgetter(0)):
        told = (panel for _, panel in group)
        yield tell(inputs, asked, bucket, told, lambda table: history.add(bucket, table))  # noqa: B023  done before the next one


def check_whole(inputs: Inputs, told: Iterable[NDArray[np.int32]]) -> None:
    """Every account of the book exactly once, and nobody else. Raises SplitAccountsError.

    An account whose facts were dealt to two tasks would come back twice, each time with too small
    numbers and without any error.
    """
    ids = np.concatenate([np.zeros(0, np.int32), *told])
    found, times = np.unique(ids, return_counts=True)
    known = np.array(sorted(inputs.book.accounts), np.int32)
    wrong = {
        "told more than once": found[times > 1],
        "not told at all": np.setdiff1d(known, found),
        "not in the book": np.setdiff1d(found, known),
    }
    if any(len(x) for x in wrong.values()):
        said = "; ".join(f"{what}: {_names(inputs, x)}" for what, x in wrong.items() if len(x))
        raise SplitAccountsError(
            f"Accounts did not come back once each ({said}). Nothing was recorded. Run again; if "
            "it happens again, compute with `--engine local` and report it."
        )


def _names(inputs: Inputs, accounts: NDArray[np.int32]) -> str:
    some = accounts[:NAMED].tolist()
    told = [inputs.key(x) if x in inputs.book.accounts else f"id {x}" for x in some]
    more = f" and {len(accounts) - NAMED:,} more" if len(accounts) > NAMED else ""
    return ", ".join(told) + more
