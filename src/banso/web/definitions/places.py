"""Definitions and the places where they are used, in words and as addresses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.urls import reverse
from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.excerpt import Excerpt, source_of
from banso.core.definitions.model import Condition, Label, Rule
from banso.core.definitions.plays import Play
from banso.core.definitions.uses import Use
from banso.core.unmeasured import Reason
from banso.desk.queries.definitions import files_in_force
from banso.pipeline.one_account import Told
from banso.web.account360.labels import journey_label, metric_label, segment_label, stage_label
from banso.web.tags import language
from banso.web.why.values import shown

ROUTES = {
    "metric": "definition_metric",
    "journey": "definition_journey",
    "rule": "definition_rule",
    "segment": "definition_segment",
    "play": "definition_play",
}


@dataclass(frozen=True)
class Place:
    """kind: what it is, in words."""

    kind: str
    label: Label
    address: str


def rule_label(rule: Rule) -> Label:
    return rule.label or Label(en=rule.name, ja=rule.name)


def play_label(play: Play) -> Label:
    return play.label or Label(en=play.name, ja=play.name)


def outcome_label(definitions: Definitions, name: str) -> Label:
    """Also of an outcome that the definitions do not have (any more)."""
    outcome = definitions.outcomes.get(name)
    return (outcome.label if outcome else None) or Label(en=name, ja=name)


def condition_label(condition: Condition) -> Label:
    return condition.label or Label(en=condition.key, ja=condition.key)


def place(definitions: Definitions, use: Use) -> Place:
    """A place that uses a definition. What stands in a journey leads to the journey's page."""
    if use.kind in ("metric", "segment", "rule"):
        return defined(definitions, use.kind, use.name)
    if use.kind == "outcome":  # without a page of its own
        own = definitions.outcomes[use.name]
        label = own.label or Label(en=own.name, ja=own.name)
        return Place(gettext("Outcome"), label, reverse("definitions"))
    if use.kind == "play":
        return defined(definitions, "play", use.name)
    journey = definitions.journeys[use.name]
    label, address = journey_label(journey), reverse(ROUTES["journey"], args=[use.name])
    if use.kind == "journey":
        return Place(gettext("Who is on the journey"), label, address)
    label = _joined(label, stage_label(journey, use.stage))
    address = f"{address}#{use.stage}"
    if use.kind == "stage":
        return Place(gettext("Entering a stage"), label, address)
    stage = next(x for x in journey.stages if x.name == use.stage)
    condition = next(x for x in stage.health if x.key == use.condition)
    return Place(gettext("Health condition"), _joined(label, condition_label(condition)), address)


def defined(definitions: Definitions, kind: str, name: str) -> Place:
    """A metric, segment, journey, play or rule itself."""
    address = reverse(ROUTES[kind], args=[name])
    if kind == "metric":
        return Place(gettext("Metric"), metric_label(definitions.metrics[name]), address)
    if kind == "segment":
        return Place(gettext("Segment"), segment_label(definitions.segments[name]), address)
    if kind == "journey":
        return Place(gettext("Journey"), journey_label(definitions.journeys[name]), address)
    if kind == "play":
        return Place(gettext("Play"), play_label(definitions.plays[name]), address)
    return Place(gettext("Rule"), rule_label(definitions.rules[name]), address)


def named(definitions: Definitions, names: Iterable[str]) -> list[Place]:
    """The definitions behind names as expressions write them; attributes and contracts have no
    page."""
    found: dict[str, Place] = {}
    for name in names:
        family, _, rest = name.partition(".")
        if name in definitions.metrics:
            found[name] = defined(definitions, "metric", name)
        elif family == "segment":
            found[name] = defined(definitions, "segment", rest)
        elif family == "journey":
            journey = rest.partition(".")[0]
            found[f"journey.{journey}"] = defined(definitions, "journey", journey)
    return list(found.values())


def value_words(definitions: Definitions, metric: str, value: float) -> str:
    """A metric's number with its unit, as on the account's own pages."""
    told = shown(definitions, metric, Told(value, Reason.MEASURED))
    space = "" if language() == "ja" else " "
    return f"{told.text}{space}{told.unit}" if told.unit else told.text


def written(kind: str, name: str) -> Excerpt | None:
    """Where the set in force says it. One query."""
    return source_of(files_in_force(), kind, name)


def near(known: Iterable[str], name: str) -> Sequence[str]:
    """Names that may have been meant."""
    folded = {x.casefold(): x for x in known}
    close = get_close_matches(name.casefold(), list(folded), n=5, cutoff=0.5)
    part = [x for x in folded if len(name) > 1 and name.casefold() in x]
    return [folded[x] for x in dict.fromkeys([*close, *part])][:5]


def _joined(first: Label, second: Label) -> Label:
    return Label(en=f"{first.en}: {second.en}", ja=f"{first.ja}: {second.ja}")
