"""Commands of `banso`, from the typer app itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import typer

from banso.cli.app import build
from reference_pages.language import Language, said, table

TITLE = {"en": "Commands", "ja": "コマンド"}
INTRO = {
    "en": "`banso COMMAND --help` says the same in a terminal. With `--json` a command prints "
    "[documented fields](json-output.md) for programs. The exit status is 0 when all went "
    "well, 1 when something has to be mended (the message says what), 2 when the command is not "
    "understood.",
    "ja": "端末では `banso コマンド --help` で確認できます(英語)。`--json` を付けると、"
    "プログラムから読める[決まった項目](json-output.md)で出力します。終了コードは、"
    "成功なら0、直すべきことがあれば1(メッセージに内容)、コマンドの指定の誤りは2です。",
}
HEADER = {
    "en": ("Argument or option", "Value", "Default", "Meaning"),
    "ja": ("引数・オプション", "値", "既定値", "意味"),
}
NEEDED = {"en": "required", "ja": "必須"}
REPEATED = {"en": "(repeatable)", "ja": "(繰り返し指定可)"}
VALUES: Mapping[type, Mapping[Language, str]] = {
    str: {"en": "text", "ja": "文字列"},
    int: {"en": "whole number", "ja": "整数"},
    float: {"en": "number", "ja": "数値"},
    Path: {"en": "path", "ja": "パス"},
    datetime: {"en": "date (`2026-10-01`)", "ja": "日付(`2026-10-01`)"},
}


@dataclass(frozen=True)
class Parameter:
    """flags: as typed; for an argument its name in capitals. choices: of an enumeration."""

    name: str
    flags: tuple[str, ...]
    is_option: bool
    required: bool
    repeated: bool
    kind: type
    default: object
    text: str

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(str(x.value) for x in self.kind) if issubclass(self.kind, Enum) else ()


@dataclass(frozen=True)
class Command:
    name: str
    text: str
    parameters: tuple[Parameter, ...]


@cache
def commands() -> tuple[Command, ...]:
    """All commands, in the order of `banso --help`; those of `members` come after it, by names
    of two words."""
    return tuple(_below(typer.main.get_command(build()), ()))


def _below(group: Any, words: tuple[str, ...]) -> Iterator[Command]:
    for name, command in group.commands.items():
        here = (*words, name)
        parameters = tuple(_parameter(x) for x in command.params)
        yield Command(" ".join(here), command.help or "", parameters)
        if hasattr(command, "commands"):
            yield from _below(command, here)


def texts() -> Iterator[str]:
    """Every text that is shown to people, as the catalogue names it."""
    for command in commands():
        yield from (" ".join(x.split()) for x in command.text.split("\n\n"))
        yield from (" ".join(x.text.split()) for x in command.parameters)


def page(language: Language) -> str:
    blocks = [f"# {TITLE[language]}", INTRO[language]]
    for command in commands():
        blocks += [f"## banso {command.name}"]
        blocks += [said(x, language) for x in command.text.split("\n\n")]
        blocks += [f"```\n{_usage(command)}\n```"]
        if command.parameters:
            rows = [_row(x, language) for x in command.parameters]
            blocks += [table(HEADER[language], rows)]
    return "\n\n".join(blocks) + "\n"


def _parameter(raw: Any) -> Parameter:  # typer's own classes of parameters are private
    kind = _plain(raw.type_descriptor.annotation)
    is_option = raw.param_type_name == "option"
    return Parameter(
        name=raw.name,
        flags=(*raw.opts, *raw.secondary_opts) if is_option else (raw.name.upper(),),
        is_option=is_option,
        required=raw.required,
        repeated=raw.nargs == -1 or bool(getattr(raw, "multiple", False)),
        kind=kind,
        default=raw.default,
        text=raw.help or "",
    )


def _plain(annotation: Any) -> type:
    """The type of one value: of `list[str] | None` it is `str`."""
    if get_origin(annotation) in (Union, UnionType, list):
        return _plain(next(x for x in get_args(annotation) if x is not type(None)))
    found: type = annotation
    return found


def _usage(command: Command) -> str:
    words = [f"banso {command.name}"]
    if any(x.is_option for x in command.parameters):
        words.append("[OPTIONS]")
    for x in command.parameters:
        if not x.is_option:
            word = x.flags[0] + ("..." if x.repeated else "")
            words.append(word if x.required else f"[{word}]")
    return " ".join(words)


def _row(parameter: Parameter, language: Language) -> tuple[str, ...]:
    flags = ", ".join(f"`{x}`" for x in parameter.flags)
    return (
        flags,
        _value(parameter, language),
        _default(parameter, language),
        said(parameter.text, language),
    )


def _value(parameter: Parameter, language: Language) -> str:
    if parameter.kind is bool:
        return ""
    if parameter.choices:
        shown = ", ".join(f"`{x}`" for x in parameter.choices)
    else:
        shown = VALUES[parameter.kind][language]
    return f"{shown} {REPEATED[language]}" if parameter.repeated else shown


def _default(parameter: Parameter, language: Language) -> str:
    if parameter.required:
        return NEEDED[language]
    if parameter.default in (None, False, ""):
        return ""
    value = parameter.default
    return f"`{value.isoformat() if isinstance(value, date) else value}`"
