"""What pydantic found wrong, in plain words and at its place in the file."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Keyed
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from banso.core.definitions.mistake import Mistake
from banso.core.definitions.proof import DAY
from banso.core.definitions.yaml_tree import Listing, Mapping, Node
from banso.core.expressions import nearest
from banso.core.wording import Wording, worded

Step = str | int

_PATTERNS = {
    DAY: worded("a day: YYYY-MM-DD"),
    r"^[1-9]\d{0,3}d$": worded("a number of days such as 7d"),
    r"^[1-9]\d{0,3}[dhm]$": worded("a number of days, hours or minutes such as 2d, 4h or 45m"),
    r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$": worded("hours such as 08:00-20:00"),
    r"^[1-9]\d? of [1-9]\d? days?$": worded("n of m days, such as 3 of 5 days"),
    r"^[^\W\d]\w{0,62}$": worded("a name: a letter or _, then letters, digits or _, at most 63"),
    r"^(properties|context|traits)(\.[^.\s]+)+$": (
        worded("a place in an event, such as properties.plan or context.groupId")
    ),
    r"^(attribute|feature|product|properties|record)\.\S.{0,99}$": (
        worded("a name that comes with the data, such as attribute.industry or record.ticket")
    ),
    r"^https?://\S{1,1990}$": worded("an address such as https://example.co.jp/script"),
    r"^[A-Z]{2}$": worded("a country code of two capital letters such as JP"),
    r"^[A-Z]{3}$": worded("a currency code of three capital letters such as JPY"),
    r"^(events|record\.[^\W\d]\w*)$": worded("events or record.KIND, such as record.nps"),
    r"^(value|properties\.[^\W\d]\w*)$": worded("value or properties.NAME"),
    r"^(contract\.(seats|arr|days_to_end)|attribute\.[^\W\d]\w*|record\.[^\W\d]\w*)$": (
        worded("contract.seats, contract.arr, contract.days_to_end, attribute.NAME or record.KIND")
    ),
}
_NEEDS = {
    "string_type": worded("text is needed (what looks like a number goes in quotes)"),
    "int_type": worded("a whole number is needed"),
    "int_from_float": worded("a whole number is needed"),
    "float_type": worded("a number is needed"),
    "bool_type": worded("true or false is needed"),
    "tuple_type": worded("a list is needed (lines that begin with -)"),
    "model_type": worded("a mapping is needed (lines such as name: value)"),
    "model_attributes_type": worded("a mapping is needed (lines such as name: value)"),
    "dict_type": worded("a mapping is needed (lines such as name: value)"),
    "finite_number": worded("a finite number is needed"),
}

_LIMITS: Keyed[str, tuple[str, Callable[[float], Wording]]] = {
    "greater_than": ("gt", lambda limit: worded("must be more than {limit:g}", limit=limit)),
    "greater_than_equal": ("ge", lambda limit: worded("must be at least {limit:g}", limit=limit)),
    "less_than": ("lt", lambda limit: worded("must be less than {limit:g}", limit=limit)),
    "less_than_equal": ("le", lambda limit: worded("must be at most {limit:g}", limit=limit)),
}


def mistakes_of(
    error: ValidationError, *, model: object, file: str, node: Node
) -> tuple[Mistake, ...]:
    """Every error of one definition. model: its class (or union of classes); node: its YAML."""
    found = [x for x in error.errors(include_url=False) if not _follows(x)]
    return tuple(_mistake(detail, model, file, node) for detail in found)


def _follows(detail: ErrorDetails) -> bool:
    """Whether it is said of a list only because all that is in it has mistakes of its own: pydantic
    counts what is right."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _mistake(detail: ErrorDetails, model: object, file: str, node: Node) -> Mistake:
    place, owner, path, here = _walk(detail["loc"], model, node)
    kind, context = detail["type"], detail.get("ctx", {})
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    suggestion = None
    if kind == "extra_forbidden":
        known = _field_names(owner)
        message, suggestion = worded("unknown field {name!r}", name=name), nearest(name, known)
        if suggestion is None:
            there = ", ".join(known)
            message = worded("unknown field {name!r}; there are {known}", name=name, known=there)
    elif kind == "missing":
        message = worded("field {name!r} is missing", name=name)
    elif kind == "union_tag_not_found":
        message = worded("field 'kind' is missing; there are {known}", known=_tag_list(owner))
    elif kind == "union_tag_invalid":
        tag = str(context.get("tag"))
        message = worded("unknown kind {tag!r}; there are {known}", tag=tag, known=_tag_list(owner))
        suggestion = nearest(tag, kinds_of(owner))
        place = _value_place(here, "kind") or place
    else:
        message = worded(
            "{field}: {message}", field=_path_text(path), message=_said(kind, context, detail)
        )
    return Mistake(file, *place, message, suggestion)


def _said(kind: str, context: Keyed[str, Any], detail: ErrorDetails) -> Wording:
    if kind == "string_pattern_mismatch":
        wanted = _PATTERNS.get(str(context["pattern"]), str(context["pattern"]))
        return worded("{input!r} is not {wanted}", input=detail["input"], wanted=wanted)
    if kind == "literal_error":
        expected = context["expected"]
        return worded("{input!r} is not one of {known}", input=detail["input"], known=expected)
    if kind in _LIMITS:
        key, said = _LIMITS[kind]
        return said(context[key])
    if kind == "value_error":  # only days say so, see proof.Day
        return worded("{input!r} is no day of the calendar", input=detail["input"])
    if kind == "too_short":
        return worded("at least one is needed")
    return _NEEDS.get(kind) or worded("{message}", message=detail["msg"])


def _walk(
    loc: Sequence[Step], model: object, node: Node
) -> tuple[tuple[int, int], object, list[Step], Node | None]:
    """Follow pydantic's path (which also names the union's member): the place in the file, the
    class that owns the last step, the path as people see it, and the YAML there."""
    place, path = (node.line, node.column), list[Step]()
    here: Node | None = node
    for step in loc:
        model = stripped(model)
        if isinstance(step, str) and step in kinds_of(model):
            model = kinds_of(model)[step]
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
    return place, stripped(model), path, here


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


def stripped(annotation: object) -> object:
    """Without Annotated, and without None in a union."""
    if get_origin(annotation) is Annotated:
        return stripped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        if len(members) == 1:
            return stripped(members[0])
    return annotation


def kinds_of(annotation: object) -> dict[str, object]:
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
    return ", ".join(kinds_of(stripped(annotation)))


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
                return stripped(field.annotation)
    return annotation


def _path_text(path: Sequence[Step]) -> str:
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "this definition"
