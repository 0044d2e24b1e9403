"""Why rows were refused, in the reader's language, and what to do about each kind.

The store keeps reasons as the importers write them (banso.pipeline.collect, banso.store.batch, the
desk's services). A reason that is not known here is shown as it is.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

CELL = gettext_noop(
    "Correct the cell in the file and import the file again. Rows that were taken are not taken "
    "twice."
)
DATES = gettext_noop(
    "Say how dates are written there with --date-format, for example --date-format %d/%m/%Y, and "
    "import the file again."
)
FILL = gettext_noop("Fill the column, or map another one to it, and import the file again.")
LAYOUT = gettext_noop(
    "Open the file at this row: a comma, tab or quote stands in a cell without quotes around it. "
    "Export it again as CSV with quotes, or as XLSX."
)
JSON = gettext_noop("Write each row as one JSON object on a line of its own, and import it again.")
KEY = gettext_noop("Correct the key in the system that it comes from, and send the row again.")
CLOCK = gettext_noop("Check clock and time zone of the system that it comes from, and send again.")
CONFLICT = gettext_noop(
    "The first one was kept. Give every event an id of its own (message_id), and send this one "
    "again."
)
TWICE = gettext_noop("Keep the row that is right, delete the other one, and import the file again.")
DAY = gettext_noop("Import the file again on that day or later.")

N = r"([\d,.…]+)"
Q = r"(?:'(.*?)'|…)"
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"no (\w+)", gettext_noop("%s is missing"), FILL),
    (r"(\w+) is empty", gettext_noop("%s is missing"), FILL),
    (rf"longer than {N} characters", gettext_noop("longer than %s characters"), KEY),
    (
        rf"longer than {N} bytes, or holds a NUL character",
        gettext_noop("longer than %s bytes, or holds a NUL character"),
        KEY,
    ),
    (
        "holds a control character, such as a tab or a line end",
        gettext_noop("holds a control character, such as a tab or a line end"),
        KEY,
    ),
    ("an error of a spreadsheet", gettext_noop("an error of a spreadsheet"), CELL),
    (rf"before {N}", gettext_noop("before %s"), CLOCK),
    (
        "more than a day in the future",
        gettext_noop("more than a day in the future"),
        CLOCK,
    ),
    (
        rf"the time lies outside the years {N} to {N}",
        gettext_noop("the time lies outside the years %s to %s"),
        CLOCK,
    ),
    ("not a number", gettext_noop("not a number"), CELL),
    ("too large a number", gettext_noop("too large a number"), CELL),
    ("not a whole number", gettext_noop("not a whole number"), CELL),
    (
        "day and month can't be told apart; .*",
        gettext_noop("day and month can't be told apart"),
        DATES,
    ),
    (
        "not a date or time that Banso knows; .*",
        gettext_noop("not a date or time that Banso knows"),
        DATES,
    ),
    (
        rf"does not look like --date-format {Q}",
        gettext_noop("does not look like the --date-format of the import"),
        DATES,
    ),
    (rf"{N} o'clock in half a day", gettext_noop("%s o'clock in half a day"), CELL),
    ("there is no such day", gettext_noop("there is no such day"), CELL),
    ("there is no such time of day", gettext_noop("there is no such time of day"), CELL),
    (
        rf"{N} cells where the header has {N}",
        gettext_noop("%s cells where the header has %s"),
        LAYOUT,
    ),
    (r'a quote \("\) .*', gettext_noop("a quote that is not closed, or not doubled"), LAYOUT),
    (
        "(?:not a JSON object|not JSON|half a character|objects are nested|the number|.* is not "
        "JSON)\\b.*",
        gettext_noop("not a JSON object that can be read"),
        JSON,
    ),
    (
        r"begins with a control character \(U\+001F\)",
        gettext_noop("begins with a control character (U+001F)"),
        CELL,
    ),
    (
        "nothing to know the person by: .*",
        gettext_noop("nothing to know the person by: no key, user or email"),
        FILL,
    ),
    (
        "this message_id already stands for a fact of other content",
        gettext_noop("this message_id already stands for a fact of other content"),
        CONFLICT,
    ),
    (
        rf"the same key stands in row {N} with other content",
        gettext_noop("the same key stands in row %s with other content"),
        TWICE,
    ),
    (
        r"takes effect on (\S+), after (\S+); .*",
        gettext_noop("takes effect on %s, which is later than %s"),
        DAY,
    ),
    (
        rf"(\w+) is {N} characters long; at most {N} fit",
        gettext_noop("%s is %s characters long; at most %s fit"),
        CELL,
    ),
    (
        rf"attribute name {Q} is longer than {N} characters",
        gettext_noop("the name of attribute %s is longer than %s characters"),
        CELL,
    ),
    (
        r"end_on (\S+) is before start_on (\S+)",
        gettext_noop("end_on %s is before start_on %s"),
        CELL,
    ),
    (
        rf"(\w+) (\S+) is not between {N} and {N}",
        gettext_noop("%s %s is not between %s and %s"),
        CELL,
    ),
    (
        rf"currency {Q} is not an ISO {N} code such as JPY",
        gettext_noop("currency %s is not an ISO %s code such as JPY"),
        CELL,
    ),
)
_FIELD = re.compile(r"(\w+): (?:'(.*)': |(…): )?(.+)", re.DOTALL)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), words, mend) for pattern, words, mend in _KNOWN)


@dataclass(frozen=True)
class Refusal:
    """why: the reason in words. mend: what to do about it."""

    why: str
    mend: str


def refusal(reason: str) -> Refusal:
    """A reason as the store keeps it, or one without its values (QuarantineGroup.alike)."""
    start, message = "", reason
    if (found := _FIELD.fullmatch(reason)) and _told(found[4]):
        field, value, some, message = found.groups()
        start = f"{field}: " + (f"{value or some}: " if value or some else "")
    told = _told(message)
    if told is None:
        return Refusal(reason, gettext(CELL))
    return Refusal(start + told.why, told.mend)


def _told(message: str) -> Refusal | None:
    for pattern, words, mend in _PATTERNS:
        if found := pattern.fullmatch(message):
            given = tuple(part or "…" for part in found.groups())
            return Refusal(gettext(words) % given if "%s" in words else gettext(words),
                           gettext(mend))  # fmt: skip
    return None
