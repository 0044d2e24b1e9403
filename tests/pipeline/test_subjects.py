"""Whose time is up: both sides are measured by one and the same yardstick."""

import numpy as np
import pytest

from banso.core.unmeasured import Column, Reason
from banso.pipeline.subjects import fate


def days(text: str) -> Column:
    """One account: `+` holds, `-` does not, `?` is unmeasured."""
    reasons = [int(Reason.SOURCE_LATE) if x == "?" else 0 for x in text]
    return Column(np.array([[x == "+" for x in text]]), np.array([reasons], np.uint8))


@pytest.mark.parametrize(
    ("history", "found"),
    [
        ("-----+-----", "yes"),
        ("-----------", "no"),
        ("-----+----", "open"),  # it is reached, but others still have a day
        ("----------", "open"),
        ("+----------", "outside"),
        ("-----+---??", "unmeasured"),  # as it would be without the day on which it held
        ("---------??", "unmeasured"),
        ("-----+----?", "yes"),
        ("----------?", "no"),
    ],
)
def test_reached_counts_no_sooner_and_no_easier_than_not_reached(history: str, found: str) -> None:
    assert fate(days(history), 0, 0, 10) == found
