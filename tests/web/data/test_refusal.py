"""Reasons for which rows are refused, in words, and what to do."""

import pytest
from django.utils import translation

from banso.pipeline.collect.dates import NotADateError, read_moment
from banso.store.batch import REASONS
from banso.store.prepare import CONFLICT
from banso.web.data.refusal import CELL, DATES, FILL, KEY, Refusal, refusal

WRITTEN = (
    *REASONS[1:],
    CONFLICT,
    "no account",
    "account: longer than 200 characters",
    "user: holds a control character, such as a tab or a line end",
    "account: an error of a spreadsheet",
    "timestamp: '2026-13-40': there is no such day",
    "timestamp: '1/2/26': day and month can't be told apart; say the order with --date-format",
    "timestamp: 'x': not a date or time that Banso knows; describe it with --date-format",
    "start_on: 'x': does not look like --date-format '%d.%m.%Y'",
    "timestamp: '午後 13:00': 13 o'clock in half a day",
    "timestamp: '25:00': there is no such time of day",
    "timestamp: before 1990",
    "timestamp: more than a day in the future",
    "value: 'abc': not a number",
    "seats: '1.5': not a whole number",
    "value: '1e999': too large a number",
    "3 cells where the header has 5",
    'a quote (") opens here and never closes',
    'a quote (") opens here, not closed within 131,072 characters',
    'a quote (") stands inside a quoted cell; write it twice ("")',
    "not a JSON object: each line must be {...}",
    "not JSON: Expecting value at character 5",
    "half a character: a \\ud... escape without its pair",
    "objects are nested too deeply",
    "the number 1e999 is too large",
    "NaN is not JSON; leave the field out or write null",
    "nothing to know the person by: no key, user or email",
    "the same key stands in row 3 with other content",
    "takes effect on 2026-10-02, after 2026-10-01; import it on that day",
    "name is 301 characters long; at most 300 fit",
    "attribute name 'x y' is longer than 100 characters",
    "account is empty",
    "end_on 2026-08-01 is before start_on 2026-09-01",
    "seats -3 is not between 0 and 2147483647",
    "currency 'YEN' is not an ISO 4217 code such as JPY",
)
"""One of every kind that importers, store and desk write."""


@pytest.mark.parametrize("reason", WRITTEN)
def test_every_reason_that_is_written_is_told_in_japanese(reason: str) -> None:
    with translation.override("en"):
        english = refusal(reason)
    with translation.override("ja"):
        japanese = refusal(reason)
    assert japanese.why != english.why
    assert japanese.mend != english.mend


@pytest.mark.parametrize(
    ("reason", "why", "mend"),
    [
        ("no timestamp", "timestamp is missing", FILL),
        ("seats: '1x': not a number", "seats: 1x: not a number", CELL),
        ("seats: …: not a number", "seats: …: not a number", CELL),
        ("note: 'a: b': not a number", "note: a: b: not a number", CELL),
        ("end_on … is before start_on …", "end_on … is before start_on …", CELL),
        ("… cells where the header has …", "… cells where the header has …", None),
        ("account: longer than 200 characters", "account: longer than 200 characters", KEY),
        (
            "start_on: 'x': does not look like --date-format '%d'",
            "start_on: x: does not look like the --date-format of the import",
            DATES,
        ),
        ("something new: '5'", "something new: '5'", CELL),
    ],
)
def test_reasons_keep_their_values(reason: str, why: str, mend: str | None) -> None:
    with translation.override("en"):
        found = refusal(reason)
    assert found.why == why
    assert mend in (None, found.mend)


def test_what_a_cell_says_is_not_read_as_a_pattern() -> None:
    with translation.override("en"):
        assert refusal("seats: '%s %(x)s': not a number") == Refusal(
            "seats: %s %(x)s: not a number", CELL
        )


@pytest.mark.parametrize("cell", ["x", "2026-13-40", "1/2/26", "25:00"])
def test_what_the_reader_of_dates_says_is_known(cell: str) -> None:
    with pytest.raises(NotADateError) as caught:
        read_moment(cell)
    with translation.override("ja"):
        assert "日" in refusal(f"timestamp: '{cell}': {caught.value}").why
