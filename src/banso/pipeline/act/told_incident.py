"""A data incident as a message tells it: a delivery's frozen body, in one language."""

from collections.abc import Mapping
from typing import Any

from banso.desk.models import Delivery, DeliveryKind
from banso.pipeline.act.told import Said, day_words, language_of
from banso.pipeline.act.words import say

INCIDENTS = frozenset({DeliveryKind.INCIDENT_OPENED, DeliveryKind.INCIDENT_CLOSED})


def told_incident(delivery: Delivery, *, base: str) -> Said:
    """base: where members reach Banso."""
    body: Mapping[str, Any] = delivery.body
    language = language_of(delivery)
    source = body["label"][language]
    if delivery.kind == DeliveryKind.INCIDENT_CLOSED:
        title = say("incident.over", language, source=source)
        text = say("incident.since", language, day=day_words(body["until"], language))
    else:
        title = say(f"incident.{body['fault']}", language, source=source)
        text = say(
            "incident.spoils",
            language,
            day=day_words(body["since"], language),
            metrics=len(body["metrics"]),
            rules=len(body["rules"]),
        )
    return Said(title=title, text=text, address=f"{base}/data/")
