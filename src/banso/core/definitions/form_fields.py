"""A rule or a play as the fields of a form. They come from the models, so that a new field or a new
kind of step is in the form as soon as it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from banso.core.definitions.model import NOfM, Rule
from banso.core.definitions.plain_words import kinds_of, stripped
from banso.core.definitions.plays import Play
from banso.core.definitions.plays import Step as PlayStep
from banso.core.definitions.rule_draft import Kind
from banso.core.expressions import numbers

Shape = Literal[
    "text",
    "whole",
    "decimal",
    "flag",
    "choice",
    "condition",
    "n_of_m",
    "names",
    "group",
    "rows",
    "steps",
    "other",
]
SPARE = 1
"""Empty rows below a list."""
KINDS = tuple(kinds_of(stripped(PlayStep)))
"""Of steps."""
MODELS: Mapping[Kind, type[BaseModel]] = {"rule": Rule, "play": Play}
CONDITIONS = frozenset({"when", "condition", "exit"})
_OF_DAYS = re.compile(r"([1-9]\d?) of ([1-9]\d?) days?")


@dataclass(frozen=True)
class Entry:
    """One of a list. kind: of a step. spare: an empty row that is not written yet."""

    key: str
    fields: Sequence[Field]
    kind: str = ""
    spare: bool = False


@dataclass(frozen=True)
class Field:
    """key: its place in the definition (`steps.0.label.en`), which is its name in the form. owner:
    the model that has it. value: as it is shown. empty: whether an empty text says something.
    `condition`: a text, whose numbers are fields too (`when.0`). `n_of_m`: two numbers (`for.held`,
    `for.of`). `names`: several, with commas between them. `other`: what stands there has not the
    shape that it should have; the form leaves it alone."""

    key: str
    name: str
    owner: str
    shape: Shape
    required: bool
    value: str = ""
    default: str = ""
    choices: Sequence[str] = ()
    least: float | None = None
    most: float | None = None
    empty: bool = False
    fields: Sequence[Field] = ()
    items: Sequence[Entry] = ()


def form_fields(kind: Kind, said: Mapping[str, object]) -> Sequence[Field]:
    """said: a rule or play as it stands in YAML, right or wrong."""
    return _fields(MODELS[kind], said, "")


def keys_of(fields: Sequence[Field]) -> Iterator[str]:
    """Every place that the form shows."""
    for field in fields:
        yield field.key
        yield from keys_of(field.fields)
        for item in field.items:
            yield item.key
            yield from keys_of(item.fields)


def _fields(model: type[BaseModel], value: Mapping[str, object], under: str) -> Sequence[Field]:
    return tuple(
        _field(model.__name__, info.alias or name, info, value, under)
        for name, info in model.model_fields.items()
        if name != "kind"
    )


def _field(
    owner: str, name: str, info: FieldInfo, beside: Mapping[str, object], under: str
) -> Field:
    key, value = f"{under}{name}", beside.get(name)
    kind: Any = stripped(info.annotation)
    mine: dict[str, Any] = {
        "key": key,
        "name": name,
        "owner": owner,
        "required": info.is_required(),
    }
    if get_origin(kind) is tuple and get_args(kind)[0] is str:
        return _names(value, mine)
    if get_origin(kind) is tuple:
        return _list(stripped(get_args(kind)[0]), value, mine)
    nested = isinstance(kind, type) and issubclass(kind, BaseModel)
    if nested and (value is None or isinstance(value, dict)):
        return Field(**mine, shape="group", fields=_fields(kind, value or {}, f"{key}."))
    if nested or isinstance(value, dict | list):
        return Field(**mine, shape="other", value=str(value))
    return _scalar(kind, info, value, mine)


def _scalar(kind: object, info: FieldInfo, value: object, mine: dict[str, Any]) -> Field:
    default = "" if info.default is PydanticUndefined else shown(info.default)
    mine |= {"value": shown(value), "default": default}
    if kind is bool:
        return Field(**{**mine, "value": shown(value) or default}, shape="flag")
    if get_origin(kind) is Literal:
        return Field(**mine, shape="choice", choices=tuple(map(str, get_args(kind))))
    if kind in (int, float):
        return Field(**mine, shape="whole" if kind is int else "decimal", **_limits(info))
    if get_args(NOfM)[1] in info.metadata:
        return _of_days(info, mine)
    if mine["name"] in CONDITIONS:
        return _condition(mine)
    return Field(**mine, shape="text", empty=_may_be_empty(info))


def _of_days(info: FieldInfo, mine: dict[str, Any]) -> Field:
    """What is said nowhere is shown as what it is then."""
    found = _OF_DAYS.fullmatch(mine["value"] or str(info.default))
    if found is None:
        return Field(**mine, shape="text")
    parts = [
        Field(f"{mine['key']}.{name}", name, mine["owner"], "whole", True, text, least=1, most=99)
        for name, text in zip(("held", "of"), found.groups(), strict=True)
    ]
    return Field(**mine, shape="n_of_m", fields=parts)


def _condition(mine: dict[str, Any]) -> Field:
    parts = [
        Field(f"{mine['key']}.{at}", str(at), mine["owner"], "decimal", False, x.text)
        for at, x in enumerate(numbers(mine["value"]))
    ]
    return Field(**mine, shape="condition", fields=parts)


def _names(value: object, mine: dict[str, Any]) -> Field:
    names = [] if value is None else value
    if not isinstance(names, list) or not all(isinstance(x, str) for x in names):
        return Field(**mine, shape="other", value=str(value))
    return Field(**mine, shape="names", value=", ".join(names))


def _list(inner: object, value: object, mine: dict[str, Any]) -> Field:
    values = [] if value is None else value
    if not isinstance(values, list) or not all(isinstance(x, dict) for x in values):
        return Field(**mine, shape="other", value=str(value))
    keys = [f"{mine['key']}.{at}" for at in range(len(values) + SPARE)]
    if kinds := kinds_of(inner):
        steps = [_step(kinds, key, x) for key, x in zip(keys, values, strict=False)]
        return Field(**mine, shape="steps", items=steps)
    row: Any = inner
    found = [Entry(k, _fields(row, x, f"{k}.")) for k, x in zip(keys, values, strict=False)]
    spare = [Entry(k, _fields(row, {}, f"{k}."), spare=True) for k in keys[len(values) :]]
    return Field(**mine, shape="rows", items=[*found, *spare])


def _step(kinds: Mapping[str, Any], key: str, value: Mapping[str, object]) -> Entry:
    kind = str(value.get("kind"))
    return Entry(key, _fields(kinds[kind], value, f"{key}.") if kind in kinds else (), kind)


def _limits(info: FieldInfo) -> dict[str, Any]:
    """What a field for numbers can be told; a limit that is itself not allowed is left to the
    checks."""
    said = {"ge": "least", "le": "most"}
    found = [(to, getattr(x, name, None)) for x in info.metadata for name, to in said.items()]
    return {name: x for name, x in found if x is not None}


def _may_be_empty(info: FieldInfo) -> bool:
    """A text whose length is limited upwards and by nothing else."""
    limits = [x for x in info.metadata if isinstance(x, MaxLen | MinLen | StringConstraints)]
    return bool(limits) and all(isinstance(x, MaxLen) for x in limits)


def shown(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
