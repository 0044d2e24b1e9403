"""What the fields of a rule's or play's form are called. One that has no name here yet is called as
in YAML; what it means stands in the models."""

from django.utils.translation import gettext, gettext_noop
from pydantic import BaseModel

from banso.core.definitions import plays
from banso.core.definitions.assign import Assign
from banso.core.definitions.ja import FIELDS
from banso.core.definitions.model import Label, Rule
from banso.web.tags import language

KINDS = {
    "task": gettext_noop("Task"),
    "message": gettext_noop("Message to a member"),
    "mail": gettext_noop("Mail to the customer"),
    "set_field": gettext_noop("Set an attribute"),
    "wait": gettext_noop("Wait"),
    "wait_until": gettext_noop("Wait until"),
    "branch": gettext_noop("Branch"),
    "assign": gettext_noop("Assign"),
    "webhook": gettext_noop("Webhook"),
    "start_play": gettext_noop("Start another play"),
}
TITLES = {
    "when": gettext_noop("When"),
    "for": gettext_noop("Opens when it held, and holds today"),
    "held": gettext_noop("on so many days"),
    "of": gettext_noop("of the last days"),
    "clear_days": gettext_noop("Closes after days without it"),
    "cooldown_days": gettext_noop("Then stays shut for days"),
    "priority": gettext_noop("Priority"),
    "any_time": gettext_noop("Can't wait for business days"),
    "assign": gettext_noop("Whose its alerts are"),
    "member": gettext_noop("One member"),
    "in_turn": gettext_noop("Members who take turns"),
    "team": gettext_noop("Team that takes turns"),
    "duty_of_care": gettext_noop("Duty of care"),
    "action": gettext_noop("Do this"),
    "name": gettext_noop("Name"),
    "label": gettext_noop("Title"),
    "description": gettext_noop("Description"),
    "en": gettext_noop("English"),
    "ja": gettext_noop("Japanese"),
    "steps": gettext_noop("Steps"),
    "exit": gettext_noop("Ends when"),
    "conflict_days": gettext_noop("Days apart from other plays"),
    "once": gettext_noop("Only once for each account"),
    "again_days": gettext_noop("Days until it may start again"),
    "outcome": gettext_noop("Outcome"),
    "expect": gettext_noop("What should come about"),
    "holdout": gettext_noop("Control group"),
    "rollout": gettext_noop("Roll-out"),
    "segment": gettext_noop("Segment"),
    "from": gettext_noop("From"),
    "instructions": gettext_noop("How"),
    "link": gettext_noop("Link"),
    "due_in": gettext_noop("Due in (business days)"),
    "checklist": gettext_noop("Checklist"),
    "text": gettext_noop("Text"),
    "channel": gettext_noop("Channel"),
    "template": gettext_noop("Template"),
    "role": gettext_noop("Role"),
    "most": gettext_noop("To how many at most"),
    "language": gettext_noop("Language"),
    "approval": gettext_noop("A member approves it first"),
    "without_contact": gettext_noop("Where nobody can be written to"),
    "attribute": gettext_noop("Attribute"),
    "value": gettext_noop("Value"),
    "days": gettext_noop("Days to wait"),
    "condition": gettext_noop("Condition"),
    "within_days": gettext_noop("Within days"),
    "on_timeout": gettext_noop("Where it did not come about"),
    "then": gettext_noop("If so"),
    "else": gettext_noop("If not"),
    "unmeasured": gettext_noop("Where it is unmeasured"),
    "to": gettext_noop("To"),
    "play": gettext_noop("Play"),
}
CHOICES = {
    "en": gettext_noop("English"),
    "ja": gettext_noop("Japanese"),
    "park": gettext_noop("Park the run"),
    "skip": gettext_noop("Skip the step"),
    "end": gettext_noop("End the run"),
    "continue": gettext_noop("Go on"),
    "wait": gettext_noop("Wait"),
    "else": gettext_noop("Take the way of “If not”"),
    "high": gettext_noop("High"),
    "medium": gettext_noop("Medium"),
    "low": gettext_noop("Low"),
}


def said(words: dict[str, str], name: str) -> str:
    return gettext(words[name]) if name in words else name


def hint(owner: str, name: str = "") -> str:
    """What a field means, or a kind of step; empty where its name says it."""
    if owner == Label.__name__:
        return ""
    own: dict[str, type[BaseModel]] = {"Rule": Rule, "Assign": Assign}
    model: type[BaseModel] = own.get(owner) or getattr(plays, owner)
    if language() == "ja":
        told = FIELDS.get(f"{owner}.{name}" if name else owner, "")
    elif name:
        fields = model.model_fields.items()
        told = next((x.description or "" for key, x in fields if name in (key, x.alias)), "")
    else:
        told = " ".join((model.__doc__ or "").split())
    return told.replace("`", "")
