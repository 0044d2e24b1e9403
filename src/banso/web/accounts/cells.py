"""Cells of the list, as HTML. A template for each would cost a page of 50 accounts most of its time
(a list has 50 ms): what is alike in many rows is made once for each page here, and a row of which
nothing has changed is not written again."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from banso.core.definitions import Definitions
from banso.core.recent import Recent
from banso.desk.queries.listing import ListedAccount
from banso.web import components
from banso.web.account360.labels import journey_label, segment_label, stage_label
from banso.web.accounts.columns import KINDS, Columns, metric_word
from banso.web.accounts.rows import Beside, told
from banso.web.tags import company, day, language, money, number, percent, text
from banso.web.why.values import shown

NOTHING = SafeString("")
Cell = Callable[[ListedAccount], SafeString]
KEPT = 5_000
"""Numbers, days and the like of which a process keeps how they are written."""

memory: Recent[Hashable, SafeString] = Recent(8_000)
"""Of this process: rows by all that they are made from; some 3 KB each."""


class Pieces:
    """What looks alike wherever it stands, in one language; kept from page to page."""

    def __init__(self) -> None:
        self.state = cache(components.state)
        self.reason = cache(components.unmeasured)
        self.unmeasured = components.unmeasured()
        self.zero = _aside("0")
        self.nobody = _aside(gettext("No owner"))
        self.ended = _aside(gettext("ended"))
        self.labels = {kind.name: gettext(kind.label) for kind in KINDS}
        self.number = lru_cache(KEPT)(number)
        self.day = lru_cache(KEPT)(day)
        self.trend = lru_cache(KEPT)(components.trend)
        self.confidence = lru_cache(KEPT)(_confidence)
        self.stay = lru_cache(KEPT)(_stay)
        self.left = lru_cache(KEPT)(_left)


@lru_cache(maxsize=8)
def pieces(spoken: str, icons: str) -> Pieces:
    """spoken: the language. icons: the address of the sprite, another one once it is built anew."""
    return Pieces()


class Painter:
    """Makes the cells of one page, in the reader's language. today: from which the days that are
    left of a contract are counted."""

    def __init__(
        self, definitions: Definitions, columns: Columns, found: Beside, *, today: date
    ) -> None:
        self.definitions, self.found, self.today = definitions, found, today
        self.currency = definitions.organisation.currency
        look = (language(), components.asset("icons.svg"))
        self.own = pieces(*look)
        self.place = cache(self._place)
        self.segment = cache(self._segment)
        meaning = (definitions.fingerprint, definitions.metadata_fingerprint, self.currency)
        self.shared: Hashable = (look, meaning, tuple(columns.names), today)
        made: Mapping[str, Cell] = {
            "owner": self.owner,
            "stage": self.stage,
            "health": self.health,
            "confidence": self.sure,
            "trend": self.course,
            "alerts": self.alerts,
            "arr": self.arr,
            "seats": self.seats,
            "contract": self.contract,
            "segments": self.segments,
        }
        self.cells: Sequence[Cell] = [
            self.name,
            *(made[kind.name] for kind in KINDS if kind.name in columns.kinds),
            *(self.metric(name) for name in columns.metrics),
        ]

    def row(self, account: ListedAccount) -> SafeString:
        beside = (
            tuple(self.found.metrics.get(account.id, {}).items()),
            tuple(self.found.segments.get(account.id, ())),
        )
        return memory.get((self.shared, account, beside), lambda: self._row(account))

    def _row(self, account: ListedAccount) -> SafeString:
        return mark_safe("".join(cell(account) for cell in self.cells))  # noqa: S308  of SafeStrings

    def name(self, account: ListedAccount) -> SafeString:
        return format_html(
            '<th scope="row"><a class="company" href="{}">{}</a></th>',
            _address(account),
            company(account.name),
        )

    def owner(self, account: ListedAccount) -> SafeString:
        return format_html('<td class="accounts-owner">{}</td>', account.owner or self.own.nobody)

    def stage(self, account: ListedAccount) -> SafeString:
        if not account.journey:
            return format_html('<td class="accounts-stage">{}</td>', self.own.state(""))
        journey, stage = self.place(account.journey, account.stage)
        return format_html(
            '<td class="accounts-stage"><span>{} {}</span>'
            '<span class="accounts-journey">{}</span>{}</td>',
            stage,
            self.own.stay(account.days_in_stage or 0, bool(account.overdue)),
            journey,
            self._others(account) if account.others else NOTHING,
        )

    def _others(self, account: ListedAccount) -> SafeString:
        return format_html_join(
            "",
            '<span class="accounts-journey">{} {}</span>',
            ((self.place(x.journey, "")[0], self.own.state(x.colour)) for x in account.others),
        )

    def _place(self, journey: str, stage: str) -> tuple[str, str]:
        """Both in words; of a journey that is no longer defined the names as they are."""
        defined = self.definitions.journeys.get(journey)
        if defined is None:
            return journey, stage
        return text(journey_label(defined)), text(stage_label(defined, stage))

    def health(self, account: ListedAccount) -> SafeString:
        if not account.journey:
            return SafeString('<td class="accounts-health"></td>')
        score = NOTHING
        if account.score is not None:
            score = format_html(
                '<a class="num" href="{}">{}</a>',
                _why(account, f"journey.{account.journey}.score"),
                self.own.number(round(account.score)),
            )
        return format_html(
            '<td class="accounts-health"><span>{}{}</span></td>',
            self.own.state(account.colour),
            score,
        )

    def sure(self, account: ListedAccount) -> SafeString:
        share = account.confidence
        told_ = NOTHING if share is None else self.own.confidence(share)
        return format_html('<td data-label="{}">{}</td>', self.own.labels["confidence"], told_)

    def course(self, account: ListedAccount) -> SafeString:
        if not account.journey:
            return SafeString("<td></td>")
        rounded = None if account.trend is None else round(account.trend)
        return format_html(
            '<td><span class="accounts-trend">{}{}</span></td>',
            components.spark(account.scores),
            self.own.trend(rounded),
        )

    def alerts(self, account: ListedAccount) -> SafeString:
        if not account.alerts:
            return self._number("alerts", self.own.zero)
        return self._number("alerts", self.own.number(account.alerts), _address(account))

    def arr(self, account: ListedAccount) -> SafeString:
        if account.arr is None:
            return self._number("arr", self.own.unmeasured)
        return self._number("arr", money(account.arr, self.currency), _why(account, "contract.arr"))

    def seats(self, account: ListedAccount) -> SafeString:
        if account.seats is None:
            return self._number("seats", self.own.unmeasured)
        return self._number(
            "seats", self.own.number(account.seats), _why(account, "contract.seats")
        )

    def contract(self, account: ListedAccount) -> SafeString:
        if account.ends_on is None:
            return self._number("contract", self.own.unmeasured)
        left = (account.ends_on - self.today).days
        return format_html(
            '<td class="num accounts-contract" data-label="{}"><a href="{}">{}</a> {}</td>',
            self.own.labels["contract"],
            _why(account, "contract.days_to_end"),
            self.own.day(account.ends_on),
            self.own.left(left) if left >= 0 else self.own.ended,
        )

    def segments(self, account: ListedAccount) -> SafeString:
        names = self.found.segments.get(account.id, ())
        return format_html(
            '<td class="accounts-segments">{}</td>',
            mark_safe(" ".join(self.segment(name) for name in names)),  # noqa: S308  of SafeStrings
        )

    def _segment(self, name: str) -> SafeString:
        segment = self.definitions.segments.get(name)
        word = text(segment_label(segment)) if segment else name
        return format_html('<span class="badge">{}</span>', word)

    def metric(self, name: str) -> Cell:
        label = metric_word(self.definitions, name)

        def cell(account: ListedAccount) -> SafeString:
            found = shown(self.definitions, name, told(self.found, account.id, name))
            if not found.measured:
                return _numeric(label, self.own.reason(found.reason))
            unit = format_html(" {}", _aside(found.unit)) if found.unit else NOTHING
            value = format_html("{}{}", found.text, unit)
            return _numeric(label, value, _why(account, name))

        return cell

    def _number(self, kind: str, value: str, address: str = "") -> SafeString:
        return _numeric(self.own.labels[kind], value, address)


def _numeric(label: str, value: str, address: str = "") -> SafeString:
    if not address:
        return format_html('<td class="num" data-label="{}">{}</td>', label, value)
    return format_html(
        '<td class="num" data-label="{}"><a href="{}">{}</a></td>', label, address, value
    )


def _address(account: ListedAccount) -> str:
    before, after = _around("account")
    return f"{before}{account.id}{after}"


def _why(account: ListedAccount, name: str) -> str:
    before, after = _around("why", name)
    return f"{before}{account.id}{after}"


@lru_cache(KEPT)
def _around(route: str, *more: str) -> tuple[str, str]:
    """An address before and after the account's number: several stand in each row."""
    before, _, after = reverse(route, args=[0, *more]).partition("/0/")
    return f"{before}/", f"/{after}"


def _aside(words: str) -> SafeString:
    return format_html('<span class="text-secondary">{}</span>', words)


def _stay(days: int, overdue: bool) -> SafeString:
    words = ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)}
    if not overdue:
        return _aside(words)
    return format_html(
        '{} <span class="chip state-watch" title="{}">{}<span>{}</span></span>',
        _aside(words),
        gettext("Longer in this stage than expected"),
        components.icon("hourglass"),
        gettext("Overdue"),
    )


def _left(days: int) -> SafeString:
    words = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": number(days)}
    return _aside(words)


def _confidence(share: float) -> SafeString:
    return format_html(
        '<span class="accounts-confidence">{}<span class="num">{}</span></span>',
        components.meter(share),
        percent(share),
    )
