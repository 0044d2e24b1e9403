"""What plays ask of the day: their conditions, judged by the run over the panel, as rules are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from banso.core.definitions import Definitions
from banso.core.definitions.plays import Play, conditions
from banso.core.expressions import ExpressionError, fields
from banso.core.health.truths import Truths, window
from banso.core.metrics import Panel, wanted_attributes
from banso.core.plays.machine import Facts
from banso.desk.queries.plays import versions_going, waiting_alerts
from banso.desk.services.episodes import Opening
from banso.pipeline.gather import Inputs

ATTRIBUTE = "attribute."


@dataclass(frozen=True)
class Questions:
    """texts: conditions that can be judged under the definitions in force. accounts: keys of those
    that are asked about. rules: whose openings ask about their accounts too."""

    texts: tuple[str, ...] = ()
    accounts: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()

    def about(self, openings: Sequence[Opening]) -> "Questions":
        """The same of the accounts for which one of the rules has just opened."""
        return replace(
            self, accounts=frozenset(x.account for x in openings if x.rule in self.rules)
        )

    def within(self, keys: Iterable[str]) -> "Questions":
        return replace(self, accounts=self.accounts & frozenset(keys))


NO_QUESTIONS = Questions()


def questions(definitions: Definitions) -> Questions:
    """Of the plays in force, and of the versions that runs have kept."""
    rules = frozenset(x.name for x in definitions.rules.values() if x.play)
    going = versions_going()
    waiting = waiting_alerts(sorted(rules))
    texts = [text for x in definitions.plays.values() for text in conditions(x)]
    for _, version in going:
        try:
            texts += conditions(Play.model_validate(version))
        except ValidationError:  # its run is parked for it when it is stepped
            continue
    known = frozenset(wanted_attributes(definitions))
    return Questions(
        texts=tuple(x for x in dict.fromkeys(texts) if can_be_judged(definitions, x, known)),
        accounts=frozenset([*(key for key, _ in going), *(key for _, key in waiting)]),
        rules=rules,
    )


def can_be_judged(definitions: Definitions, text: str, attributes: frozenset[str]) -> bool:
    """Whether all that it names is still there. attributes: those that runs read."""
    try:
        names = fields(definitions.condition(text).root)
    except ExpressionError:
        return False
    return all(x.removeprefix(ATTRIBUTE) in attributes for x in names if x.startswith(ATTRIBUTE))


def answers(inputs: Inputs, panel: Panel, asked: Questions) -> dict[str, Facts]:
    """By account key, as of the panel's last day."""
    keys = [inputs.key(int(x)) for x in panel.accounts] if asked.accounts else []
    rows = [row for row, key in enumerate(keys) if key in asked.accounts]
    if not rows:
        return {}
    last = panel.shape[1] - 1
    look_up = window(panel, rows=slice(None), days=slice(last, last + 1))
    truths = Truths(inputs.definitions, lookup=look_up, shape=(len(keys), 1))
    columns = {text: truths.of(text) for text in asked.texts}
    return {
        keys[row]: Facts(
            customer=bool(panel.customer[row, last]),
            truths={
                text: bool(x.values[row, 0]) if x.measured[row, 0] else None
                for text, x in columns.items()
            },
        )
        for row in rows
    }
