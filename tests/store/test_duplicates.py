"""Which facts are new, known, or contradict."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from banso.store.duplicates import judge
from banso.store.hashing import Keys

Pair = tuple[int, int]
pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=40)


def keys(rows: list[Pair]) -> Keys:
    """Keys from (identity, content) pairs."""
    identity = np.array([row[0] for row in rows], np.uint64)
    content = np.array([row[1] for row in rows], np.uint64)
    return Keys(hi=identity // np.uint64(2), lo=identity % np.uint64(2), content=content)


@given(stored=pairs, rows=pairs)
def test_the_verdict_is_that_of_a_plain_loop(stored: list[Pair], rows: list[Pair]) -> None:
    known: dict[int, int] = {}
    for identity, content in stored:
        known.setdefault(identity, content)
    fresh, duplicate, conflict = [], [], []
    for number, (identity, content) in enumerate(rows):
        if identity not in known:
            known[identity] = content
            fresh.append(number)
        elif known[identity] == content:
            duplicate.append(number)
        else:
            conflict.append(number)
    verdict = judge(keys(rows), stored=keys(stored))
    assert verdict.fresh.tolist() == fresh
    assert verdict.duplicate.tolist() == duplicate
    assert verdict.conflict.tolist() == conflict
