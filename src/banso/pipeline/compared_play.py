"""What the draft of a play changes beside what is in force, and whom it would take in now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.definitions import Definitions
from banso.core.definitions.compare import Difference, compare
from banso.core.definitions.plays import Play
from banso.desk.queries.scope import Scope
from banso.pipeline.drafts import read_play
from banso.pipeline.play_entries import Entry, candidates, entries


@dataclass(frozen=True)
class ComparedPlay:
    """definitions: those in force with the draft laid over them. entries: accounts with an open
    alert of the rules that start it, those that are kept out included."""

    play: Play
    definitions: Definitions
    changes: Sequence[Difference]
    entries: Sequence[Entry]


def compared_play(scope: Scope, in_force: Definitions, text: str, *, day: date) -> ComparedPlay:
    """text: of the draft. Raises as `read_play`."""
    draft = read_play(text)
    play = draft.definitions.plays[draft.rule]
    chosen = candidates(scope, draft.definitions, play)
    return ComparedPlay(
        play=play,
        definitions=draft.definitions,
        changes=compare(in_force, draft.definitions),
        entries=entries(scope, play, chosen, day=day),
    )
