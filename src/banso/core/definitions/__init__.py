"""Definitions as code: YAML -> checked, frozen objects; fingerprints; differences."""

from banso.core.definitions.compare import Difference, compare
from banso.core.definitions.definition_set import Definitions
from banso.core.definitions.load import check, check_texts, loads, read, texts
from banso.core.definitions.mistake import DefinitionError, Mistake
from banso.core.definitions.overlay import overlaid
from banso.core.definitions.reference import json_schema, reference_markdown

__all__ = [
    "DefinitionError",
    "Definitions",
    "Difference",
    "Mistake",
    "check",
    "check_texts",
    "compare",
    "json_schema",
    "loads",
    "overlaid",
    "read",
    "reference_markdown",
    "texts",
]
