from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from banso.pipeline.collect import ImportFileError, zone
from banso.pipeline.collect.dates import NotADateError, read_day, read_moment
from banso.pipeline.collect.instants import ReadTimes, read_times

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
JAPAN = timezone(timedelta(hours=9))
NINE_FIVE = datetime(2026, 4, 1, 9, 5, tzinfo=JAPAN)
MIDNIGHT = datetime(2026, 4, 1, tzinfo=JAPAN)


def micros(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-04-01T09:05:00", NINE_FIVE),
        ("2026-04-01 09:05", NINE_FIVE),
        ("2026-04-01T09:05:00+09:00", NINE_FIVE),
        ("2026-04-01T00:05:00Z", NINE_FIVE),
        ("2026-04-01 00:05:00 UTC", NINE_FIVE),
        ("2026-03-31T19:05:00-0500", NINE_FIVE),
        ("2026-04-01T09:05:00.123456", NINE_FIVE.replace(microsecond=123456)),
        ("2026-04-01T09:05:00.123456789", NINE_FIVE.replace(microsecond=123456)),
        ("2026-04-01T09:05:00.5", NINE_FIVE.replace(microsecond=500000)),
        ("2026/4/1 9:05", NINE_FIVE),
        ("2026.4.1 9:05:00", NINE_FIVE),
        ("2026/04/01, 09:05", NINE_FIVE),
        ("2026年4月1日 9時5分", NINE_FIVE),
        ("2026年4月1日9時5分0秒", NINE_FIVE),
        ("２０２６年４月１日　９時５分", NINE_FIVE),
        ("2026年04月01日(水) 09:05", NINE_FIVE),
        ("2026/4/1（水）9:05", NINE_FIVE),
        ("2026/4/1 午前9:05", NINE_FIVE),
        ("2026/4/1 午前 9時5分", NINE_FIVE),
        ("2026/4/1 9:05 AM", NINE_FIVE),
        ("2026/4/1 午後9:05", NINE_FIVE + timedelta(hours=12)),
        ("2026/4/1 12:05 AM", MIDNIGHT + timedelta(minutes=5)),
        ("2026/4/1 9:05:00 pm", NINE_FIVE + timedelta(hours=12)),
        ("令和8年4月1日", MIDNIGHT),
        ("令和8年4月1日 9時5分", NINE_FIVE),
        ("R8.4.1", MIDNIGHT),
        ("平成元年1月8日", datetime(1989, 1, 8, tzinfo=JAPAN)),
        ("2026-04-01", MIDNIGHT),
        ("20260401", MIDNIGHT),
        ("202604010905", NINE_FIVE),
        ("20260401090500", NINE_FIVE),
        ("20260401T000500Z", NINE_FIVE),
        ("1775001900", NINE_FIVE),
        ("1775001900000", NINE_FIVE),
        ("1775001900000000", NINE_FIVE),
        ("2026/3/31 24:00", MIDNIGHT),
        ("2026-03-31T24:00:00", MIDNIGHT),
    ],
)
def test_a_time_is_read_however_it_is_written(text: str, instant: datetime) -> None:
    assert read_times(pa.array([text]), zone=zone("Asia/Tokyo"), date_format=None).reasons == {}
    found = read_times(pa.array([text, None]), zone=zone("Asia/Tokyo"), date_format=None)
    assert found.instants.tolist() == [micros(instant), 0]
    mixed = read_times(pa.array(["x", text]), zone=zone("Asia/Tokyo"), date_format=None)
    assert mixed.instants[1] == micros(instant)
    assert list(mixed.reasons) == [0]


UNKNOWN = "not a date or time that Banso knows; describe it with --date-format"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("03/04/2026", "day and month can't be told apart; say the order with --date-format"),
        ("1-2-26 10:00", "day and month can't be told apart; say the order with --date-format"),
        ("2026-02-30", "there is no such day"),
        ("2026/13/01", "there is no such day"),
        ("2026年0月1日", "there is no such day"),
        ("2026-04-01 25:00", "there is no such time of day"),
        ("2026-04-01 24:01", "there is no such time of day"),
        ("2026-04-01 9:60", "there is no such time of day"),
        ("2026/4/1 午後13:00", "13 o'clock in half a day"),
        ("46113.378", UNKNOWN),
        ("yesterday", UNKNOWN),
        ("9:05", UNKNOWN),
        ("2026", UNKNOWN),
    ],
)
def test_what_is_no_time_says_why(text: str, reason: str) -> None:
    found = read_times(pa.array([text]), zone=zone("Asia/Tokyo"), date_format=None)
    assert found.reasons == {0: f"'{text}': {reason}"}
    with pytest.raises(NotADateError) as refusal:
        read_moment(text)
    assert str(refusal.value) == reason


moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1))  # noqa: DTZ001 wall clock
writings = st.sampled_from(
    [
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
        "%Y年%m月%d日 %H時%M分",
        "%Y%m%d%H%M%S",
        "%Y%m%d",
        "%Y/%m/%d",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S+05:30",
        "%s0x",
        "%Y-%m-31",
        "%Y/%d/%m 24:00",
    ]
)


@settings(deadline=None)
@forall(st.lists(st.tuples(moments, writings), min_size=1, max_size=12))
def test_columns_are_read_as_cell_by_cell(cells: list[tuple[datetime, str]]) -> None:
    texts = [moment.strftime(writing) for moment, writing in cells]
    found = read_times(pa.array(texts), zone=zone("UTC"), date_format=None)
    assert [said(found, row, text) for row, text in enumerate(texts)] == [*map(cell, texts)]


def said(found: ReadTimes, row: int, text: str) -> int | str:
    """The instant of a row, or why there is none."""
    if row in found.reasons:
        return found.reasons[row].removeprefix(f"'{text}': ")
    return int(found.instants[row])


def cell(text: str) -> int | str:
    try:
        moment = read_moment(text)
    except NotADateError as error:
        return str(error)
    return moment.local - (moment.offset or 0)


@pytest.mark.parametrize(
    ("date_format", "text", "day"),
    [
        ("%d/%m/%Y", "03/04/2026", date(2026, 4, 3)),
        ("%m/%d/%Y", "03/04/2026", date(2026, 3, 4)),
        ("%m/%d/%Y", "2026-04-03", date(2026, 4, 3)),
        ("%Y-%d-%m", "2026-04-03", date(2026, 3, 4)),
        ("%b %d, %Y", "Apr 3, 2026", date(2026, 4, 3)),
        ("%d.%m.%y %H:%M", "３.4.26 10:00", date(2026, 4, 3)),
    ],
)
def test_a_given_format_decides(date_format: str, text: str, day: date) -> None:
    assert read_day(text, date_format) == day


def test_a_given_format_refuses_what_does_not_look_like_it() -> None:
    with pytest.raises(NotADateError, match="does not look like --date-format '%d/%m/%Y'"):
        read_day("2026/04/03", "%d/%m/%Y")
    with pytest.raises(NotADateError, match="does not look like"):
        read_day("2026-04-13", "%Y-%d-%m")


def local(*parts: int) -> np.ndarray:
    return np.array([micros(datetime(*parts, tzinfo=UTC))])  # the wall clock's own count


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ((2026, 10, 25, 1, 59), (2026, 10, 24, 23, 59)),
        ((2026, 10, 25, 2, 0), (2026, 10, 25, 0, 0)),  # twice: the first one
        ((2026, 10, 25, 2, 59), (2026, 10, 25, 0, 59)),
        ((2026, 10, 25, 3, 0), (2026, 10, 25, 2, 0)),
        ((2026, 3, 29, 1, 59), (2026, 3, 29, 0, 59)),
        ((2026, 3, 29, 2, 0), (2026, 3, 29, 1, 0)),  # never: the instant of the change
        ((2026, 3, 29, 2, 59), (2026, 3, 29, 1, 0)),
        ((2026, 3, 29, 3, 0), (2026, 3, 29, 1, 0)),
        ((2026, 3, 29, 3, 1), (2026, 3, 29, 1, 1)),
    ],
)
def test_a_time_that_occurs_twice_or_never_is_one_instant(
    wall: tuple[int, ...], utc: tuple[int, ...]
) -> None:
    found = zone("Europe/Paris").instants(local(*wall))
    assert found.tolist() == local(*utc).tolist()


@settings(deadline=None)
@forall(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 wall clock
    st.sampled_from(["Asia/Tokyo", "Europe/Paris", "America/Sao_Paulo", "Australia/Lord_Howe"]),
)
def test_zones_agree_with_python_where_the_clock_shows_the_time(
    moment: datetime, name: str
) -> None:
    from_python = moment.replace(tzinfo=zone(name)._zone)
    exists = from_python.astimezone(UTC).astimezone(zone(name)._zone).replace(tzinfo=None) == moment
    found = zone(name).instants(local(*moment.timetuple()[:6], moment.microsecond))
    if exists:
        assert found.tolist() == [micros(from_python)]


def test_a_zone_must_be_known() -> None:
    with pytest.raises(ImportFileError, match="'Tokyo' is no time zone"):
        zone("Tokyo")
    with pytest.raises(ImportFileError, match="Say which with --time-zone"):
        read_times(pa.array(["2026-04-01"]), zone=None, date_format=None)
    found = read_times(pa.array(["2026-04-01T00:05:00Z", None]), zone=None, date_format=None)
    assert found.instants.tolist() == [micros(NINE_FIVE), 0]
