"""Definitions as code: YAML -> checked, frozen objects; fingerprints; differences."""

from banso.core.definitions.definition_set import Definitions
from banso.core.definitions.load import check, check_texts, loads, read
from banso.core.definitions.mistake import DefinitionError, Mistake

__all__ = ["DefinitionError", "Definitions", "Mistake", "check", "check_texts", "loads", "read"]
