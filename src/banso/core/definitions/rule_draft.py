"""The draft of one rule, or of one play: a definition file of its own, laid over the set in force,
and in the end written into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Any, Literal

from banso.core.definitions.definition_set import Definitions
from banso.core.definitions.draft import Draft, Item, draft_of
from banso.core.definitions.excerpt import SECTIONS, lines, places, source_of, with_dash
from banso.core.definitions.load import loads
from banso.core.definitions.mistake import DefinitionError, Mistake
from banso.core.definitions.overlay import overlaid
from banso.core.wording import worded

DRAFT = "draft.yaml"
"""The file's name in mistakes."""
FOLDER = "on_screen"
"""Where files of definitions stand that are in no other file yet."""


class UnplaceableError(ValueError):
    """The set in force is written so that the draft can't be written into it by machine."""


Kind = Literal["rule", "play"]
"""Of what there are drafts."""


@dataclass(frozen=True)
class RuleDraft:
    """rule: name of the rule, or of the play. definitions: the set in force with the draft laid
    over it."""

    rule: str
    definitions: Definitions


def rule_draft(files: Mapping[str, str], text: str, kind: Kind = "rule") -> RuleDraft:
    """A draft replaces or adds its one rule (play); whatever else it holds is new.

    files: those in force, name -> YAML. text: YAML as of a definition file. Raises DefinitionError
    with all mistakes; those of the text are in the file DRAFT.
    """
    upper = draft_of({DRAFT: text})
    if not upper.mistakes:
        mistakes = [*_not_one(upper, kind), *_known(upper, draft_of(files), kind)]
        if mistakes:
            raise DefinitionError(mistakes)
    definitions = overlaid(files, {DRAFT: text})
    return RuleDraft(_own(upper, kind)[0].model.name, definitions)


def _own(upper: Draft, kind: Kind) -> Sequence[Item[Any]]:
    return upper.rules if kind == "rule" else upper.plays


def _not_one(upper: Draft, kind: Kind) -> Iterator[Mistake]:
    number = len(_own(upper, kind))
    if number != 1 and kind == "rule":
        message = worded(
            "a draft is of one rule, this has {number}: `rules:` and one item", number=number
        )
        yield Mistake(DRAFT, 1, 1, message)
    if number != 1 and kind == "play":
        message = worded(
            "a draft is of one play, this has {number}: `plays:` and one item", number=number
        )
        yield Mistake(DRAFT, 1, 1, message)
    for x in upper.organisations:
        yield x.mistake(message=worded("a draft can't change the organisation"))


def _known(upper: Draft, under: Draft, own: Kind) -> Iterator[Mistake]:
    """What other rules may rest on is not changed in passing."""
    for kind in (x for x in SECTIONS.values() if x not in ("organisation", SECTIONS[own])):
        names = {x.model.name for x in getattr(under, kind)}
        for x in getattr(upper, kind):
            if x.model.name in names:
                said = worded(
                    "'{name}' is in force already; a draft only adds what is not its own",
                    name=x.model.name,
                )
                yield x.mistake("name", message=said)


def text_of(files: Mapping[str, str], rule: str, kind: Kind = "rule") -> str | None:
    """A rule (play) in force as the text of a draft; None where there is none."""
    found = source_of(files, kind, rule)
    if found is None:
        return None
    item = found.text if found.text.startswith("-") else f"- {found.text}"
    return f"{SECTIONS[kind]}:\n" + indent(item, "  ") + "\n"


def written_into(files: Mapping[str, str], text: str, kind: Kind = "rule") -> dict[str, str]:
    """The files with the draft: its rule in the place of the old one, comments around it kept;
    what is new in a file of its own. Raises as `rule_draft`, and UnplaceableError where the files
    then would say anything else than the draft laid over them does."""
    draft = rule_draft(files, text, kind)
    text = text.removeprefix("\ufeff")
    made = {name: x.removeprefix("\ufeff") for name, x in files.items()}
    fresh: dict[str, list[str]] = {}
    for place in places(text):
        item = lines(text, place.start, place.end)
        item = item if item.startswith("-") else f"- {item}"
        home = next((x for x in sorted(made) if _has(made[x], place.section, place.name)), None)
        if home is None:
            fresh.setdefault(place.section, []).append(item)
        else:
            made[home] = _replaced(made[home], place.section, place.name, item)
    if fresh:
        made[_free_name(made, draft.rule)] = "".join(
            f"{section}:\n" + "".join(f"{indent(x, '  ')}\n" for x in items)
            for section, items in fresh.items()
        )
    if not _say_the_same(made, draft.definitions):
        raise UnplaceableError(
            f"The files in force are written so that {kind} '{draft.rule}' can't be put in by "
            "machine. Put its YAML into them by hand and use `banso apply`."
        )
    return made


def _has(text: str, section: str, name: str) -> bool:
    return any((x.section, x.name) == (section, name) for x in places(text))


def _replaced(text: str, section: str, name: str, item: str) -> str:
    place = next(x for x in places(text) if (x.section, x.name) == (section, name))
    begin = with_dash(text, place.start)
    stop = begin + len(text[begin : place.end].rstrip())
    margin = begin - text.rfind("\n", 0, begin) - 1
    if begin == place.start and item.startswith("- {"):  # an item of a list in brackets
        item = item.removeprefix("- ")
    first, *rest = item.split("\n")
    below = [f"{' ' * margin}{line}" if line else "" for line in rest]
    return text[:begin] + "\n".join([first, *below]) + text[stop:]


def _free_name(files: Mapping[str, str], rule: str) -> str:
    names = (f"{FOLDER}/{rule}{end}.yaml" for end in ("", *(f"_{n}" for n in range(2, 10_000))))
    return next(x for x in names if x not in files)


def _say_the_same(files: Mapping[str, str], wanted: Definitions) -> bool:
    try:
        found = loads(files)
    except DefinitionError:
        return False
    return (found.fingerprint, found.metadata_fingerprint) == (
        wanted.fingerprint,
        wanted.metadata_fingerprint,
    )


def lost(
    base: Definitions, in_force: Definitions, folder: Definitions
) -> tuple[tuple[str, str], ...]:
    """(kind, name) of what was changed on screen since the folder was last applied (`base`), and
    stands in the folder as if it had not been."""
    changed = {
        (kind, name)
        for kind in SECTIONS
        for name in {*base.sections[kind], *in_force.sections[kind]}
        if base.sections[kind].get(name) != in_force.sections[kind].get(name)
    }
    return tuple(
        sorted(
            (kind, name)
            for kind, name in changed
            if folder.sections[kind].get(name) == base.sections[kind].get(name)
        )
    )
