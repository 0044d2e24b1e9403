"""Drafts of rules, and rules that are paused."""

from datetime import UTC, datetime
from typing import cast

from django.http import HttpRequest
from ninja import Router, Status
from ninja.errors import HttpError

from banso.api.rest.door import OPERATE, READ, Caller, caller
from banso.api.rest.rule_shapes import (
    ComparedRules,
    DraftItem,
    DraftText,
    DraftWhole,
    GapsAnswer,
    InForce,
    LossItem,
    NewPause,
    PauseItem,
    SwitchOn,
)
from banso.desk.models import Loss, Member, RuleDraft
from banso.desk.queries.backtests import accounts_named
from banso.desk.queries.drafts import draft_of_rule, drafts
from banso.desk.queries.foresight import foresight, losses
from banso.desk.queries.pauses import pauses
from banso.desk.services.drafts import ask_replay, drop_draft
from banso.desk.services.pauses import pause, resume
from banso.pipeline.drafts import save, switch_on

router = Router(tags=["rules"])


@router.get("drafts", auth=OPERATE, response=list[DraftItem], operation_id="list_drafts")
def list_drafts(request: HttpRequest) -> list[DraftItem]:
    """Drafts of rules, the newest first."""
    return [_item(x) for x in drafts().values()]


@router.post("drafts", auth=OPERATE, response=DraftItem, operation_id="save_draft")
def save_draft(request: HttpRequest, said: DraftText) -> DraftItem:
    """Check and save the draft of the one rule in the text; 422 names each mistake with its line.
    Its replay is put into the queue."""
    return _item(save(caller(request).scope, said.text))


@router.get("drafts/{rule}", auth=OPERATE, response=DraftWhole, operation_id="get_draft")
def get_draft(request: HttpRequest, rule: str) -> DraftWhole:
    """Its text, and what its replay has shown beside the rule in force."""
    found = draft_of_rule(rule)
    if found is None:
        raise HttpError(404, f"rule '{rule}' has no draft")
    return DraftWhole(
        **_item(found).model_dump(),
        text=found.text,
        compared=_compared(found, caller(request)),
    )


@router.post("drafts/{rule}/replay", auth=OPERATE, response={204: None},
             operation_id="replay_draft")  # fmt: skip
def replay_draft(request: HttpRequest, rule: str) -> Status[None]:
    """Ask for its replay once more; the worker does it."""
    ask_replay(scope=caller(request).scope, rule=rule)
    return Status(204, None)


@router.post("drafts/{rule}/switch-on", auth=OPERATE, response=InForce,
             operation_id="switch_on_draft")  # fmt: skip
def switch_on_draft(request: HttpRequest, rule: str, said: SwitchOn) -> InForce:
    """Put it in force, by the same checks as `banso apply`. 409 where definitions come from files
    only, or the draft or the definitions were changed meanwhile."""
    seen = caller(request)
    made = switch_on(seen.scope, rule, by=_handle(request), why=said.why)
    return InForce(fingerprint=made.fingerprint)


@router.post("drafts/{rule}/drop", auth=OPERATE, response={204: None}, operation_id="drop_draft")
def drop(request: HttpRequest, rule: str) -> Status[None]:
    """Its text is kept among the versions."""
    drop_draft(scope=caller(request).scope, rule=rule)
    return Status(204, None)


@router.get("pauses", auth=READ, response=list[PauseItem], operation_id="list_pauses")
def list_pauses(request: HttpRequest) -> list[PauseItem]:
    """Rules that are paused now."""
    return [PauseItem(**vars(x)) for x in pauses().values()]


@router.post("rules/{rule}/pause", auth=OPERATE, response=PauseItem, operation_id="pause_rule")
def pause_rule(request: HttpRequest, rule: str, said: NewPause) -> PauseItem:
    """From the next run on it tells nobody."""
    seen = caller(request)
    if seen.definitions is None or rule not in seen.definitions.rules:
        raise HttpError(404, f"no rule '{rule}'")
    pause(scope=seen.scope, rule=rule, reason=said.reason)
    return PauseItem(**vars(pauses()[rule]))


@router.post("rules/{rule}/resume", auth=OPERATE, response={204: None}, operation_id="resume_rule")
def resume_rule(request: HttpRequest, rule: str) -> Status[None]:
    """The next run tells what still holds."""
    resume(scope=caller(request).scope, rule=rule, now=datetime.now(tz=UTC))
    return Status(204, None)


@router.get("gaps", auth=OPERATE, response=GapsAnswer, operation_id="list_gaps")
def list_gaps(request: HttpRequest) -> GapsAnswer:
    """What was lost in the year before the last replay, and which rule saw it coming."""
    seen, found = caller(request), foresight()
    return GapsAnswer(
        since=found.since if found else None,
        until=found.as_of if found else None,
        outcomes=found.outcomes if found else [],
        losses=[_loss(x, seen) for x in losses(seen.scope)],
    )


def _handle(request: HttpRequest) -> str:
    return cast("Member", request.auth).handle  # type: ignore[attr-defined]


def _loss(x: Loss, seen: Caller) -> LossItem:
    return LossItem(
        account=x.account.key,
        account_name=str(x.account),
        outcome=x.outcome,
        on=x.on,
        owner=x.owner or None,
        arr=x.arr if seen.scope.revenue else None,
        foreseen=x.foreseen,
        sights=x.sights,
        was=x.was,
    )


def _item(x: RuleDraft) -> DraftItem:
    return DraftItem(
        rule=x.rule,
        member=x.member.handle if x.member else None,
        at=x.at,
        compared_at=x.compared_at,
        failed=x.failed or None,
    )


def _compared(x: RuleDraft, seen: Caller) -> ComparedRules | None:
    """Accounts that the member does not see are left out."""
    if x.compared is None:
        return None
    told = dict(x.compared)
    lists = ("only_live", "only_draft")
    keys = [y["account"] for name in lists for y in told[name]]
    known = accounts_named(seen.scope, [*keys, *told["would_open"], *told["would_close"]])
    for name in lists:
        told[name] = [y for y in told[name] if y["account"] in known]
    for name in ("would_open", "would_close"):
        told[name] = [key for key in told[name] if key in known]
    return ComparedRules.model_validate(told)
