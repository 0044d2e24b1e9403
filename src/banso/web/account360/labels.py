"""What definitions are called on screen; a name nobody has labelled is shown as it is."""

from banso.core.definitions.metrics import Metric
from banso.core.definitions.model import Journey, Label, Segment


def journey_label(journey: Journey) -> Label:
    return journey.label or _plain(journey.name)


def stage_label(journey: Journey, name: str) -> Label:
    """Also of a stage that the definitions no longer have; empty: on no stage."""
    stage = next((x for x in journey.stages if x.name == name), None)
    return (stage.label if stage else None) or _plain(name)


def segment_label(segment: Segment) -> Label:
    return segment.label or _plain(segment.name)


def metric_label(metric: Metric) -> Label:
    return metric.label or _plain(metric.name)


def _plain(name: str) -> Label:
    return Label(en=name, ja=name)
