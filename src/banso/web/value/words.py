"""What is known of a rule's effect, in sentences that promise no more than that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.value.because import OF_DRIFT, in_words
from banso.core.value.holdout import MINIMUM_ARM, MINIMUM_EVENTS
from banso.desk.models import Effect
from banso.web.tags import day, number, text

TONES = {"helps": "good", "harms": "bad", "too_little": "none", "suggests": "hint"}


@dataclass(frozen=True)
class Told:
    """grade: A to D. verdict: in a word; tone: good, bad, hint or none. lines: sentences, the
    first one the most important. difference: with its interval, empty where too little is known."""

    grade: str
    target: str
    verdict: str
    verdict_code: str
    tone: str
    difference: str
    lines: Sequence[str]


def verdict_words() -> dict[str, str]:
    return {
        "helps": gettext("Helps"),
        "harms": gettext("Does harm"),
        "differs": gettext("Makes a difference"),
        "unclear": gettext("No difference seen"),
        "too_little": gettext("Too little data"),
        "suggests": gettext("Suggests a difference"),
        "fragile": gettext("Fragile: may only seem so"),
        "before_after": gettext("Before and after, no proof"),
    }


def told(definitions: Definitions, kept: Effect) -> Told:
    lines = {"A": _by_lot, "B": _staged, "C": _compared, "D": _before_after}[kept.grade](kept)
    difference = ""
    if kept.value is not None and kept.low is not None and kept.high is not None:
        difference = gettext("%(value)s points (%(low)s to %(high)s)") % {
            "value": points(kept.value),
            "low": points(kept.low),
            "high": points(kept.high),
        }
    return Told(
        grade=kept.grade,
        target=_target(definitions, kept),
        verdict=verdict_words()[kept.verdict],
        verdict_code=kept.verdict,
        tone=TONES.get(kept.verdict, "none"),
        difference=difference,
        lines=[x for x in lines if x],
    )


def _target(definitions: Definitions, kept: Effect) -> str:
    if kept.grade == "D":
        return gettext("Health")
    if kept.play and not kept.target:
        return gettext("What the play expects")
    return target_words(definitions, kept.target)


def target_words(definitions: Definitions, name: str) -> str:
    if not name:
        return gettext("What the rule expects")
    outcome = definitions.outcomes.get(name)
    label = (outcome.label if outcome else None) or Label(en=name, ja=name)
    return text(label)


def _by_lot(kept: Effect) -> list[str]:
    x: Any = kept.told
    counts = {
        "treated": number(x["treated"]),
        "held": number(x["held_out"]),
        "yes": number(x["events"]),
        "held_yes": number(x["held_out_events"]),
    }
    sentence = gettext(
        "It happened to %(yes)s of %(treated)s accounts that were told, and to %(held_yes)s of "
        "%(held)s held out."
    )
    if kept.play:
        sentence = gettext(
            "It happened to %(yes)s of %(treated)s accounts that entered, and to %(held_yes)s of "
            "%(held)s held out."
        )
    said = [sentence % counts]
    if kept.verdict == "too_little":
        said += [_minimum(), *_least(x)]
    return [*said, *_needed(x), *_left_out(x)]


def _least(x: Any) -> list[str]:
    """When anything can be known at all, or why nobody can say."""
    if x.get("ended"):
        return [gettext("Nobody is held out any more, so no further accounts come.")]
    only = {
        "none": gettext(
            "So far it has happened to none of them: nobody can say yet how many accounts it takes."
        ),
        "all": gettext(
            "So far it has happened to all of them: nobody can say yet how many accounts it takes."
        ),
    }
    if x.get("only"):
        return [only[x["only"]]]
    if x.get("least") is None:
        return []
    said = {"n": number(x["least"]), "drawn": number(x["drawn"])}
    lines = [
        gettext("That takes about %(n)s accounts in all; %(drawn)s have been drawn.") % said,
    ]
    if x.get("least_on") and x.get("needed") is None:
        when = {"day": day(date.fromisoformat(x["least_on"]))}
        lines.append(gettext("At the pace of the last half year: about %(day)s.") % when)
    return lines


def _minimum() -> str:
    """See core.value.holdout."""
    return gettext(
        "Before anything is said, each side needs %(accounts)s accounts, %(events)s to which it "
        "happened and %(events)s to which it did not."
    ) % {"accounts": MINIMUM_ARM, "events": MINIMUM_EVENTS}


def _needed(x: Any) -> list[str]:
    if x.get("needed") is None:
        return []
    said = {
        "n": number(x["needed"]),
        "points": number(x["to_see"] * 100, 1),
        "drawn": number(x["drawn"]),
    }
    lines = [
        gettext(
            "To see a difference of %(points)s points takes about %(n)s accounts; %(drawn)s have "
            "been drawn."
        )
        % said
    ]
    if x.get("ready_on"):
        when = {"day": day(date.fromisoformat(x["ready_on"]))}
        lines.append(gettext("At the pace of the last half year: about %(day)s.") % when)
    return lines


def _left_out(x: Any) -> list[str]:
    words = {
        "open": gettext("Still within their time: %(n)s accounts."),
        "unmeasured": gettext("Not measured, so not counted: %(n)s accounts."),
        "outside": gettext("It could not happen to %(n)s accounts; they are not counted."),
        "other_version": gettext(
            "Drawn when the rule did something else, so not counted: %(n)s accounts."
        ),
        "merged": gettext(
            "Drawn, and merged into another account since, so not counted: %(n)s accounts."
        ),
    }
    return [said % {"n": number(x[key])} for key, said in words.items() if x.get(key)]


def _staged(kept: Effect) -> list[str]:
    x: Any = kept.told
    counts = {
        "told": number(x["treated"]),
        "yes": number(x["events"]),
        "others": number(x.get("others", x.get("held_out", 0))),
        "other_yes": number(x.get("other_events", x.get("held_out_events", 0))),
    }
    said = gettext(
        "It happened in %(yes)s of %(told)s cases after the stage was reached, and in "
        "%(other_yes)s of %(others)s before."
    )
    lines = [said % counts]
    if kept.verdict == "too_little":
        lines.append(_minimum())
    because = x.get("because", ())
    first = [_reason(y) for y in because if y["code"] in OF_DRIFT and kept.value is not None]
    rest = [_reason(y) for y in because if y["code"] not in OF_DRIFT]
    return [*first, *lines, *(y for y in rest if y), *_left_out(x)]


def _reason(told: Any) -> str:
    return text(in_words(told["code"], told["number"]))


def _compared(kept: Effect) -> list[str]:
    x: Any = kept.told
    if kept.verdict == "too_little":
        counts = {"acted": number(x["treated"]), "others": number(x["held_out"])}
        said = gettext("Acted on within 14 days: %(acted)s accounts; not: %(others)s.")
        if kept.play:
            said = gettext(
                "Told by an alert, and entered within 14 days: %(acted)s accounts; did not enter: "
                "%(others)s."
            )
        return [said % counts, _minimum(), *_alone(x), *_left_out(x)]
    counts = {"acted": number(x["acted"]), "others": number(x["others"])}
    said = gettext("%(acted)s accounts acted on within 14 days against %(others)s comparable ones.")
    if kept.play:
        said = gettext(
            "%(acted)s accounts that entered within 14 days of an alert against %(others)s "
            "comparable ones that did not."
        )
    return [_sensitivity(x), said % counts, *_alone(x), *_left_out(x)]


def _alone(x: Any) -> list[str]:
    """Of plays."""
    if not x.get("alone"):
        return []
    said = gettext(
        "Compared with nobody: %(n)s accounts that entered without an alert, or late; who else was "
        "meant then is not known."
    )
    return [said % {"n": number(x["alone"])}]


def _sensitivity(x: Any) -> str:
    """Never left out. Of a play to enter is to be acted on."""
    line = x["sensitivity"]
    said = gettext(
        "A hidden cause that makes being acted on and the outcome each %(times)s times as likely "
        "would explain it."
    ) % {"times": number(line["e_limit"], 1)}
    holds = {
        True: gettext("Before the alert the two groups were alike."),
        False: gettext(
            "The two groups differed even before the alert, so something else is at work."
        ),
        None: gettext("Whether the two groups were alike before is not measured."),
    }[x["control_holds"]]
    if line["e_limit"] <= 1:
        said = gettext("Chance alone would explain it.")
    return f"{said} {holds}"


def _before_after(kept: Effect) -> list[str]:
    x: Any = kept.told
    if kept.verdict == "too_little":
        return [gettext("No account that was acted on has a score on both days.")]
    said = {
        "before": number(x["before"], 1),
        "after": number(x["after"], 1),
        "n": number(x["accounts"]),
    }
    sentence = gettext(
        "Score of %(n)s accounts acted on: %(before)s when the alert opened, %(after)s four "
        "weeks later."
    )
    if kept.play:
        sentence = gettext(
            "Score of %(n)s accounts that entered: %(before)s on that day, %(after)s four weeks "
            "later."
        )
    return [
        sentence % said,
        gettext("That is no effect: alerts open at a low point, and much gets better by itself."),
    ]


def points(share: float) -> str:
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return f"{sign}{number(abs(share) * 100, 1)}"
