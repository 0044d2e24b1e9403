"""One entry of an account's timeline in words, with the way to its why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import singledispatchmethod
from typing import cast
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from banso.core.definitions.metrics import Latest, Metric
from banso.core.definitions.money import is_money
from banso.core.metrics.plan import series_of
from banso.core.plays.in_words import reason_words as play_reason_words
from banso.core.unmeasured import Reason
from banso.desk.models import AlertState, TaskState
from banso.desk.queries.people import Person
from banso.desk.queries.timeline_entries import (
    AlertStep,
    AttributeChange,
    ContractStep,
    Entry,
    Expected,
    Handled,
    HealthChange,
    HeldOut,
    Left,
    Mailed,
    Merged,
    Noted,
    Owned,
    Place,
    PlayExpected,
    PlayStep,
    SetApplied,
    TaskHandled,
)
from banso.pipeline.one_account import Told
from banso.pipeline.timeline import FirstTime, RecordTold
from banso.web.account360.labels import journey_label, stage_label
from banso.web.account360.notes import ICONS, kind_words
from banso.web.account360.visit import Visit
from banso.web.tags import day, money, number, text
from banso.web.today.rows import reason_words
from banso.web.why.made_of import address
from banso.web.why.values import shown

MOST = 3
"""Reasons and parts that are shown of one entry."""


@dataclass(frozen=True)
class Detail:
    """address: of its why, '' where it has none."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Happening:
    """time: of the day, '' where only the day is known. colours: before and after, of a change of
    health. score: its change. address: where it is explained, '' where nowhere."""

    icon: str
    kind: str
    title: str
    address: str = ""
    time: str = ""
    details: Sequence[Detail] = ()
    properties: Sequence[tuple[str, str]] = ()
    colours: tuple[str, str] | None = None
    score: float | None = None


