"""Writes the reference pages and the JSON Schema from the code: `./run docs`.

`--check` writes nothing and fails where a committed page differs.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from reference_pages import commands, definitions, json_output, rest, settings
from reference_pages.language import LANGUAGES

FOLDER = Path(__file__).parent


def pages() -> Mapping[str, str]:
    """Every generated file: path below docs -> text."""
    made = {
        "reference/definitions.schema.json": definitions.schema(),
        "reference/openapi.json": rest.openapi(),
    }
    for language in LANGUAGES:
        folder = f"{language}/reference"
        made[f"{folder}/commands.md"] = commands.page(language)
        made[f"{folder}/definitions.md"] = definitions.page(language)
        made[f"{folder}/json-output.md"] = json_output.page(language)
        made[f"{folder}/settings.md"] = settings.page(language)
    return made


def differing(folder: Path = FOLDER) -> list[str]:
    """Generated files that are missing in the folder or say something else there."""
    return [
        name
        for name, text in pages().items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    check = parser.parse_args().check
    names = differing()
    for name in names:
        if not check:
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_text(pages()[name], encoding="utf-8")
        sys.stdout.write(f"{'out of date' if check else 'wrote'}: docs/{name}\n")
    if check and names:
        sys.stdout.write("`./run docs` writes them anew.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
