"""The two languages of the docs, and the catalogue of Japanese texts."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from ruamel.yaml import YAML

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
FOLDER = Path(__file__).parent


class UntranslatedError(KeyError):
    """A text of the code has no Japanese; says where to add it."""


@cache
def catalogue() -> Mapping[str, str]:
    """English text (white space as single blanks) -> Japanese, of commands and JSON shapes."""
    found: Mapping[str, str] = YAML(typ="safe").load(
        (FOLDER / "japanese.yaml").read_text(encoding="utf-8")
    )
    return found


def said(text: str, language: Language) -> str:
    """A text of the code in a language, on one line. UntranslatedError where it has no Japanese."""
    plain = " ".join(text.split())
    if language == "en":
        return plain
    if plain not in catalogue():
        raise UntranslatedError(f"docs/reference_pages/japanese.yaml has no entry for: {plain!r}")
    return catalogue()[plain]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; bars and angle brackets in cells are made safe."""
    lines = [header, ["---"] * len(header), *([_cell(x) for x in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;")
