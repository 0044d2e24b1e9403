"""Rules: truth -> episodes, with the evidence and the words for them."""

from banso.core.rules.changes import Change, changes
from banso.core.rules.episodes import NONE, Event, Outcome, State, fold, n_of_m
from banso.core.rules.evidence import evidence
from banso.core.rules.rank import Stake, rank
from banso.core.rules.sentence import sentence
from banso.core.rules.truth import rule_journey, truth

__all__ = [
    "NONE",
    "Change",
    "Event",
    "Outcome",
    "Stake",
    "State",
    "changes",
    "evidence",
    "fold",
    "n_of_m",
    "rank",
    "rule_journey",
    "sentence",
    "truth",
]
