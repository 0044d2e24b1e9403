"""Tables for people, JSON for programs."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from banso.cli.words import language, word

STATE_MARK = {"healthy": "●", "watch": "▲", "at_risk": "■", "unmeasured": "○"}
STATE_STYLE = {"healthy": "green", "watch": "yellow", "at_risk": "red", "unmeasured": "dim"}
PRIORITY_STYLE = {"high": "bold red", "medium": "yellow", "low": "dim"}
PIPE_WIDTH = 160


def _width() -> int | None:
    """COLUMNS where it is set, PIPE_WIDTH into a file or pipe; None: as wide as the terminal."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal():
        return int(asked)
    return None if sys.stdout.isatty() else PIPE_WIDTH


out = Console(width=_width(), highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def print_json(data: BaseModel | Sequence[BaseModel] | Mapping[str, object]) -> None:
    """Print shapes as UTF-8 JSON, two spaces deep."""
    if isinstance(data, BaseModel):
        plain: object = data.model_dump(mode="json")
    elif isinstance(data, Mapping):
        plain = dict(data)
    else:
        plain = [item.model_dump(mode="json") for item in data]
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def table(
    *columns: str, title: str | None = None, right: Sequence[str] = (), lines: bool = False
) -> Table:
    """An empty table; columns are named by the keys of `words`. lines: one between two rows."""
    made = Table(title=title, title_justify="left", header_style="bold", show_lines=lines)
    for column in columns:
        made.add_column(
            word(column),
            justify="right" if column in right else "left",
            no_wrap=column in {"opened_on", "score", "confidence", *right},
            overflow="fold",
        )
    return made


def label(texts: Mapping[str, str] | None, name: str) -> str:
    """A label in the reader's language, or the plain name where there is none."""
    return texts.get(language(), name) if texts else name


def state(colour: str) -> str:
    """A colour as mark + word + colour: never colour alone."""
    return f"[{STATE_STYLE[colour]}]{STATE_MARK[colour]} {word(colour)}[/]"


def priority(name: str) -> str:
    return f"[{PRIORITY_STYLE[name]}]{word(name)}[/]"


def number(value: float | None, digits: int = 0) -> str:
    """A number with thousands separators; a missing one is `unmeasured`, never 0."""
    return f"{value:,.{digits}f}" if value is not None else word("unmeasured")


def moment(as_of: date) -> str:
    """`as of 2026-10-01`, `2026-10-01時点`."""
    return f"{as_of}{word('as_of')}" if language() == "ja" else f"{word('as_of')} {as_of}"
