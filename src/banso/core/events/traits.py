"""What a group call says of its account: a name, and attributes as text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from banso.core.events.message import MessageError, flat_properties

LONGEST_NAME = 300
LONGEST_ATTRIBUTE = 100
LONGEST_PERSON = 200
LONGEST_EMAIL = 254


@dataclass(frozen=True)
class Traits:
    """name: None where none is told. attributes: under names that conditions can use."""

    name: str | None
    attributes: Mapping[str, str]


def traits_of(payload: str) -> Traits:
    """The traits of a call (JSON); of RudderStack's clients they stand in the context.

    What can't be an attribute (null, a name that is too long, objects nested too deeply) is left
    out; the call itself is kept whole.
    """
    call = json.loads(payload)
    context = call.get("context")
    told = call.get("traits") or (context.get("traits") if isinstance(context, dict) else None)
    try:
        fields = flat_properties(told) if isinstance(told, dict) else {}
    except MessageError:
        fields = {}
    name = fields.pop("name", None)
    return Traits(
        name=name[:LONGEST_NAME] if isinstance(name, str) and name.strip() else None,
        attributes={
            key: _text(value) for key, value in fields.items() if len(key) <= LONGEST_ATTRIBUTE
        },
    )


@dataclass(frozen=True)
class PersonTraits:
    """What an identify call says of its user; '' where it says nothing. allowed: False where the
    person has not consented to what is asked for."""

    name: str
    email: str
    role: str
    allowed: bool


def person_traits(payload: str, *, consent: str | None) -> PersonTraits:
    """The person of a call (JSON). consent: the category that must be granted in
    `context.consent.categoryPreferences`; None: it is enough that not all of them are refused."""
    call = json.loads(payload)
    context = call.get("context")
    context = context if isinstance(context, dict) else {}
    told = call.get("traits") or context.get("traits")
    told = told if isinstance(told, dict) else {}
    parts = [_line(told, x) for x in ("firstName", "lastName")]
    email = _line(told, "email")
    return PersonTraits(
        name=(_line(told, "name") or " ".join(x for x in parts if x))[:LONGEST_PERSON],
        email=email if "@" in email and len(email) <= LONGEST_EMAIL else "",
        role=(_line(told, "role") or _line(told, "title"))[:LONGEST_ATTRIBUTE],
        allowed=_allowed(context.get("consent"), consent),
    )


def _line(told: Mapping[str, object], name: str) -> str:
    value = told.get(name)
    return " ".join(value.replace("\0", "").split()) if isinstance(value, str) else ""


def _allowed(said: object, category: str | None) -> bool:
    asked = said.get("categoryPreferences") if isinstance(said, dict) else None
    if category is not None:
        return isinstance(asked, dict) and asked.get(category) is True
    return not (isinstance(asked, dict) and asked and not any(x is True for x in asked.values()))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\0", "")
