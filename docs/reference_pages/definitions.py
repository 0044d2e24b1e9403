"""Definitions: the page and the schema are core's own; here they only get their place."""

import json

from banso.core.definitions import json_schema, reference_markdown
from reference_pages.language import Language


def page(language: Language) -> str:
    return reference_markdown(language)


def schema() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
