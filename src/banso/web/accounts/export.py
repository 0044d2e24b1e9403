"""The list as a CSV file: all rows that the filters leave, all columns that are shown.

Numbers stand without units and thousands separators, days as 2026-10-01, so that a spreadsheet
takes them for what they are. What is unmeasured says so, with the reason where one is known.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.text import get_valid_filename
from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.health import COLOURS
from banso.core.health.describe import describe_field
from banso.core.unmeasured import Reason
from banso.desk.queries.listing import Filters, ListedAccount, Sort, all_accounts
from banso.pipeline.spreadsheet import cell
from banso.web.account360.labels import journey_label, metric_label, segment_label, stage_label
from banso.web.accounts.columns import Columns
from banso.web.accounts.page import Reading
from banso.web.accounts.rows import Beside, beside, told
from banso.web.components import reason_words, state_word
from banso.web.tags import text

CHUNK = 1_000
DECIMALS = 2
"""Of scores; `banso export` has them whole."""
BYTE_ORDER_MARK = "\ufeff"
"""Excel takes UTF-8 for what it is only behind one."""


@dataclass(frozen=True)
class Field:
    """A column of the file. value: of one account; words are looked up when the field is made,
    because a file is sent after the request's language has been put away."""

    heading: str
    value: Callable[[ListedAccount, Beside], object]


def file_name(reading: Reading) -> str:
    what = gettext("accounts")  # messages are not looked for within f-strings
    return get_valid_filename(
        f"{reading.definitions.organisation.name}-{what}-{reading.run.as_of}.csv"
    )


def lines(reading: Reading, columns: Columns, filters: Filters, sort: Sort) -> Iterator[str]:
    """The file, line by line. What is translated is so before the first line is asked for."""
    fields = [*_who(), *_of_kinds(reading, columns), *_of_metrics(reading.definitions, columns)]
    return _written(fields, _batches(reading, columns, all_accounts(reading.scope, filters, sort)))


def _batches(
    reading: Reading, columns: Columns, accounts: Iterator[ListedAccount]
) -> Iterator[tuple[Sequence[ListedAccount], Beside]]:
    while batch := list(islice(accounts, CHUNK)):
        yield batch, beside(reading.scope, reading.run, columns, batch)


class _Line:
    """What csv.writer writes to: it gives back what it was given."""

    def write(self, line: str) -> str:
        return line


def _written(
    fields: Sequence[Field], batches: Iterable[tuple[Sequence[ListedAccount], Beside]]
) -> Iterator[str]:
    # All texts in quotes: where a country's Excel separates by semicolons, one in a name would
    # else begin a cell, and that cell could be a formula.
    writer = csv.writer(_Line(), quoting=csv.QUOTE_NONNUMERIC)
    yield BYTE_ORDER_MARK + writer.writerow([cell(field.heading) for field in fields])
    for accounts, found in batches:
        for account in accounts:
            yield writer.writerow([cell(field.value(account, found)) for field in fields])


def _who() -> Sequence[Field]:
    return (
        Field(gettext("Account"), lambda x, _: x.name),
        Field(gettext("Key"), lambda x, _: x.key),
    )


def _of_kinds(reading: Reading, columns: Columns) -> Iterator[Field]:
    made = {
        "owner": _owner,
        "stage": _stage,
        "health": _health,
        "confidence": _confidence,
        "trend": _trend,
        "alerts": _alerts,
        "arr": _arr,
        "seats": _seats,
        "contract": _contract,
        "segments": _segments,
    }
    for kind, make in made.items():
        if kind in columns.kinds:
            yield from make(reading)


def _owner(reading: Reading) -> Iterator[Field]:
    nobody = gettext("No owner")
    yield Field(gettext("Owner"), lambda x, _: x.owner or nobody)


