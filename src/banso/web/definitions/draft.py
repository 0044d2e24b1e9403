"""The page of a rule's draft: its text, what is wrong with it, how it does beside the rule in
force, and what became of earlier versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from banso.core.definitions import DefinitionError, Definitions, Mistake
from banso.core.definitions.model import Label
from banso.core.definitions.rule_draft import DRAFT, text_of
from banso.core.health.colour import COLOURS
from banso.core.metrics.filters import PlanError
from banso.desk.models import DraftEnd, RuleDraft
from banso.desk.queries.definitions import files_in_force
from banso.desk.queries.drafts import draft_of_rule, ended_drafts
from banso.desk.queries.scope import Scope
from banso.pipeline.drafts import read_draft
from banso.web.definitions.compared import Compared, compared_page
from banso.web.definitions.places import rule_label
from banso.web.house import Look, zone_of

VERSIONS = 20

TEMPLATE = """\
rules:
  - name: {name}
    label: {{en: , ja: }}
    when: {when}
    for: 2 of 3 days
    clear_days: 3
    cooldown_days: 30
    priority: medium
    action:
      en:
      ja:
"""


@dataclass(frozen=True)
class MistakeRow:
    """line: 0 where it is about the set in force as a whole. text: of that line."""

    line: int
    column: int
    words: str
    text: str


@dataclass(frozen=True)
class Version:
    """at, ended_at: in the organisation's zone. word: what became of it."""

    saved: RuleDraft
    at: datetime
    word: str
    by: str
    ended_at: datetime | None


@dataclass(frozen=True)
class DraftPage:
    """rule: name, empty for one that has none yet. in_force: whether such a rule is. saved: None
    before the first save. wrong: of the text as it was sent, or of a saved draft that no longer
    goes with what is in force. asking: the replay is still to come. outdated: the comparison was
    made beside other definitions. edits: whether it may be switched on here."""

    rule: str
    label: Label | None
    in_force: bool
    text: str
    lines: int
    saved: RuleDraft | None
    saved_at: datetime | None
    wrong: Sequence[MistakeRow]
    asking: bool
    outdated: bool
    compared: Compared | None
    versions: Sequence[Version]
    edits: bool


def draft_page(
    scope: Scope,
    look: Look,
    definitions: Definitions,
    rule: str,
    *,
    sent: str | None = None,
    begun: str | None = None,
) -> DraftPage:
    """rule: its name, of a draft or in force. sent: the text that could not be saved. begun: one
    that is being written, and is not checked yet."""
    saved = draft_of_rule(rule)
    zone = zone_of(definitions)
    written = begun if begun is not None else sent
    text = written if written is not None else saved.text if saved else _in_force(rule)
    checks = begun is None and (sent is not None or saved is not None)
    wrong, with_draft = _checked(text) if checks else ((), definitions)
    known = (with_draft or definitions).rules.get(rule)
    comparison = saved.compared if saved else None
    return DraftPage(
        rule=rule,
        label=rule_label(known) if known else None,
        in_force=rule in definitions.rules,
        text=text,
        lines=min(max(len(text.splitlines()) + 2, 12), 40),
        saved=saved,
        saved_at=saved.at.astimezone(zone) if saved else None,
        wrong=wrong,
        asking=saved is not None and _asking(saved),
        outdated=saved is not None and saved.fingerprint != definitions.fingerprint,
        compared=compared_page(scope, with_draft or definitions, comparison)
        if comparison
        else None,
        versions=[version_row(x, zone) for x in ended_drafts(rule, most=VERSIONS)],
        edits=definitions.organisation.edit_on_screen,
    )


def _in_force(rule: str) -> str:
    return text_of(files_in_force(), rule) or ""


def new_draft(
    definitions: Definitions,
    *,
    asked: Mapping[str, str],
    sent: str | None = None,
    begun: str | None = None,
) -> DraftPage:
    """Of a rule that has no name yet. asked: where it should speak (`journey`, `stage`, `colour`).
    sent, begun: as of `draft_page`."""
    written = begun if begun is not None else sent
    text = written if written is not None else _begun(definitions, asked)
    return DraftPage(
        rule="",
        label=None,
        in_force=False,
        text=text,
        lines=min(max(len(text.splitlines()) + 2, 12), 40),
        saved=None,
        saved_at=None,
        wrong=_checked(text)[0] if sent is not None else (),
        asking=False,
        outdated=False,
        compared=None,
        versions=(),
        edits=definitions.organisation.edit_on_screen,
    )


def _begun(definitions: Definitions, asked: Mapping[str, str]) -> str:
    """Only names that are defined go into the text."""
    journey = definitions.journeys.get(asked.get("journey", ""))
    stages = [x.name for x in journey.stages] if journey else []
    stage, colour = asked.get("stage", ""), asked.get("colour", "")
    if journey is None or stage not in stages or colour not in COLOURS:
        return TEMPLATE.format(name="", when="")
    at = f"journey.{journey.name}"
    health = f"{at}.colour is unmeasured"
    if colour != "unmeasured":
        health = f"{at}.colour = '{colour}'"
    name = f"{journey.name}_{stage}_{colour}"[:63]
    return TEMPLATE.format(name=name, when=f"{at}.stage = '{stage}' and {health}")


def _checked(text: str) -> tuple[Sequence[MistakeRow], Definitions | None]:
    try:
        return (), read_draft(text).definitions
    except DefinitionError as error:
        errors = [x for x in error.mistakes if x.level == "error"]
        return [mistake_row(x, text.splitlines()) for x in errors], None
    except PlanError as error:
        return [MistakeRow(0, 0, str(error), "")], None


def mistake_row(x: Mistake, lines: Sequence[str]) -> MistakeRow:
    words = x.message.translated(gettext)
    if x.suggestion:
        said = gettext("Did you mean “%(name)s”?") % {"name": x.suggestion}
        words = f"{words} – {said}"
    if x.file != DRAFT:
        return MistakeRow(0, 0, f"{x.file}:{x.line}: {words}", "")
    line = lines[x.line - 1] if 0 < x.line <= len(lines) else ""
    return MistakeRow(x.line, x.column, words, line)


def _asking(saved: RuleDraft) -> bool:
    if saved.asked_at is None:
        return False
    return saved.compared_at is None or saved.compared_at < saved.asked_at


def version_row(x: RuleDraft, zone: ZoneInfo) -> Version:
    words = {
        DraftEnd.REPLACED: gettext("Replaced by a newer version"),
        DraftEnd.SWITCHED_ON: gettext("Switched on"),
        DraftEnd.DROPPED: gettext("Dropped"),
    }
    return Version(
        saved=x,
        at=x.at.astimezone(zone),
        word=words[DraftEnd(x.ended)],
        by=str(x.ended_by) if x.ended_by else "",
        ended_at=x.ended_at.astimezone(zone) if x.ended_at else None,
    )
