"""One cell that says when, in the ways people and programs write it.

This is the reference; `instants` does the same for whole columns. Supported: ISO 8601 with and
without a zone; year/month/day and 年月日 with one or two digits, time with : or 時分秒; 20260401,
202604010905, 20260401090503; Unix seconds (10 digits), milliseconds (13), microseconds (16);
Japanese eras from Meiji; weekdays in brackets; 午前, 午後, AM, PM; full-width digits. 24:00 is
0:00 of the next day.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

CALENDAR = (
    r"^(?P<y>\d{4})(?:[-/.]|年 ?)(?P<m>\d{1,2})(?:[-/.]|月 ?)(?P<d>\d{1,2})日?"
    r"(?:(?:[T,] ?| *)(?P<h>\d{1,2})[:時] ?(?P<n>\d{1,2})"
    r"(?:[:分] ?(?P<s>\d{1,2})?)?(?:[.,](?P<f>\d{1,9}))?秒?)?"
    r" ?(?P<z>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
COMPACT = (
    r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[T ]?(?P<h>\d{2}):?(?P<n>\d{2})"
    r"(?::?(?P<s>\d{2})(?:\.(?P<f>\d{1,9}))?)?)?(?P<z>Z|[+-]\d{2}:?\d{2})?$"
)
EPOCHS = {10: 1_000_000, 13: 1_000, 16: 1}  # digits -> microseconds in a unit
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_LETTERS = dict(zip("MTSHR", _ERAS.values(), strict=True))
_ERA = re.compile(r"^(?P<era>明治|大正|昭和|平成|令和|[MTSHR])\.? ?(?P<y>元|\d{1,2})(?:[-/.]|年 ?)")
_WEEKDAY = re.compile(r" ?\([月火水木金土日]曜?日?\) ?|(?<=日) ?[月火水木金土日]曜日? ?")
_HALF = re.compile(
    r"(?P<half>午前|午後) ?(?P<h>\d{1,2})|(?P<h2>\d{1,2})(?P<rest>:[\d:]*) ?(?P<half2>[AP]M)", re.I
)
UNSURE = r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b"
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}(?:$|[T ])", re.ASCII)
_MIXED = re.compile(r"^%Y-")  # a format that could contradict ISO 8601, such as %Y-%d-%m
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 wall-clock times are counted from a wall-clock epoch
DAY = 86_400_000_000


class NotADateError(ValueError):
    """The message is what stands in the quarantine, without the cell's own text."""


@dataclass(frozen=True)
class Moment:
    """local: microseconds since 1970-01-01 0:00 as the wall clock says.

    offset: microseconds to subtract for UTC; None where the cell names no zone.
    """

    local: int
    offset: int | None


@lru_cache(maxsize=4096)
def read_moment(text: str, date_format: str | None = None) -> Moment:
    """What a cell says. date_format: as in strptime; then only that and ISO 8601 (which date
    cells of spreadsheets come as) are accepted. Raises NotADateError.
    """
    if date_format is not None and (_MIXED.search(date_format) or not _ISO.match(text)):
        return _formatted(unicodedata.normalize("NFKC", text), date_format)
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if plain.isdigit() and len(plain) in EPOCHS:
        return Moment(int(plain) * EPOCHS[len(plain)], 0)
    for pattern in (CALENDAR, COMPACT):
        if found := re.match(pattern, _rewritten(plain), re.ASCII):
            return _moment(found)
    if re.match(UNSURE, plain):
        raise NotADateError("day and month can't be told apart; say the order with --date-format")
    raise NotADateError("not a date or time that Banso knows; describe it with --date-format")


def read_day(text: str, date_format: str | None = None) -> date:
    """The calendar day of a cell, as written; a time of day is left out. Raises NotADateError."""
    return (EPOCH + timedelta(microseconds=read_moment(text, date_format).local)).date()


def _formatted(text: str, date_format: str) -> Moment:
    try:
        parsed = datetime.strptime(text, date_format)  # noqa: DTZ007 %z is optional here
    except ValueError:
        raise NotADateError(f"does not look like --date-format '{date_format}'") from None
    offset = parsed.utcoffset()
    local = (parsed.replace(tzinfo=None) - EPOCH) // MICROSECOND
    return Moment(local, None if offset is None else offset // MICROSECOND)


def _rewritten(text: str) -> str:
    """Eras as years, 午後 and PM as hours of 24, weekdays gone."""
    if era := _ERA.match(text):
        year = 1 if era["y"] == "元" else int(era["y"])
        base = _ERAS.get(era["era"]) or _ERA_LETTERS[era["era"]]
        separator = era[0][-1] if era[0][-1] in "-/." else "年"
        text = f"{base + year}{separator}{text[era.end() :]}"
    text = _WEEKDAY.sub(" ", text, count=1)
    return _HALF.sub(_in_24_hours, text, count=1)


def _in_24_hours(found: re.Match[str]) -> str:
    hour = int(found["h"] or found["h2"])
    late = (found["half"] or found["half2"]).upper() in ("午後", "PM")
    if hour > 12:
        raise NotADateError(f"{hour} o'clock in half a day")
    hour = hour % 12 + (12 if late else 0)
    return f"{hour}{found['rest'] or ''}"


def _moment(found: re.Match[str]) -> Moment:
    hour, minute, second = (int(found[part] or 0) for part in "hns")
    try:
        day = datetime(int(found["y"]), int(found["m"]), int(found["d"]))  # noqa: DTZ001 local
    except ValueError:
        raise NotADateError("there is no such day") from None
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        raise NotADateError("there is no such time of day")
    fraction = int((found["f"] or "0").ljust(6, "0")[:6])
    clock = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    return Moment((day - EPOCH) // MICROSECOND + clock, zone_offset(found["z"] or ""))


def zone_offset(text: str) -> int | None:
    """Microseconds of `+09:00`, `-0530`, `Z`; None for no zone."""
    if not text:
        return None
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (minutes if text[0] == "+" else -minutes) * 60_000_000
