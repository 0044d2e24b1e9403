"""Verdicts of alerts, against a slow reading of the sentences that define them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from banso.core.rules.episodes import NONE
from banso.core.rules.verdicts import Verdict, verdicts
from banso.core.unmeasured import Column, Reason

CELLS = {
    "!": (True, 0),
    ".": (False, 0),
    "-": (False, int(Reason.NOT_APPLICABLE)),
    "?": (False, int(Reason.SOURCE_LATE)),
}
SHOWN = {
    Verdict.HIT: "H",
    Verdict.LATE: "L",
    Verdict.MISS: "M",
    Verdict.UNKNOWN: "?",
    Verdict.NOT_APPLICABLE: "-",
}


def column(*rows: str) -> Column:
    """One letter a day: ! it happened, . it did not, - it could not, ? not known."""
    return Column(
        values=np.array([[CELLS[x][0] for x in row] for row in rows], np.bool_),
        reasons=np.array([[CELLS[x][1] for x in row] for row in rows], np.uint8),
    )


def told(days: str, *, lead: int, within: int) -> str:
    found = verdicts(column(days), lead_days=lead, within_days=within)
    return "".join(SHOWN[Verdict(x)] for x in found.verdict[0].tolist())


def test_an_alert_is_right_only_with_time_to_act() -> None:
    assert told(".....!-------", lead=2, within=4) == "MHHHLL------?"


def test_a_miss_needs_all_of_its_days() -> None:
    assert told("........", lead=1, within=3) == "MMMMM???"
    assert told("....?...", lead=1, within=3) == "M????" + "???"


def test_days_to_the_outcome_are_counted_from_the_alert() -> None:
    found = verdicts(column("...!.."), lead_days=2, within_days=3)
    assert found.ahead[0].tolist() == [3, 2, 1, 0, NONE, NONE]


def test_a_later_outcome_in_time_outweighs_one_that_came_too_early() -> None:
    assert told("..!...!.....", lead=3, within=5)[0:3] == "LHH"


def slowly(days: str, at: int, *, lead: int, within: int) -> str:
    window = days[at + lead : at + within + 1]
    if "!" in window:
        return "H"
    if "!" in days[at : at + lead]:
        return "L"
    if days[at + 1 : at + 2] == "-":
        return "-"
    known = at + within < len(days) and "?" not in days[at : at + within + 1]
    return "M" if known else "?"


@given(
    days=st.text("!..--?", min_size=1, max_size=40),
    lead=st.integers(0, 6),
    more=st.integers(1, 9),
)
def test_verdicts_are_those_of_a_slow_reading(days: str, lead: int, more: int) -> None:
    within = lead + more
    slow = "".join(slowly(days, at, lead=lead, within=within) for at in range(len(days)))
    assert told(days, lead=lead, within=within) == slow
