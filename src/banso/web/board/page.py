"""The board as a whole: of the newest run, or of a past day as it was shown then."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Journey
from banso.desk.models import Run
from banso.desk.queries.as_shown import Shown, ShownAccount, shown_accounts, shown_board, shown_on
from banso.desk.queries.board import Direction, Wish, board, changes
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.decided import revision
from banso.desk.queries.kept import kept
from banso.desk.queries.restatements import Restatement, restatements
from banso.desk.queries.scope import Scope
from banso.web.account360.labels import journey_label, segment_label, stage_label
from banso.web.accounts.filters import Choice, Select
from banso.web.board.changed import ICONS, Item, direction_words, items, restated_words
from banso.web.board.matrix import Matrix, Place, matrix
from banso.web.components import state_word
from banso.web.forms.accounts import query_of
from banso.web.forms.alerts import NO_OWNER
from banso.web.forms.board import PERIODS, Asked, parameters_of
from banso.web.tags import day, number, text

SOME, MANY = 15, 200
"""Changes that are told at first, and on demand."""


@dataclass(frozen=True)
class Link:
    word: str
    address: str
    current: bool
    icon: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Changed:
    """since, until: the days looked at, both included. directions: those that occurred, with their
    number, each a filter. restated: sentences about what was seen otherwise. more: the address of
    all, empty where all are there; left: how many that are."""

    since: date
    until: date
    periods: Sequence[Link]
    directions: Sequence[Link]
    items: Sequence[Item]
    restated: Sequence[str]
    more: str
    left: int


@dataclass(frozen=True)
class Opened:
    """Accounts of one cell of a past board, lowest score first, at most so many."""

    words: str
    accounts: Sequence[ShownAccount]
    as_of: date


@dataclass(frozen=True)
class Travel:
    """A past day. nearest: days that were shown, where that one was not."""

    day: date
    shown: bool
    in_retrospect: bool
    nearest: Sequence[Link]
    now: str


@dataclass(frozen=True)
class Board:
    """address: of this very board. travel: None for the newest run. matrix, changed: None on a
    day that was not shown."""

    address: str
    journey: str
    journeys: Sequence[Link]
    selects: Sequence[Select]
    hidden: Mapping[str, str]
    unknown: Sequence[str]
    matrix: Matrix | None
    changed: Changed | None
    opened: Opened | None
    travel: Travel | None
    as_of: date
    newest: date
    currency: str


@dataclass(frozen=True)
class Reading:
    """Whose board it is, and what it is made from. owners: by id."""

    scope: Scope
    definitions: Definitions
    run: Run
    owners: Mapping[int, str]


def page(reading: Reading, asked: Asked) -> Board:
    """asked: with a journey that is defined."""
    run, travel = _run(reading, asked)
    return Board(
        address=_address(reading, asked),
        journey=text(journey_label(_journey(reading, asked))),
        journeys=_journeys(reading, asked),
        selects=list(_selects(reading, asked)),
        hidden=_hidden(reading, asked),
        unknown=[f"{name}={value}" for name, value in asked.unknown.items()],
        matrix=_matrix(reading, asked, run if travel else None) if run else None,
        changed=_changed(reading, asked, run.as_of) if run else None,
        opened=_opened(reading, asked, run) if run and travel else None,
        travel=travel,
        as_of=run.as_of if run else asked.as_of or reading.run.as_of,
        newest=reading.run.as_of,
        currency=reading.definitions.organisation.currency,
    )


def _journey(reading: Reading, asked: Asked) -> Journey:
    return reading.definitions.journeys[asked.journey]


def _address(reading: Reading, asked: Asked, **changed: str) -> str:
    parameters = parameters_of(asked, journeys=reading.definitions.journeys)
    return reverse("board") + query_of(parameters, **changed)


def _run(reading: Reading, asked: Asked) -> tuple[Run | None, Travel | None]:
    """The run whose board is shown, and where the reader has travelled to."""
    if asked.as_of is None or asked.as_of == reading.run.as_of:
        return reading.run, None
    found = shown_on(asked.as_of)
    return found.run, Travel(
        day=asked.as_of,
        shown=found.run is not None,
        in_retrospect=found.in_retrospect,
        nearest=_nearest(reading, asked, found),
        now=_address(reading, asked, as_of=""),
    )


def _nearest(reading: Reading, asked: Asked, found: Shown) -> Sequence[Link]:
    return [
        Link(day(x), _address(reading, asked, as_of=str(x)), current=False)
        for x in (found.before, found.after)
        if x is not None
    ]


def _matrix(reading: Reading, asked: Asked, past: Run | None) -> Matrix:
    journey = _journey(reading, asked)
    if past is None:
        who = {"owner": asked.owner, "segment": asked.segment}
        found = kept(
            reading.scope,
            reading.run,
            f"board:{journey.name}:{who}:{revision()}",
            lambda: board(reading.scope, journey.name, owner=asked.owner, segment=asked.segment),
        )
        return matrix(journey, found, address=_list_address(asked))
    found = shown_board(
        reading.scope, past, journey=journey.name, owner=asked.owner, segment=asked.segment
    )

    def address(place: Place) -> str:
        cell = {"stage": place.stage, "colour": place.colour}
        return "" if place.overdue else f"{_address(reading, asked, **cell)}#opened"

    opened = Place(asked.stage, asked.colour) if asked.stage or asked.colour else None
    return matrix(journey, found, address=address, opened=opened)


def _list_address(asked: Asked) -> Callable[[Place], str]:
    """The list of the very accounts that a cell counts."""

    def address(place: Place) -> str:
        owner = NO_OWNER if asked.owner == NOBODY else str(asked.owner or "")
        return reverse("accounts") + query_of(
            {
                "journey": asked.journey,
                "stage": place.stage,
                "colour": place.colour,
                "owner": owner,
                "segment": asked.segment,
                "overdue": "1" if place.overdue else "",
            }
        )

    return address


def _changed(reading: Reading, asked: Asked, as_of: date) -> Changed:
    journey = _journey(reading, asked)
    since = as_of - timedelta(days=asked.days - 1)
    wish = Wish(
        journey=asked.journey,
        since=since,
        until=as_of,
        stages=tuple(stage.name for stage in journey.stages),
        limit=MANY if asked.all_changes else SOME,
        owner=asked.owner,
        segment=asked.segment,
        direction=asked.direction,
    )
    found = kept(
        reading.scope,
        reading.run,
        f"changes:{wish}:{revision()}",
        lambda: changes(reading.scope, wish),
    )
    told = restatements(
        reading.scope, asked.journey, since=since, until=as_of, segment=asked.segment
    )
    wanted = found.counts[asked.direction] if asked.direction else sum(found.counts.values())
    left = wanted - len(found.items)
    return Changed(
        since=since,
        until=as_of,
        periods=_periods(reading, asked),
        directions=_directions(reading, asked, found.counts),
        items=items(
            found.items,
            told,
            definitions=reading.definitions,
            journey=journey,
            revenue=reading.scope.revenue,
        ),
        restated=[_restated(x) for x in told],
        more="" if asked.all_changes or not left else _address(reading, asked, all="1"),
        left=left,
    )


def _periods(reading: Reading, asked: Asked) -> Sequence[Link]:
    return [
        Link(
            word=ngettext("%(n)s day", "%(n)s days", x) % {"n": number(x)},
            address=_address(reading, asked, days="" if x == PERIODS[0] else str(x)),
            current=x == asked.days,
        )
        for x in PERIODS
    ]


def _directions(reading: Reading, asked: Asked, counts: Mapping[Direction, int]) -> Sequence[Link]:
    """A second click takes the filter out."""
    words = direction_words()
    return [
        Link(
            word=words[x],
            address=_address(reading, asked, direction="" if x == asked.direction else str(x)),
            current=x == asked.direction,
            icon=ICONS[x],
            count=counts[x],
        )
        for x in Direction
        if counts[x] or x == asked.direction
    ]


def _restated(told: Restatement) -> str:
    said = {"day": day(told.as_of), "n": number(told.accounts), "why": restated_words(told)}
    return (
        ngettext(
            "%(day)s: %(n)s account is seen otherwise than it had been shown. %(why)s.",
            "%(day)s: %(n)s accounts are seen otherwise than they had been shown. %(why)s.",
            told.accounts,
        )
        % said
    )


def _opened(reading: Reading, asked: Asked, past: Run) -> Opened | None:
    if not asked.stage and not asked.colour:
        return None
    journey = _journey(reading, asked)
    words = [
        text(stage_label(journey, asked.stage)) if asked.stage else "",
        state_word(asked.colour) if asked.colour else "",
    ]
    return Opened(
        words=", ".join(filter(None, words)),
        accounts=shown_accounts(
            reading.scope,
            past,
            journey=asked.journey,
            stage=asked.stage,
            colour=asked.colour,
            owner=asked.owner,
            segment=asked.segment,
        ),
        as_of=past.as_of,
    )


def _journeys(reading: Reading, asked: Asked) -> Sequence[Link]:
    """The first one is the usual one, so its address does not name it."""
    first = next(iter(reading.definitions.journeys))
    return [
        Link(
            word=text(journey_label(x)),
            address=_address(reading, asked, journey="" if x.name == first else x.name),
            current=x.name == asked.journey,
        )
        for x in reading.definitions.journeys.values()
    ]


def _selects(reading: Reading, asked: Asked) -> Iterator[Select]:
    segments = [
        Choice(x.name, text(segment_label(x)), x.name == asked.segment)
        for x in reading.definitions.segments.values()
    ]
    owners = [
        Choice(str(number_), name, number_ == asked.owner)
        for number_, name in reading.owners.items()
    ]
    if segments:
        yield Select("segment", gettext("Segment"), segments)
    if len(owners) > 1:
        nobody = Choice(NO_OWNER, gettext("No owner"), asked.owner == NOBODY)
        yield Select("owner", gettext("Owner"), [*owners, nobody])


def _hidden(reading: Reading, asked: Asked) -> Mapping[str, str]:
    """What the form of filters carries along."""
    parameters = parameters_of(asked, journeys=reading.definitions.journeys)
    return {
        name: value
        for name, value in parameters.items()
        if name not in ("segment", "owner", "as_of")
    }