def _stage(reading: Reading) -> Iterator[Field]:
    none = state_word("")
    journeys = reading.definitions.journeys
    names = {name: text(journey_label(journey)) for name, journey in journeys.items()}
    stages = {
        (name, stage.name): text(stage_label(journey, stage.name))
        for name, journey in journeys.items()
        for stage in journey.stages
    }
    colours = {colour: state_word(colour) for colour in COLOURS}

    def others(account: ListedAccount, _: Beside) -> str:
        told = (f"{names.get(x.journey, x.journey)}: {colours[x.colour]}" for x in account.others)
        return "; ".join(told)

    yield Field(gettext("Journey"), lambda x, _: names.get(x.journey, x.journey) or none)
    yield Field(gettext("Stage"), lambda x, _: stages.get((x.journey, x.stage), x.stage))
    yield from _days()
    yield Field(gettext("Other journeys"), others)


def _days() -> Iterator[Field]:
    words = {True: gettext("Yes"), False: gettext("No"), None: gettext("Unmeasured")}
    yield Field(gettext("Days in stage"), lambda x, _: x.days_in_stage)
    yield Field(
        gettext("Longer than expected"), lambda x, _: words[x.overdue] if x.journey else None
    )


def _health(reading: Reading) -> Iterator[Field]:
    words = {colour: state_word(colour) for colour in (*COLOURS, "")}
    yield Field(gettext("Health"), lambda x, _: words[x.colour])
    unmeasured = gettext("Unmeasured")
    yield Field(gettext("Score"), lambda x, _: _known(x, _rounded(x.score), unmeasured))


def _confidence(reading: Reading) -> Iterator[Field]:
    unmeasured = gettext("Unmeasured")

    def percent(account: ListedAccount, _: Beside) -> object:
        share = account.confidence
        return _known(account, None if share is None else round(100 * share, 1), unmeasured)

    yield Field(gettext("Confidence (%)"), percent)


def _trend(reading: Reading) -> Iterator[Field]:
    none = gettext("no comparison")
    yield Field(
        gettext("Score against 28 days before"), lambda x, _: _known(x, _rounded(x.trend), none)
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _known(account: ListedAccount, value: float | None, unmeasured: str) -> object:
    """On no journey there is nothing to be measured."""
    if value is not None:
        return value
    return unmeasured if account.journey else None


def _alerts(reading: Reading) -> Iterator[Field]:
    yield Field(gettext("Open alerts"), lambda x, _: x.alerts)


def _arr(reading: Reading) -> Iterator[Field]:
    unmeasured = gettext("Unmeasured")
    heading = gettext("ARR (%(currency)s)") % {
        "currency": reading.definitions.organisation.currency
    }
    yield Field(heading, lambda x, _: unmeasured if x.arr is None else x.arr)


def _seats(reading: Reading) -> Iterator[Field]:
    unmeasured = gettext("Unmeasured")
    yield Field(gettext("Seats"), lambda x, _: unmeasured if x.seats is None else x.seats)


def _contract(reading: Reading) -> Iterator[Field]:
    unmeasured = gettext("Unmeasured")
    yield Field(gettext("Contract end"), lambda x, _: x.ends_on or unmeasured)


def _segments(reading: Reading) -> Iterator[Field]:
    segments = reading.definitions.segments
    words = {name: text(segment_label(segment)) for name, segment in segments.items()}

    def joined(account: ListedAccount, found: Beside) -> str:
        return "; ".join(words.get(x, x) for x in found.segments.get(account.id, ()))

    yield Field(gettext("Segments"), joined)


def _of_metrics(definitions: Definitions, columns: Columns) -> Iterator[Field]:
    said = gettext("Unmeasured: %(why)s")
    reasons = {reason: said % {"why": reason_words(reason)} for reason in Reason}
    for name in columns.metrics:
        yield _metric(definitions, name, reasons)


def _metric(definitions: Definitions, name: str, reasons: dict[Reason, str]) -> Field:
    described = describe_field(definitions, name)
    label = text(metric_label(definitions.metrics[name]))
    unit = "%" if described.form == "percent" else text(described.unit)
    percent = described.form == "percent"

    def value(account: ListedAccount, found: Beside) -> object:
        known = told(found, account.id, name)
        if known.value is None:
            return reasons[known.reason]
        if isinstance(known.value, float) and percent:
            return round(100 * known.value, 4)
        return known.value

    return Field(f"{label} ({unit})" if unit else label, value)
