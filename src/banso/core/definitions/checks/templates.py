"""Texts of templates and of plays name places that there are, and close what they open; a mail
names a template that there is."""

from collections.abc import Collection, Iterator

from banso.core.definitions.draft import Draft, Item, Step
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.model import Label
from banso.core.definitions.plays import MailStep, MessageStep, Play, TaskStep
from banso.core.definitions.plays import Step as PlayStep
from banso.core.definitions.template import (
    ACCOUNT_PLACES,
    ATTRIBUTE,
    CONTACT_PLACES,
    METRIC,
    BrokenTemplateError,
    Place,
    Template,
    parts,
)
from banso.core.definitions.written import known_metrics, placed
from banso.core.expressions import nearest
from banso.core.wording import worded

Written = Item[Template] | Item[Play]


def check(draft: Draft) -> Iterator[Mistake]:
    metrics = {f"{METRIC}{x}" for x in known_metrics(draft)}
    account = {*ACCOUNT_PLACES, *metrics}
    for item in draft.templates:
        for field, label in (("subject", item.model.subject), ("text", item.model.text)):
            yield from _label(item, (field,), label, account | {*CONTACT_PLACES}, draft.whole)
    names = {x.model.name for x in draft.templates} | set(draft.broken.get("templates", ()))
    for play in draft.plays:
        for path, step in placed(play.model.steps, ("steps",)):
            for field, label in _texts(step):
                yield from _label(play, (*path, field), label, account, draft.whole)
            if isinstance(step, MailStep) and draft.whole and step.template not in names:
                message = worded("unknown template {template!r}", template=step.template)
                meant = nearest(step.template, names)
                yield play.mistake(*path, "template", message=message, suggestion=meant)


def _texts(step: PlayStep) -> Iterator[tuple[str, Label]]:
    if isinstance(step, MessageStep):
        yield "text", step.text
    if isinstance(step, TaskStep):
        yield "label", step.label
        if step.instructions is not None:
            yield "instructions", step.instructions


def _label(
    item: Written, path: tuple[Step, ...], label: Label, known: Collection[str], whole: bool
) -> Iterator[Mistake]:
    for language, text in (("en", label.en), ("ja", label.ja)):
        try:
            found = [x for x in parts(text) if isinstance(x, Place)]
        except BrokenTemplateError as error:
            yield item.mistake(*path, language, message=error.wording, offset=error.offset)
            continue
        for place in found:
            unknown = place.name not in known and not place.name.startswith(ATTRIBUTE)
            if unknown and (whole or not place.name.startswith(METRIC)):
                yield item.mistake(
                    *path,
                    language,
                    message=worded(
                        "unknown place {place!r}; there are {places}",
                        place=place.name,
                        places=", ".join(_some(known)),
                    ),
                    suggestion=nearest(place.name, known),
                    offset=place.offset,
                )


def _some(known: Collection[str]) -> list[str]:
    places = [x for x in (*ACCOUNT_PLACES, *CONTACT_PLACES) if x in known]
    return [*places, f"{ATTRIBUTE}NAME", f"{METRIC}NAME"]
