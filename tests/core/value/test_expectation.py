"""What was expected: reached, not reached, not known, or still to come."""

import numpy as np
import pytest

from banso.core.unmeasured import Column, Reason
from banso.core.value.expectation import Came, Judged, Why, judge


def days(text: str) -> Column:
    """One account: `+` holds, `-` does not, `?` is unmeasured."""
    reasons = [int(Reason.NO_SOURCE) if x == "?" else 0 for x in text]
    return Column(np.array([[x == "+" for x in text]]), np.array([reasons], np.uint8))


HELD = Judged(Came.UNMEASURED, Why.HELD_ALREADY)
UNKNOWN = Judged(Came.UNMEASURED, Why.NOT_MEASURED)


@pytest.mark.parametrize(
    ("history", "opened", "found"),
    [
        ("----------------", 2, Judged(Came.NOT_REACHED)),
        ("------+---------", 2, Judged(Came.REACHED, reached=6)),
        ("-----++---------", 2, Judged(Came.REACHED, reached=5)),
        ("------------+---", 2, Judged(Came.REACHED, reached=12)),  # the last day counts
        ("-------------+--", 2, Judged(Came.NOT_REACHED)),  # the day after it does not
        ("--+-------------", 2, HELD),
        ("--?-------------", 2, Judged(Came.NOT_REACHED)),
        ("-----?----------", 2, Judged(Came.NOT_REACHED)),  # one day of ten
        ("-----??---------", 2, UNKNOWN),
        ("-----??--+------", 2, Judged(Came.REACHED, reached=9)),
        ("------", 2, Judged(Came.OPEN)),
        ("----+-", 2, Judged(Came.REACHED, reached=4)),
        ("-----", 8, Judged(Came.OPEN)),
        ("-----", -3, UNKNOWN),
    ],
)
def test_an_expectation(history: str, opened: int, found: Judged) -> None:
    assert judge(days(history), 0, opened=opened, within=10) == found
