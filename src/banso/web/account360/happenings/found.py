"""What Banso found: changes of stage and health, alerts, whether what was expected came true."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import cast

from django.urls import reverse
from django.utils.translation import gettext

from banso.core.definitions.money import is_money
from banso.core.unmeasured import Reason
from banso.desk.queries.timeline_entries import (
    AlertStep,
    Expected,
    HealthChange,
    HeldOut,
    PlayExpected,
)
from banso.pipeline.one_account import Told
from banso.web.account360.happenings.teller import MOST, Detail, Happening, Teller, tell
from banso.web.account360.labels import journey_label, stage_label
from banso.web.tags import day, number, text
from banso.web.why.values import shown


@tell.register
def _health(what: HealthChange, teller: Teller, at: datetime) -> Happening:
    journey = teller.visit.definitions.journeys.get(what.journey)
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
        address=teller.why(field_, at.date()) if journey else "",
        details=list(_parts(teller, what.parts, at.date())),
        colours=(what.before, what.after) if what.what == "colour" else None,
        score=score,
    )


def _parts(teller: Teller, parts: Sequence[Mapping[str, object]], on: date) -> Iterator[Detail]:
    for part in parts[:MOST]:
        name = cast("str | None", part.get("metric"))
        amount = cast("float", part["amount"])
        said = {
            "condition": text(part["label"]),
            "amount": f"{'+' if amount > 0 else '−'}{number(abs(amount), 1)}",
        }
        if name is None or name not in teller.visit.definitions.metrics:
            yield Detail(gettext("%(condition)s: %(amount)s points") % said)
            continue
        values = [_value(teller, name, part[x]) for x in ("before", "after")]
        said |= {"before": values[0], "after": values[1]}
        words = gettext("%(condition)s: %(before)s → %(after)s (%(amount)s points)") % said
        yield Detail(words, teller.why(name, on))


def _value(teller: Teller, name: str, value: object) -> str:
    hidden = not teller.visit.scope.revenue and is_money(teller.visit.definitions, name)
    if hidden or not isinstance(value, float | int):
        return "–"
    told = shown(teller.visit.definitions, name, Told(float(value), Reason.MEASURED))
    return told.text


@tell.register
def _alert(what: AlertStep, teller: Teller, at: datetime) -> Happening:
    label = {"alert": text(what.label) or what.rule}
    if what.closed:
        words = {
            "cleared": gettext("Its rule no longer holds."),
            "taken_back": gettext("It was told before the day was over, and did not come true."),
            "merged": gettext(
                "The account was merged into another one, where its rule holds already."
            ),
        }
        details = [Detail(words.get(what.because, what.because))]
        return Happening("bell-off", "", gettext("Alert over: %(alert)s") % label, details=details)
    return Happening(
        icon="bell",
        kind="",
        title=gettext("Alert: %(alert)s") % label,
        details=list(_reasons(teller, what.why, what.opened_on)),
    )


def _reasons(teller: Teller, why: Sequence[Mapping[str, object]], on: date) -> Iterator[Detail]:
    seen: set[str] = set()
    for reason in why:
        name = str(reason["metric"])
        if name in seen or len(seen) == MOST:
            continue
        seen.add(name)
        hidden = not teller.visit.scope.revenue and is_money(teller.visit.definitions, name)
        words = reason["label"] if hidden else reason["text"]
        yield Detail(text(words), teller.why(name, on))


@tell.register
def _held_out(what: HeldOut, teller: Teller, _at: datetime) -> Happening:
    label = {"alert": text(what.label) or what.rule}
    said = gettext(
        "The account is held out from this rule by lot, so that one can see what the rule "
        "changes. Its owner does not know."
    )
    known = what.rule in teller.visit.definitions.rules
    if what.because == "not_yet":
        said = gettext("The rule is rolled out by stages and has not come to the account yet.")
    return Happening(
        icon="eye",
        kind=gettext("Told to nobody"),
        title=gettext("Alert, held out: %(alert)s") % label,
        address=reverse("definition_rule", args=[what.rule]) if known else "",
        details=[Detail(said)],
    )


@tell.register
def _expected(what: Expected, teller: Teller, _at: datetime) -> Happening:
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


@tell.register
def _play_expected(what: PlayExpected, teller: Teller, _at: datetime) -> Happening:
    label = {"play": text(what.label) or what.play, "day": day(what.began_on)}
    titles = {
        "reached": gettext("What was expected of the play came true: %(play)s"),
        "not_reached": gettext("What was expected of the play did not come true in time: %(play)s"),
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
        address=teller.play_page(what.play),
        details=[Detail(x) for x in (since, why) if x],
    )
