"""The page of a play's draft: its text, what is wrong with it, what it changes, who would enter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from banso.core.definitions import DefinitionError, Definitions
from banso.core.definitions.compare import Difference
from banso.core.definitions.model import Label
from banso.core.definitions.rule_draft import text_of
from banso.core.metrics.filters import PlanError
from banso.core.plays.in_words import StepWords, steps_in_words
from banso.desk.models import DraftKind, RuleDraft
from banso.desk.queries.definitions import files_in_force
from banso.desk.queries.drafts import draft_of, ended_drafts
from banso.desk.queries.scope import Scope
from banso.pipeline.compared_play import ComparedPlay, compared_play
from banso.web.definitions.draft import VERSIONS, MistakeRow, Version, mistake_row, version_row
from banso.web.definitions.places import play_label
from banso.web.house import Look, zone_of

NAMED = 8

TEMPLATE = """\
plays:
  - name:
    label: {en: , ja: }
    description: {en: , ja: }
    conflict_days: 14
    again_days: 60
    steps:
      - kind: task
        label: {en: , ja: }
        due_in: 3
"""


@dataclass(frozen=True)
class PlayDraftPage:
    """play: name, empty for one that has none yet. wrong: of the text as it was sent, or of a saved
    draft that no longer goes with what is in force. steps: of the draft, in words. changes: beside
    what is in force. enters, kept_out: accounts with an open alert of its rules, now.
    first: names and addresses of the first that would enter."""

    play: str
    label: Label | None
    in_force: bool
    text: str
    lines: int
    saved: RuleDraft | None
    saved_at: datetime | None
    wrong: Sequence[MistakeRow]
    steps: Sequence[StepWords]
    changes: Sequence[Difference]
    enters: int
    first: Sequence[tuple[str, str]]
    kept_out: int
    versions: Sequence[Version]
    edits: bool
    checked: bool


def play_draft_page(
    scope: Scope,
    look: Look,
    definitions: Definitions,
    name: str,
    *,
    sent: str | None = None,
    begun: str | None = None,
) -> PlayDraftPage:
    """name: of a draft or in force, empty for a new one. sent: a text that could not be saved.
    begun: one that is being written, and is not checked yet."""
    saved = draft_of(DraftKind.PLAY, name) if name else None
    zone = zone_of(definitions)
    text = begun if begun is not None else _text(name, saved, sent)
    checks = begun is None and (saved is not None or sent is not None)
    wrong, found = _checked(scope, look, definitions, text) if checks else ((), None)
    titled = found.play if found else definitions.plays.get(name)
    entering = [x.candidate for x in found.entries if x.out is None] if found else []
    return PlayDraftPage(
        play=name,
        label=play_label(titled) if titled else None,
        in_force=name in definitions.plays,
        text=text,
        lines=min(max(len(text.splitlines()) + 2, 12), 40),
        saved=saved,
        saved_at=saved.at.astimezone(zone) if saved else None,
        wrong=wrong,
        steps=steps_in_words(found.definitions, found.play) if found else (),
        changes=found.changes if found else (),
        checked=checks,
        enters=len(entering),
        first=[(x.name, reverse("account", args=[x.account])) for x in entering[:NAMED]],
        kept_out=len(found.entries) - len(entering) if found else 0,
        versions=[
            version_row(x, zone)
            for x in (ended_drafts(name, most=VERSIONS, kind=DraftKind.PLAY) if name else ())
        ],
        edits=definitions.organisation.edit_on_screen,
    )


def _text(name: str, saved: RuleDraft | None, sent: str | None) -> str:
    if sent is not None:
        return sent
    if saved is not None:
        return saved.text
    return (text_of(files_in_force(), name, "play") or "") if name else TEMPLATE


def _checked(
    scope: Scope, look: Look, definitions: Definitions, text: str
) -> tuple[Sequence[MistakeRow], ComparedPlay | None]:
    try:
        return (), compared_play(scope, definitions, text, day=look.today)
    except DefinitionError as error:
        errors = [x for x in error.mistakes if x.level == "error"]
        return [mistake_row(x, text.splitlines()) for x in errors], None
    except PlanError as error:
        return [MistakeRow(0, 0, str(error), "")], None
