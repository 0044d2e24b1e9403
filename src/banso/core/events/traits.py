"""What a group call says of its account: a name, and attributes as text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from banso.core.events.message import MessageError, flat_properties

LONGEST_NAME = 300
LONGEST_ATTRIBUTE = 100


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


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\0", "")
