"""What `--json` prints, from the shapes of the command line."""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from banso.cli import (
    access_shapes,
    account_shapes,
    backtest_shapes,
    channel_shapes,
    definition_shapes,
    explain_shapes,
    facts_shapes,
    plays_shapes,
    rule_shapes,
    shapes,
    value_shapes,
)
from banso.cli.shapes import Shape
from reference_pages.language import Language, said, table

TITLE = {"en": "JSON output", "ja": "JSON出力"}
INTRO = {
    "en": "Before version 1.0 a field may still be renamed or removed; the changelog says so. "
    "Dates are `2026-10-01`, instants UTC in ISO 8601. What is not known is `null`, never 0. Texts "
    'for people are objects by language: `{"en": ..., "ja": ...}`.',
    "ja": "バージョン1.0より前は、項目の改名や削除がありえます。その場合は変更履歴に書きます。"
    "日付は `2026-10-01`、日時はUTCのISO 8601です。分からないものは0ではなく `null` です。"
    '人に見せる文は、`{"en": ..., "ja": ...}` のように言語ごとのオブジェクトです。',
}
PARTS = {"en": "Parts", "ja": "部品"}
HEADER = {"en": ("Field", "Type", "Meaning"), "ja": ("項目", "型", "意味")}
MODULES = (
    *(shapes, account_shapes, explain_shapes, definition_shapes, facts_shapes),
    *(access_shapes, channel_shapes),
    *(backtest_shapes, rule_shapes, plays_shapes, value_shapes),
)
"""In the order of the page."""

COMMAND = re.compile(r"`(banso [^`]*--json)`")
TYPES: Mapping[str, Mapping[Language, str]] = {
    "string": {"en": "text", "ja": "文字列"},
    "number": {"en": "number", "ja": "数値"},
    "integer": {"en": "whole number", "ja": "整数"},
    "boolean": {"en": "true / false", "ja": "true / false"},
    "date": {"en": "date", "ja": "日付"},
    "date-time": {"en": "instant", "ja": "日時"},
    "null": {"en": "null", "ja": "null"},
}
OR = {"en": " or ", "ja": " または "}
LIST = {"en": "list of {}", "ja": "{}のリスト"}
LANGUAGE_TEXT = {"en": "text by language", "ja": "言語ごとの文字列"}
BY_NAME = {"en": "object: name → {}", "ja": "オブジェクト(名前 → {})"}
ANYTHING = {"en": "anything", "ja": "任意"}


def all_shapes() -> tuple[type[Shape], ...]:
    """In the order of the modules, and of the code of each."""
    return tuple(
        x
        for module in MODULES
        for x in vars(module).values()
        if inspect.isclass(x)
        and issubclass(x, Shape)
        and x.__module__ == module.__name__
        and x is not Shape
    )


def texts() -> Iterator[str]:
    """The sentences of the shapes, as the catalogue names them."""
    return (" ".join((x.__doc__ or "").split()) for x in all_shapes())


def fields() -> Iterator[tuple[str, FieldInfo]]:
    """`TodayItem.account` -> the field, for every field of every shape."""
    for shape in all_shapes():
        for name, field in shape.model_fields.items():
            yield f"{shape.__name__}.{name}", field


def page(language: Language) -> str:
    printed = [x for x in all_shapes() if COMMAND.search(x.__doc__ or "")]
    parts = [x for x in all_shapes() if x not in printed]
    blocks = [f"# {TITLE[language]}", INTRO[language]]
    for shape in printed:
        blocks += _section(shape, language, level=2)
    blocks += [f"## {PARTS[language]}"]
    for shape in parts:
        blocks += _section(shape, language, level=3)
    return "\n\n".join(blocks) + "\n"


def _section(shape: type[Shape], language: Language, *, level: int) -> Iterator[str]:
    text = shape.__doc__ or ""
    command = COMMAND.search(text)
    yield f"{'#' * level} {command[1] if command else shape.__name__}"
    yield said(text, language)
    schema = shape.model_json_schema()
    rows = []
    for name, field in shape.model_fields.items():
        kind = _type(schema["properties"][name], schema.get("$defs", {}), language)
        rows.append((f"`{name}`", kind, _meaning(field, language)))
    yield table(HEADER[language], rows)


def _meaning(field: FieldInfo, language: Language) -> str:
    if language == "en":
        return field.description or ""
    extra: Any = field.json_schema_extra
    text: str = extra["ja"]
    return text


def _type(schema: Mapping[str, Any], known: Mapping[str, Any], language: Language) -> str:
    """In words. known: the other shapes that a reference may name."""

    def inner(part: Mapping[str, Any]) -> str:
        return _type({"title": schema.get("title"), **part}, known, language)

    if "anyOf" in schema:
        return OR[language].join(dict.fromkeys(inner(x) for x in schema["anyOf"]))
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(name, known)})"
    match schema.get("type"):
        case None:
            shown = ANYTHING[language]
        case "array":
            shown = LIST[language].format(inner(schema["items"]))
        case "object" if schema.get("title") in TEXTS:
            shown = LANGUAGE_TEXT[language]
        case "object":
            parts = schema["additionalProperties"]
            anything = {} if parts is True else parts
            shown = BY_NAME[language].format(inner(anything))
        case simple:
            shown = TYPES[schema.get("format", simple)][language]
    return shown


TEXTS = frozenset({"Label", "Text", "Action", "Unit", "Stage Label"})


def _anchor(name: str, known: Mapping[str, Any]) -> str:
    """GitHub's anchor of the section of a shape."""
    command = COMMAND.search(known[name].get("description", ""))
    return (command[1] if command else name).lower().replace(" ", "-")