@dataclass(frozen=True)
class Teller:
    """persons: by the key of their use."""

    visit: Visit
    zone: ZoneInfo
    persons: Mapping[str, Person]
    readers: dict[str, str | None] = field(default_factory=dict)

    def tell(self, place: Place, what: Entry | RecordTold | FirstTime) -> Happening:
        at = place.at.astimezone(self.zone)
        return self._tell(what.what if isinstance(what, Entry) else what, at)

    @singledispatchmethod
    def _tell(self, what: object, _at: datetime) -> Happening:
        raise TypeError(f"a {type(what).__name__} has no words")

    def _why(self, name: str, on: date) -> str:
        """The newest day's page of what came after it."""
        return address(self.visit, name, min(on, self.visit.newest))

    def _known(self, name: str) -> bool:
        return name in self.visit.definitions.metrics

    def _called(self, family: str, name: str) -> str:
        """What people call what came with the data; '' where there is nothing."""
        return text(self.visit.definitions.called(f"{family}.{name}")) if name else ""

    def _page(self, route: str) -> str:
        return reverse(route, args=[self.visit.head.id]) + self.visit.carried

    def _who(self, user: str) -> str:
        person = self.persons.get(user)
        return (person.name if person else "") or user

    # what Banso found

    @_tell.register
    def _health(self, what: HealthChange, at: datetime) -> Happening:
        journey = self.visit.definitions.journeys.get(what.journey)
        name = text(journey_label(journey)) if journey else what.journey
        field_ = f"journey.{what.journey}.{what.what}"
        score = None
        if what.score_before is not None and what.score_after is not None:
            score = what.score_after - what.score_before
        origins = {
            "recorded": "",
            "restated": gettext("Seen otherwise since"),
            "reckoned": gettext("From before the first run, as now known"),
        }
        title = name
        if what.what == "stage":
            stages = [
                (text(stage_label(journey, x)) if journey else x) if x else gettext("not on it")
                for x in (what.before, what.after)
            ]
            title = gettext("%(journey)s: %(before)s → %(after)s") % {
                "journey": name,
                "before": stages[0],
                "after": stages[1],
            }
        return Happening(
            icon="stairs-up" if what.what == "stage" else "heart-rate-monitor",
            kind=origins[what.origin],
            title=title,
            address=self._why(field_, at.date()) if journey else "",
            details=list(self._parts(what.parts, at.date())),
            colours=(what.before, what.after) if what.what == "colour" else None,
            score=score,
        )

    def _parts(self, parts: Sequence[Mapping[str, object]], on: date) -> Iterator[Detail]:
        for part in parts[:MOST]:
            name = cast("str | None", part.get("metric"))
            amount = cast("float", part["amount"])
            said = {
                "condition": text(part["label"]),
                "amount": f"{'+' if amount > 0 else '−'}{number(abs(amount), 1)}",
            }
            if name is None or not self._known(name):
                yield Detail(gettext("%(condition)s: %(amount)s points") % said)
                continue
            values = [self._value(name, part[x]) for x in ("before", "after")]
            said |= {"before": values[0], "after": values[1]}
            words = gettext("%(condition)s: %(before)s → %(after)s (%(amount)s points)") % said
            yield Detail(words, self._why(name, on))

    def _value(self, name: str, value: object) -> str:
        hidden = not self.visit.scope.revenue and is_money(self.visit.definitions, name)
        if hidden or not isinstance(value, float | int):
            return "–"
        told = shown(self.visit.definitions, name, Told(float(value), Reason.MEASURED))
        return told.text

    @_tell.register
    def _alert(self, what: AlertStep, at: datetime) -> Happening:
        label = {"alert": text(what.label) or what.rule}
        if what.closed:
            words = {
                "cleared": gettext("Its rule no longer holds."),
                "taken_back": gettext(
                    "It was told before the day was over, and did not come true."
                ),
                "merged": gettext(
                    "The account was merged into another one, where its rule holds already."
                ),
            }
            details = [Detail(words.get(what.because, what.because))]
            return Happening(
                "bell-off", "", gettext("Alert over: %(alert)s") % label, details=details
            )
        return Happening(
            icon="bell",
            kind="",
            title=gettext("Alert: %(alert)s") % label,
            details=list(self._reasons(what.why, what.opened_on)),
        )

    def _reasons(self, why: Sequence[Mapping[str, object]], on: date) -> Iterator[Detail]:
        seen: set[str] = set()
        for reason in why:
            name = str(reason["metric"])
            if name in seen or len(seen) == MOST:
                continue
            seen.add(name)
            hidden = not self.visit.scope.revenue and is_money(self.visit.definitions, name)
            words = reason["label"] if hidden else reason["text"]
            yield Detail(text(words), self._why(name, on))

    @_tell.register
    def _merged(self, what: Merged, _at: datetime) -> Happening:
        names = {"account": what.account_name, "key": what.account}
        title = gettext("%(account)s (%(key)s) was merged into this account") % names
        if what.undone:
            title = gettext("%(account)s (%(key)s) was split from this account again") % names
        return Happening(
            icon="database",
            kind=gettext("Accounts"),
            title=title,
            details=[Detail(what.member)] if what.member else [],
        )

    @_tell.register
    def _held_out(self, what: HeldOut, _at: datetime) -> Happening:
        label = {"alert": text(what.label) or what.rule}
        said = gettext(
            "The account is held out from this rule by lot, so that one can see what the rule "
            "changes. Its owner does not know."
        )
        if what.because == "not_yet":
            said = gettext("The rule is rolled out by stages and has not come to the account yet.")
        return Happening(
            icon="eye",
            kind=gettext("Told to nobody"),
            title=gettext("Alert, held out: %(alert)s") % label,
            address=reverse("definition_rule", args=[what.rule]) if self._rule(what.rule) else "",
            details=[Detail(said)],
        )

    @_tell.register
    def _expected(self, what: Expected, _at: datetime) -> Happening:
        label = {"alert": text(what.label) or what.rule, "day": day(what.opened_on)}
        titles = {
            "reached": gettext("What was expected came true: %(alert)s"),
            "not_reached": gettext("What was expected did not come true in time: %(alert)s"),
            "unmeasured": gettext("Whether what was expected came true is unmeasured: %(alert)s"),
        }
        why = {
            "held_already": gettext("It was so already when the alert opened."),
            "not_measured": gettext("It was measured on too few days."),
            "gone": gettext("The rule no longer says what it expects."),
        }.get(what.why, "")
        since = gettext("Alert of %(day)s") % label
        return Happening(
            icon="target",
            kind="",
            title=titles[what.came] % label,
            details=[Detail(x) for x in (since, why) if x],
        )

    @_tell.register
    def _play_expected(self, what: PlayExpected, _at: datetime) -> Happening:
        label = {"play": text(what.label) or what.play, "day": day(what.began_on)}
        titles = {
            "reached": gettext("What was expected of the play came true: %(play)s"),
            "not_reached": gettext(
                "What was expected of the play did not come true in time: %(play)s"
            ),
            "unmeasured": gettext(
                "Whether what was expected of the play came true is unmeasured: %(play)s"
            ),
        }
        why = {
            "held_already": gettext("It was so already when the play began."),
            "not_measured": gettext("It was measured on too few days."),
            "gone": gettext("The play no longer says what it expects."),
        }.get(what.why, "")
        since = gettext("Begun on %(day)s") % label
        return Happening(
            icon="target",
            kind="",
            title=titles[what.came] % label,
            address=self._play_page(what.play),
            details=[Detail(x) for x in (since, why) if x],
        )

    def _rule(self, name: str) -> bool:
        return name in self.visit.definitions.rules

    def _play_page(self, name: str) -> str:
        """'' where it is gone."""
        known = name in self.visit.definitions.plays
        return reverse("definition_play", args=[name]) if known else ""

    # what members did

    @_tell.register
    def _handled(self, what: Handled, at: datetime) -> Happening:
        said = {
            "alert": text(what.label) or what.rule,
            "member": what.member or gettext("somebody"),
            "day": day(what.until),
            "reason": what.note
            or {str(k): v for k, v in reason_words().items()}.get(what.reason, ""),
        }
        titles = {
            AlertState.OPEN: gettext("%(member)s took it back: %(alert)s"),
            AlertState.DONE: gettext("%(member)s marked as done: %(alert)s"),
            AlertState.SNOOZED: gettext("%(member)s snoozed until %(day)s: %(alert)s"),
            AlertState.NOT_USEFUL: gettext("%(member)s found not useful (%(reason)s): %(alert)s"),
        }
        state = AlertState.OPEN if what.undone else AlertState(what.state)
        icons = {
            AlertState.OPEN: "arrow-back-up",
            AlertState.DONE: "check",
            AlertState.SNOOZED: "clock-pause",
            AlertState.NOT_USEFUL: "thumb-down",
        }
        why = [Detail(what.note)] if what.note and state is AlertState.SNOOZED else []
        return Happening(icons[state], "", titles[state] % said, time=f"{at:%H:%M}", details=why)

    @_tell.register
    def _play(self, what: PlayStep, _at: datetime) -> Happening:
        said = {"play": text(what.label)}
        address = self._play_page(what.play)
        if not what.ended:
            title = gettext("Play began: %(play)s") % said
            return Happening("list-details", "", title, address=address)
        because = text(play_reason_words(what.because, what.about))
        return Happening(
            icon="list-details",
            kind="",
            title=gettext("Play ended: %(play)s") % said,
            address=address,
            details=[Detail(because)],
        )

    @_tell.register
    def _task(self, what: TaskHandled, at: datetime) -> Happening:
        said = {
            "task": text(what.label),
            "member": what.member or gettext("somebody"),
            "day": day(what.until),
            "to": what.given_to or gettext("the owner"),
            "reason": what.note
            or {str(k): v for k, v in reason_words().items()}.get(what.reason, ""),
        }
        titles = {
            TaskState.OPEN: gettext("%(member)s passed on to %(to)s: %(task)s"),
            TaskState.DONE: gettext("Task done by %(member)s: %(task)s"),
            TaskState.SNOOZED: gettext("Task snoozed until %(day)s by %(member)s: %(task)s"),
            TaskState.NOT_USEFUL: gettext(
                "%(member)s found the task not useful (%(reason)s): %(task)s"
            ),
            TaskState.WITHDRAWN: gettext("Task withdrawn, its play is over: %(task)s"),
        }
        title = titles[TaskState(what.state)]
        if what.undone:
            title = gettext("%(member)s took the task back: %(task)s")
        tell = (TaskState.DONE, TaskState.SNOOZED)
        notes = [what.note] if what.note and what.state in tell else []
        return Happening(
            "checklist",
            text(what.play),
            title % said,
            time=f"{at:%H:%M}",
            details=[Detail(x) for x in notes],
        )

    @_tell.register
    def _mailed(self, what: Mailed, at: datetime) -> Happening:
        said = {"subject": what.subject, "to": what.to, "member": what.member or "Banso"}
        title = gettext("Mail sent to %(to)s: %(subject)s") % said
        if not what.sent:
            title = gettext("%(member)s refused the mail to %(to)s: %(subject)s") % said
        return Happening(
            icon="mail",
            kind=text(what.play),
            title=title,
            address=reverse("mail", args=[what.mail]),
            time=f"{at:%H:%M}",
            details=[Detail(what.note)] if what.note else [],
        )

    @_tell.register
    def _owned(self, what: Owned, _at: datetime) -> Happening:
        said = {"owner": what.owner, "before": what.before}
        if what.owner is None:
            title = gettext("Nobody owns it any more (before: %(before)s)")
        elif what.before is None:
            title = gettext("Owner: %(owner)s")
        else:
            title = gettext("Owner: %(before)s → %(owner)s")
        return Happening("user", "", title % said)

    @_tell.register
    def _left(self, what: Left, _at: datetime) -> Happening:
        said = {"name": what.name, "role": what.role}
        title = gettext("%(name)s left")
        if what.role:
            title = gettext("%(name)s left (%(role)s)")
        return Happening("user-off", "", title % said, address=self._page("account_users"))

    @_tell.register
    def _applied(self, what: SetApplied, at: datetime) -> Happening:
        said = {"version": what.fingerprint[:8], "by": what.by}
        words = gettext("Numbers may differ from then on.")
        if not what.numbers:
            words = gettext("Only texts changed, no number.")
        return Happening(
            icon="math-function",
            kind="",
            title=gettext("Definitions %(version)s applied by %(by)s") % said,
            address=_definitions(),
            time=f"{at:%H:%M}",
            details=[Detail(x) for x in (what.why, words) if x],
        )

    # what the vendor's own systems told

    @_tell.register
    def _contract(self, what: ContractStep, _at: datetime) -> Happening:
        x = what.contract
        product = self._called("product", x.product)
        name = f"{x.key} ({product})" if product else x.key
        titles = {
            "signed": gettext("Contract signed: %(contract)s"),
            "begins": gettext("Contract begins: %(contract)s"),
            "ends": gettext("Last day of the contract: %(contract)s"),
        }
        details = [
            gettext("%(first)s to %(last)s") % {"first": day(x.start_on), "last": day(x.end_on)}
        ]
        if x.seats is not None:
            details.append(gettext("Seats: %(n)s") % {"n": number(x.seats)})
        if x.arr is not None:
            currency = x.currency or self.visit.definitions.organisation.currency
            details.append(gettext("ARR: %(amount)s") % {"amount": money(x.arr, currency)})
        return Happening(
            icon="license",
            kind="",
            title=titles[what.step] % {"contract": name},
            address=self._page("account_contracts"),
            details=[Detail(", ".join(details))],
        )

    @_tell.register
    def _noted(self, what: Noted, _at: datetime) -> Happening:
        said = {"kind": kind_words()[what.kind], "member": what.member or gettext("somebody")}
        title = gettext("%(kind)s, written down by %(member)s") % said
        return Happening(ICONS[what.kind], "", title, details=[Detail(what.text)])

    @_tell.register
    def _attribute(self, what: AttributeChange, at: datetime) -> Happening:
        name = self._called("attribute", what.name)
        said = {"name": name, "before": what.before, "value": what.value}
        title = gettext("%(name)s: %(before)s → %(value)s")
        if what.before is None:
            title = gettext("%(name)s: %(value)s")
        return Happening(
            "id", "", title % said, address=self._why(f"attribute.{what.name}", at.date())
        )

    @_tell.register
    def _record(self, what: RecordTold, at: datetime) -> Happening:
        metric = self._reader(what.kind)
        title = self._called("record", what.kind)
        if what.value is not None:
            said = {"kind": title, "value": number(what.value, 2)}
            title = gettext("%(kind)s: %(value)s") % said
        details = [self._who(what.user)] if what.user else []
        return Happening(
            icon="clipboard-list",
            kind="",
            title=title,
            address=self._why(metric, at.date() + timedelta(days=1)) if metric else "",
            time=_time(at),
            details=[Detail(x) for x in details],
            properties=[(self._called("properties", x), value) for x, value in what.properties],
        )

    def _reader(self, kind: str) -> str | None:
        """The first metric that reads records of the kind, without a further condition if there
        is one."""
        if kind not in self.readers:
            found = [x for x in self.visit.definitions.metrics.values() if _reads(x, kind)]
            found.sort(key=lambda x: (getattr(x, "where", None) is not None, x.kind != "latest"))
            self.readers[kind] = found[0].name if found else None
        return self.readers[kind]

    @_tell.register
    def _first(self, what: FirstTime, at: datetime) -> Happening:
        known = not self._older_than_data()
        said = {"feature": self._called("feature", what.feature)}
        if not what.feature:
            title = gettext("First use of all") if known else gettext("First use in the data")
        elif known:
            title = gettext("First use of the feature %(feature)s") % said
        else:
            title = gettext("First use of the feature %(feature)s in the data") % said
        product = self._called("product", what.product)
        details = [x for x in (product, self._who(what.user)) if x]
        return Happening(
            icon="sunrise",
            kind="",
            title=title,
            address=self._page("account_users"),
            time=_time(at),
            details=[Detail(", ".join(details))] if details else (),
        )

    def _older_than_data(self) -> bool:
        """The account had begun before the first fact of all: then its first use is not known."""
        one = self.visit.one
        begun = [one.desk.started_on] if one.desk.started_on else []
        begun += [x.start_on for x in one.inputs.book.contracts.get(one.number, ())]
        return any(day < one.calendar.first for day in begun)


def _reads(metric: Metric, kind: str) -> bool:
    if isinstance(metric, Latest):
        return metric.of == f"record.{kind}"
    series = series_of(metric)
    return series is not None and series.filter.facts == f"record.{kind}"


def _time(at: datetime) -> str:
    """A record of a whole day has midnight: no time is known of it."""
    return "" if (at.hour, at.minute, at.second) == (0, 0, 0) else f"{at:%H:%M}"


def _definitions() -> str:
    try:
        return reverse("definitions")
    except NoReverseMatch:
        return ""
