"""Drafts of plays: written, compared with the play in force, switched on or dropped."""

from typing import cast

from django.http import HttpRequest
from ninja import Router, Status
from ninja.errors import HttpError

from banso.api.rest.door import OPERATE, caller
from banso.api.rest.play_shapes import ChangeItem, PlayDraftItem, PlayDraftWhole
from banso.api.rest.plays import entry_item, step_item
from banso.api.rest.rule_shapes import DraftText, InForce, SwitchOn
from banso.core.definitions import DefinitionError
from banso.core.metrics.filters import PlanError
from banso.core.plays.in_words import steps_in_words
from banso.desk.models import DraftKind, Member, RuleDraft
from banso.desk.queries.drafts import draft_of, drafts
from banso.desk.services.drafts import drop_draft
from banso.pipeline.compared_play import compared_play
from banso.pipeline.drafts import save_play, switch_on

router = Router(tags=["plays"])


@router.get(
    "play-drafts", auth=OPERATE, response=list[PlayDraftItem], operation_id="list_play_drafts"
)
def list_play_drafts(request: HttpRequest) -> list[PlayDraftItem]:
    """Drafts of plays, the newest first."""
    return [_item(x) for x in drafts(DraftKind.PLAY).values()]


@router.post("play-drafts", auth=OPERATE, response=PlayDraftItem, operation_id="save_play_draft")
def save_play_draft(request: HttpRequest, said: DraftText) -> PlayDraftItem:
    """Check and save the draft of the one play in the text; 422 names each mistake with its
    line. Nothing is done by a draft."""
    return _item(save_play(caller(request).scope, said.text))


@router.get(
    "play-drafts/{play}", auth=OPERATE, response=PlayDraftWhole, operation_id="get_play_draft"
)
def get_play_draft(request: HttpRequest, play: str) -> PlayDraftWhole:
    """Its text, its steps in words, what it changes, and who would enter it now."""
    saved, seen = draft_of(DraftKind.PLAY, play), caller(request)
    if saved is None or seen.definitions is None:
        raise HttpError(404, f"play '{play}' has no draft")
    told = {**_item(saved).model_dump(), "text": saved.text}
    try:
        found = compared_play(seen.scope, seen.definitions, saved.text, day=seen.today)
    except (DefinitionError, PlanError) as error:
        return PlayDraftWhole(**told, failed=str(error), steps=[], changes=[], entries=[])
    return PlayDraftWhole(
        **told,
        failed=None,
        steps=[step_item(x) for x in steps_in_words(found.definitions, found.play)],
        changes=[ChangeItem.model_validate(x, from_attributes=True) for x in found.changes],
        entries=[entry_item(x) for x in found.entries],
    )


@router.post(
    "play-drafts/{play}/switch-on",
    auth=OPERATE,
    response=InForce,
    operation_id="switch_on_play_draft",
)
def switch_on_play_draft(request: HttpRequest, play: str, said: SwitchOn) -> InForce:
    """Put it in force, by the same checks as `banso apply`; runs that go on keep their version.
    409 where definitions come from files only, or the draft or the definitions were changed
    meanwhile."""
    by = cast("Member", request.auth).handle  # type: ignore[attr-defined]
    made = switch_on(caller(request).scope, play, by=by, why=said.why, kind=DraftKind.PLAY)
    return InForce(fingerprint=made.fingerprint)


@router.post(
    "play-drafts/{play}/drop",
    auth=OPERATE,
    response={204: None},
    operation_id="drop_play_draft",
)
def drop_play_draft(request: HttpRequest, play: str) -> Status[None]:
    """Its text is kept among the versions."""
    drop_draft(scope=caller(request).scope, rule=play, kind=DraftKind.PLAY)
    return Status(204, None)


def _item(x: RuleDraft) -> PlayDraftItem:
    return PlayDraftItem(play=x.rule, member=x.member.handle if x.member else None, at=x.at)
