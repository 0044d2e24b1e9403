"""Where a number is used: other metrics, segments, stages, conditions, rules."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from banso.core.definitions.model import Label
from banso.core.definitions.uses import Kind, Use, Uses
from banso.core.health.describe import describe_field
from banso.core.recent import Recent
from banso.web.account360.labels import journey_label, stage_label
from banso.web.account360.visit import Visit
from banso.web.why.made_of import address


@dataclass(frozen=True)
class Used:
    """where: in words. address: '' where there is no page of it."""

    kind: str
    where: Label
    address: str


_uses: Recent[tuple[str, str], Uses] = Recent(2)


def used(visit: Visit, name: str) -> Iterator[Used]:
    """Of a number made on a journey: where the journey is used."""
    definitions = visit.definitions
    version = definitions.fingerprint, definitions.metadata_fingerprint
    uses = _uses.get(version, lambda: Uses(definitions))
    whole = ".".join(name.split(".")[:2]) if name.startswith("journey.") else name
    return (_SAY[use.kind](visit, use) for use in uses.of(whole))


def _metric(visit: Visit, use: Use) -> Used:
    label = describe_field(visit.definitions, use.name).label
    return Used(gettext("Metric"), label, address(visit, use.name, visit.as_of))


def _segment(visit: Visit, use: Use) -> Used:
    name = f"segment.{use.name}"
    label = describe_field(visit.definitions, name).label
    return Used(gettext("Segment"), label, address(visit, name, visit.as_of))


def _rule(visit: Visit, use: Use) -> Used:
    rule = visit.definitions.rules[use.name]
    label = rule.label or Label(en=rule.name, ja=rule.name)
    return Used(gettext("Rule"), label, _page("definition_rule", use.name))


def _outcome(visit: Visit, use: Use) -> Used:
    outcome = visit.definitions.outcomes[use.name]
    label = outcome.label or Label(en=outcome.name, ja=outcome.name)
    return Used(gettext("Outcome"), label, "")


def _play(visit: Visit, use: Use) -> Used:
    play = visit.definitions.plays[use.name]
    label = play.label or Label(en=play.name, ja=play.name)
    return Used(gettext("Play"), label, _page("definition_play", use.name))


def _journey(visit: Visit, use: Use) -> Used:
    label = journey_label(visit.definitions.journeys[use.name])
    return Used(gettext("Who is on the journey"), label, _page("definition_journey", use.name))


def _stage(visit: Visit, use: Use) -> Used:
    return Used(
        gettext("Entering a stage"),
        _stage_label(visit, use),
        _page("definition_journey", use.name),
    )


def _condition(visit: Visit, use: Use) -> Used:
    stages = {x.name: x for x in visit.definitions.journeys[use.name].stages}
    own = next(x for x in stages[use.stage].health if x.key == use.condition)
    stage, label = _stage_label(visit, use), own.label or Label(en=own.key, ja=own.key)
    where = Label(en=f"{stage.en}: {label.en}", ja=f"{stage.ja} {label.ja}")
    return Used(gettext("Health condition"), where, _page("definition_journey", use.name))


def _stage_label(visit: Visit, use: Use) -> Label:
    journey = visit.definitions.journeys[use.name]
    name, stage = journey_label(journey), stage_label(journey, use.stage)
    return Label(en=f"{name.en}: {stage.en}", ja=f"{name.ja}「{stage.ja}」")


_SAY: Mapping[Kind, Callable[[Visit, Use], Used]] = {
    "metric": _metric,
    "segment": _segment,
    "rule": _rule,
    "journey": _journey,
    "stage": _stage,
    "condition": _condition,
    "outcome": _outcome,
    "play": _play,
}


def _page(route: str, name: str) -> str:
    try:
        return reverse(route, args=[name])
    except NoReverseMatch:
        return ""
