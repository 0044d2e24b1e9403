"""What pydantic found wrong, in plain words and at its place in the file."""

from __future__ import annotations

import types
from collections.abc import Mapping as Keyed
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from banso.core.definitions.mistake import Mistake
from banso.core.definitions.yaml_tree import Listing, Mapping, Node
from banso.core.expressions import nearest

Step = str | int

_PATTERNS = {
    r"^[1-9]\d{0,3}d$": "a number of days such as 7d",
    r"^[1-9]\d? of [1-9]\d? days?$": "n of m days, such as 3 of 5 days",
    r"^[^\W\d]\w{0,62}$": "a name: a letter or _, then letters, digits or _, at most 63",
    r"^(properties|context|traits)(\.[^.\s]+)+$": (
        "a place in an event, such as properties.plan or context.groupId"
    ),
    r"^https?://\S{1,1990}$": "an address such as https://example.co.jp/script",
    r"^[A-Z]{2}$": "a country code of two capital letters such as JP",
    r"^[A-Z]{3}$": "a currency code of three capital letters such as JPY",
    r"^(events|record\.[^\W\d]\w*)$": "events or record.KIND, such as record.nps",
    r"^(value|properties\.[^\W\d]\w*)$": "value or properties.NAME",
    r"^(contract\.(seats|arr|days_to_end)|attribute\.[^\W\d]\w*|record\.[^\W\d]\w*)$": (
        "contract.seats, contract.arr, contract.days_to_end, attribute.NAME or record.KIND"
    ),
}
_NEEDS = {
    "string_type": "text is needed (put it in quotes)",
    "int_type": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "float_type": "a number is needed",
    "bool_type": "true or false is needed",
    "tuple_type": "a list is needed (lines that begin with -)",
    "model_type": "a mapping is needed (lines such as name: value)",
    "model_attributes_type": "a mapping is needed (lines such as name: value)",
    "dict_type": "a mapping is needed (lines such as name: value)",
    "finite_number": "a finite number is needed",
}


def mistakes_of(
    error: ValidationError, *, model: object, file: str, node: Node
) -> tuple[Mistake, ...]:
    """Every error of one definition. model: its class (or union of classes); node: its YAML."""
    return tuple(_mistake(detail, model, file, node) for detail in error.errors(include_url=False))


def _mistake(detail: ErrorDetails, model: object, file: str, node: Node) -> Mistake:
    place, owner, path, here = _walk(detail["loc"], model, node)
    kind, context = detail["type"], detail.get("ctx", {})
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    suggestion = None
    if kind == "extra_forbidden":
        known = _field_names(owner)
        message, suggestion = f"unknown field {name!r}", nearest(name, known)
        if suggestion is None:
            message += f"; there are {', '.join(known)}"
    elif kind == "missing":
        message = f"field {name!r} is missing"
    elif kind == "union_tag_not_found":
        message = f"field 'kind' is missing; there are {_tag_list(owner)}"
    elif kind == "union_tag_invalid":
        tag = str(context.get("tag"))
        message = f"unknown kind {tag!r}; there are {_tag_list(owner)}"
        suggestion = nearest(tag, _tags(owner))
        place = _value_place(here, "kind") or place
    else:
        message = f"{_path_text(path)}: {_said(kind, context, detail)}"
    return Mistake(file, *place, message, suggestion)


def _said(kind: str, context: Keyed[str, Any], detail: ErrorDetails) -> str:
    if kind == "string_pattern_mismatch":
        wanted = _PATTERNS.get(str(context["pattern"]), str(context["pattern"]))
        return f"{detail['input']!r} is not {wanted}"
    if kind == "literal_error":
        return f"{detail['input']!r} is not one of {context['expected']}"
    limits = {
        "greater_than": ("gt", "must be more than"),
        "greater_than_equal": ("ge", "must be at least"),
        "less_than": ("lt", "must be less than"),
        "less_than_equal": ("le", "must be at most"),
    }
    if kind in limits:
        key, words = limits[kind]
        return f"{words} {context[key]:g}"
    if kind == "too_short":
        return "at least one is needed"
    return _NEEDS.get(kind, detail["msg"])


def _walk(
    loc: Sequence[Step], model: object, node: Node
) -> tuple[tuple[int, int], object, list[Step], Node | None]:
    """Follow pydantic's path (which also names the union's member): the place in the file, the
    class that owns the last step, the path as people see it, and the YAML there."""
    place, path = (node.line, node.column), list[Step]()
    here: Node | None = node
    for step in loc:
        model = _strip(model)
        if isinstance(step, str) and step in _tags(model):
            model = _tags(model)[step]
            continue
        path.append(step)
        if isinstance(here, Mapping) and isinstance(step, str):
            place = _key_place(here, step) or place
            here = here.entries.get(step)
            value_place = here and (here.line, here.column)
            last = step is loc[-1]
            place = value_place if value_place and not (last and _unknown(model, step)) else place
        elif isinstance(here, Listing) and isinstance(step, int) and step < len(here.items):
            here = here.items[step]
            place = (here.line, here.column)
        if step is not loc[-1] or not _field_names(model):
            model = _below(model, step)
    return place, _strip(model), path, here


def _key_place(node: Node, key: str) -> tuple[int, int] | None:
    if isinstance(node, Mapping) and key in node.keys:
        return node.keys[key].line, node.keys[key].column
    return None


def _value_place(node: Node | None, key: str) -> tuple[int, int] | None:
    if isinstance(node, Mapping) and key in node.entries:
        return node.entries[key].line, node.entries[key].column
    return None


def _unknown(model: object, name: str) -> bool:
    return name not in _field_names(model)


def _strip(annotation: object) -> object:
    """Without Annotated, and without None in a union."""
    if get_origin(annotation) is Annotated:
        return _strip(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        if len(members) == 1:
            return _strip(members[0])
    return annotation


def _tags(annotation: object) -> dict[str, object]:
    """The classes of a union by the word of their `kind`."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return {}
    found: dict[str, object] = {}
    for member in get_args(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            kind = member.model_fields["kind"].annotation
            if get_origin(kind) is Literal:
                found[str(get_args(kind)[0])] = member
    return found


def _tag_list(annotation: object) -> str:
    return ", ".join(_tags(_strip(annotation)))


def _field_names(annotation: object) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [field.alias or name for name, field in annotation.model_fields.items()]
    return []


def _below(annotation: object, step: Step) -> object:
    if isinstance(step, int):
        arguments = get_args(annotation)
        return arguments[0] if arguments else annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if step in (name, field.alias):
                return _strip(field.annotation)
    return annotation


def _path_text(path: Sequence[Step]) -> str:
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "this definition"
