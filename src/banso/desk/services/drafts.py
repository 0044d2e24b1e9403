"""Drafts of rules and of plays: saved as versions, those of rules replayed in the background,
switched on or dropped."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from procrastinate import exceptions
from procrastinate.contrib.django import app as queue

from banso.desk.models import DefinitionSet, DraftEnd, DraftKind, RuleDraft
from banso.desk.queries.scope import Scope
from banso.desk.services.alerts import MayNotActError
from banso.desk.services.definitions import apply_definitions

JOB = "draft"
"""The job that replays a draft; see pipeline.jobs."""


class NoDraftError(LookupError):
    """The rule has no draft, or somebody has switched it on or dropped it meanwhile."""


class OtherSetError(Exception):
    """Other definitions were put in force meanwhile."""


@transaction.atomic
def save_draft(
    *, scope: Scope, rule: str, text: str, kind: DraftKind = DraftKind.RULE
) -> RuleDraft:
    """Save a checked draft as a new version, in the place of the one before, and ask for the replay
    of a rule. The very same text again changes nothing."""
    _refuse(scope)
    before = _held(rule, kind)
    if before is not None and before.text == text:
        return before
    if before is not None:
        _end(before, DraftEnd.REPLACED, scope)
    made = RuleDraft.objects.create(kind=kind, rule=rule, text=text, member_id=scope.member)
    if kind is DraftKind.RULE:
        ask_replay(scope=scope, rule=rule)
    return made


@transaction.atomic
def ask_replay(*, scope: Scope, rule: str) -> None:
    """Put the replay of a rule's draft into the queue, once. NoDraftError."""
    _refuse(scope)
    found = _there(rule)
    found.asked_at, found.failed = Now(), ""
    found.save(update_fields=("asked_at", "failed"))
    job = queue.configure_task(JOB, lock=JOB, queueing_lock=f"{JOB}:{rule}")
    try:
        with transaction.atomic():
            job.defer(rule=rule)
    except exceptions.AlreadyEnqueued:
        return


@transaction.atomic
def keep_comparison(*, draft: int, fingerprint: str, compared: Mapping[str, Any]) -> None:
    """What the replay of a version showed, and beside which definitions in force."""
    RuleDraft.objects.filter(pk=draft).update(
        compared=compared, fingerprint=fingerprint, compared_at=Now(), failed=""
    )


def keep_failure(*, draft: int, why: str) -> None:
    """Why a version can't be replayed."""
    RuleDraft.objects.filter(pk=draft).update(compared=None, compared_at=Now(), failed=why)


@transaction.atomic
def switch_on(
    *,
    scope: Scope,
    draft: RuleDraft,
    number: int,
    files: Mapping[str, str],
    prints: tuple[str, str],
    by: str,
    why: str,
) -> DefinitionSet:
    """Put the set in force that a draft was written into.

    number: of the set that it was written into, OtherSetError where that is no longer in force.
    prints: fingerprint and metadata fingerprint of the new one. NoDraftError where the version is
    no longer the draft.
    """
    _refuse(scope)
    held = _there(draft.rule, DraftKind(draft.kind))
    if held.pk != draft.pk:
        raise NoDraftError(
            f"the draft of {draft.kind} '{draft.rule}' was changed meanwhile; look again"
        )
    newest = DefinitionSet.objects.select_for_update().first()
    if newest is None or newest.pk != number:
        raise OtherSetError("other definitions were put in force meanwhile; compare again")
    fingerprint, metadata = prints
    apply_definitions(
        files=files,
        fingerprint=fingerprint,
        metadata_fingerprint=metadata,
        applied_by=by,
        why=why,
        on_screen=True,
    )
    made = DefinitionSet.objects.all()[0]
    held.applied = made
    _end(held, DraftEnd.SWITCHED_ON, scope)
    return made


@transaction.atomic
def drop_draft(*, scope: Scope, rule: str, kind: DraftKind = DraftKind.RULE) -> RuleDraft:
    """The draft is no more; its text is kept among the versions."""
    _refuse(scope)
    found = _there(rule, kind)
    _end(found, DraftEnd.DROPPED, scope)
    return found


def _held(rule: str, kind: DraftKind) -> RuleDraft | None:
    return RuleDraft.objects.select_for_update().filter(kind=kind, rule=rule, ended="").first()


def _there(rule: str, kind: DraftKind = DraftKind.RULE) -> RuleDraft:
    found = _held(rule, kind)
    if found is None:
        raise NoDraftError(f"{kind} '{rule}' has no draft")
    return found


def _end(draft: RuleDraft, how: DraftEnd, scope: Scope) -> None:
    draft.ended, draft.ended_at, draft.ended_by_id = how, Now(), scope.member
    draft.save(update_fields=("ended", "ended_at", "ended_by", "applied"))


def _refuse(scope: Scope) -> None:
    if not scope.operates:
        raise MayNotActError("only CS Ops and administrators work on rules and plays")
