"""Drafts of rules between people, files and history: saved, compared, written into the set in
force."""

from collections.abc import Mapping
from datetime import date

from banso.core.definitions import DefinitionError, Definitions, loads
from banso.core.definitions.rule_draft import (
    DRAFT,
    Kind,
    RuleDraft,
    rule_draft,
    text_of,
    written_into,
)
from banso.core.metrics.filters import PlanError
from banso.desk.models import DefinitionSet, DraftKind
from banso.desk.models import RuleDraft as Saved
from banso.desk.queries.definitions import files_in_force
from banso.desk.queries.drafts import draft_of, draft_of_rule
from banso.desk.queries.play_names import unmet
from banso.desk.queries.scope import Scope
from banso.desk.services import drafts
from banso.desk.services.drafts import NoDraftError
from banso.pipeline.backtest import NoAccountsError, Progress
from banso.pipeline.compared import Comparison, compared
from banso.pipeline.gather import check_measurable
from banso.store import Store


class FilesOnlyError(Exception):
    """Here definitions come from files, so nothing is switched on but by `banso apply`."""


def read_draft(text: str) -> RuleDraft:
    """A draft over the set in force. Raises DefinitionError with all its mistakes, and PlanError
    where what it says can't be measured."""
    return _read(text, "rule")


def save(scope: Scope, text: str) -> Saved:
    """Check and save. Raises as `read_draft`."""
    return drafts.save_draft(scope=scope, rule=read_draft(text).rule, text=text)


def text_for(rule: str) -> str | None:
    """What one begins with: the draft, else the rule in force. None where there is neither."""
    saved = draft_of_rule(rule)
    return saved.text if saved is not None else text_of(files_in_force(), rule)


def replay_draft(
    store: Store,
    in_force: Definitions,
    rule: str,
    *,
    as_of: date,
    progress: Progress = lambda done, all_: None,
) -> Comparison:
    """Compare the draft of a rule with the rule in force, and keep what that showed; also why it
    could not be. NoDraftError where there is none."""
    saved = draft_of_rule(rule)
    if saved is None:
        raise NoDraftError(f"rule '{rule}' has no draft")
    try:
        found = compared(store, in_force, read_draft(saved.text), as_of=as_of, progress=progress)
    except (DefinitionError, NoAccountsError, PlanError) as error:
        drafts.keep_failure(draft=saved.pk, why=str(error))
        raise
    drafts.keep_comparison(
        draft=saved.pk, fingerprint=in_force.fingerprint, compared=found.as_json()
    )
    return found


def save_play(scope: Scope, text: str) -> Saved:
    """Check and save the draft of a play. Raises as `read_play`."""
    name = read_play(text).rule
    return drafts.save_draft(scope=scope, rule=name, text=text, kind=DraftKind.PLAY)


def read_play(text: str) -> RuleDraft:
    """As `read_draft`, of a play."""
    return _read(text, "play")


def _read(text: str, kind: Kind) -> RuleDraft:
    draft = rule_draft(files_in_force(), text, kind)
    check_measurable(draft.definitions)
    _refuse_unmet(text)
    return draft


def _refuse_unmet(text: str) -> None:
    """What else is in force may name a channel or member that is gone: that is not the draft's."""
    errors = [x for x in unmet({DRAFT: text}) if x.level == "error"]
    if errors:
        raise DefinitionError(errors)


def switch_on(
    scope: Scope, rule: str, *, by: str, why: str, kind: DraftKind = DraftKind.RULE
) -> DefinitionSet:
    """Write the draft of a rule (play) into the files in force and apply them: the same checks and
    the same history of versions as `banso apply`.

    by: who, as it is kept. NoDraftError, FilesOnlyError, DefinitionError, UnplaceableError.
    """
    saved = draft_of(kind, rule)
    if saved is None:
        raise NoDraftError(f"{kind} '{rule}' has no draft")
    number, files = _in_force()
    made = written_into(files, saved.text, "play" if kind is DraftKind.PLAY else "rule")
    new = loads(made)
    if not new.organisation.edit_on_screen:
        raise FilesOnlyError(
            "Here definitions come from files only (organisation.edit_on_screen: false). Put the "
            "draft's YAML into the files and use `banso apply`."
        )
    check_measurable(new)
    _refuse_unmet(saved.text)
    return drafts.switch_on(
        scope=scope,
        draft=saved,
        number=number,
        files=made,
        prints=(new.fingerprint, new.metadata_fingerprint),
        by=by,
        why=why,
    )


def _in_force() -> tuple[int, Mapping[str, str]]:
    newest = DefinitionSet.objects.first()
    return (newest.pk, newest.files) if newest else (0, {})
