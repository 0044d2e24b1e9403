"""Journeys: stage and health of every account and day, their reasons, and why a score changed."""

from banso.core.health.assess import assess
from banso.core.health.assessment import Assessment, ConditionResult
from banso.core.health.colour import COLOURS, OFF_JOURNEY, Colour
from banso.core.health.evidence import Evidence
from banso.core.health.explain import explain
from banso.core.health.history import JourneyHistory
from banso.core.health.ledger import Ledger, Part, ledger
from banso.core.health.ledgers import Move, ledgers

__all__ = [
    "COLOURS",
    "OFF_JOURNEY",
    "Assessment",
    "Colour",
    "ConditionResult",
    "Evidence",
    "JourneyHistory",
    "Ledger",
    "Move",
    "Part",
    "assess",
    "explain",
    "ledger",
    "ledgers",
]
