"""One file of definitions as a whole."""

from __future__ import annotations

from pydantic import Field

from banso.core.definitions.metrics import Metric
from banso.core.definitions.model import Definition, Journey, Organisation, Rule, Segment, Source
from banso.core.definitions.outcomes import Outcome
from banso.core.definitions.plays import Play
from banso.core.definitions.template import Template


class DefinitionFile(Definition):
    """One YAML file; a folder of them is read as one set."""

    organisation: Organisation | None = None
    sources: tuple[Source, ...] = Field(default=(), strict=False)
    metrics: tuple[Metric, ...] = Field(default=(), strict=False)
    segments: tuple[Segment, ...] = Field(default=(), strict=False)
    journeys: tuple[Journey, ...] = Field(default=(), strict=False)
    rules: tuple[Rule, ...] = Field(default=(), strict=False)
    outcomes: tuple[Outcome, ...] = Field(default=(), strict=False)
    plays: tuple[Play, ...] = Field(default=(), strict=False)
    templates: tuple[Template, ...] = Field(default=(), strict=False)
