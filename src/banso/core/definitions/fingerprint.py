"""Fingerprints: what a set says, whatever the order of its keys, files and spaces.

Source of the idea: DESIGN.md section 5 (after sqlmesh). The data fingerprint names a history of
numbers; a label edit must not make a new one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from pydantic import BaseModel

from banso.core.definitions.model import Condition, Stage
from banso.core.expressions import canonical

Sections = Mapping[str, Mapping[str, BaseModel]]
Value = str | float | bool | None

METADATA = frozenset({"label", "description", "unit", "action", "priority"})
ONLY_TELLS = frozenset({"any_time", "assign", "expect", "holdout", "rollout", "duty_of_care"})
EXPRESSIONS = frozenset(
    {"where", "condition", "enter", "applies", "when", "covers", "expression", "exit"}
)


def of_data(sections: Sections) -> str:
    return _hash({path: v for path, v in flat(sections).items() if affects_numbers(path)})


def of_metadata(sections: Sections) -> str:
    return _hash({path: v for path, v in flat(sections).items() if not affects_numbers(path)})


def affects_numbers(path: tuple[str, ...]) -> bool:
    """Whether a change of this field can change a number, a colour or an alert."""
    if path[0] == "organisation":
        # contracts in another currency have no ARR, so the currency is more than a label
        return path[-1] in {"time_zone", "currency"}
    if path[0] == "outcome" or (path[0] == "rule" and path[2] == "outcome"):
        return False  # rules are judged by it; it opens and colours nothing
    if path[0] in {"play", "template"} or (path[0] == "rule" and path[2] == "play"):
        return False  # what is done after an alert was told
    if path[0] == "rule" and path[2] in ONLY_TELLS:
        return False  # who is told, and what is hoped for; the episodes are the same
    if path[0] == "source" and path[2] in {"tracking", "keep_for"}:
        return False  # they change which facts there will be, and other facts are seen as such
    return not METADATA & set(path[2:])


def flat(sections: Sections) -> dict[tuple[str, ...], Value]:
    """Every field under its path: ('journey', 'adoption', 'stages', 'habit', 'enter').

    Lists are keyed by name, with their order as a field of its own ('stages', ''), so that a
    stage put in front does not change the paths of the others.
    """
    found: dict[tuple[str, ...], Value] = {}
    for section, models in sections.items():
        for name, model in models.items():
            found |= _fields((section, name), model)
    return found


def _fields(path: tuple[str, ...], model: BaseModel) -> dict[tuple[str, ...], Value]:
    found: dict[tuple[str, ...], Value] = {}
    for name, info in type(model).model_fields.items():
        below = (*path, info.alias or name)
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            found |= _fields(below, value)
        elif isinstance(value, tuple) and value and isinstance(value[0], str):
            found[below] = ", ".join(value)
        elif isinstance(value, tuple):
            keyed = {_key(item, at): item for at, item in enumerate(value, start=1)}
            found[*below, ""] = ", ".join(keyed)
            for key, item in keyed.items():
                found |= _fields((*below, key), item)
        elif value is not None:
            found[below] = canonical(value) if name in EXPRESSIONS else value
    return found


def _key(item: BaseModel, at: int) -> str:
    """By name; the steps of a play and what is on a checklist have none, and go by their place."""
    if isinstance(item, Condition):
        return item.key
    return item.name if isinstance(item, Stage) else str(at)


def _hash(fields: Mapping[tuple[str, ...], Value]) -> str:
    ordered = sorted((list(path), value) for path, value in fields.items())
    text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
