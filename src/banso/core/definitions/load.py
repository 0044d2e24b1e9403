"""From files to checked definitions. Reading text files is the one IO that core does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from banso.core.definitions.checks import CHECKS
from banso.core.definitions.definition_set import Definitions
from banso.core.definitions.draft import Draft, Item, draft_of
from banso.core.definitions.mistake import DefinitionError, Mistake, in_order
from banso.core.definitions.yaml_tree import LARGEST_FILE
from banso.core.wording import worded

T = TypeVar("T")


def read(folder: Path) -> Definitions:
    """The set in a folder's *.yaml and *.yml files, sub-folders included. Raises DefinitionError
    with all mistakes of all files."""
    definitions, mistakes = check(folder)
    if definitions is None:
        raise DefinitionError(mistakes)
    return definitions


def check(folder: Path) -> tuple[Definitions | None, tuple[Mistake, ...]]:
    """The set (None where there is an error) and every error and warning, in order of place."""
    files, unreadable = _texts(folder)
    if unreadable or not files:
        if not unreadable:
            message = worded("no *.yaml file here; `banso init` writes a set to start from")
            if not folder.is_dir():
                missing = worded("no such folder; `banso init` makes one to start from")
                message = worded("this is a file; name its folder") if folder.exists() else missing
            unreadable = [Mistake(str(folder), 1, 1, message)]
        definitions, mistakes = None, _check(files, unread=True)[1] if files else ()
        return definitions, in_order([*unreadable, *mistakes])
    return _check(files)


def texts(folder: Path) -> dict[str, str]:
    """The texts of a checked folder, as `loads` takes them: path in the folder -> YAML."""
    return _texts(folder)[0]


def loads(files: Mapping[str, str]) -> Definitions:
    """The set in texts (file name -> YAML). Raises DefinitionError with all mistakes."""
    definitions, mistakes = check_texts(files)
    if definitions is None:
        raise DefinitionError(mistakes)
    return definitions


def check_texts(
    files: Mapping[str, str],
) -> tuple[Definitions | None, tuple[Mistake, ...]]:
    """As `check`, for texts (file name -> YAML)."""
    return _check(files)


def _check(
    files: Mapping[str, str], *, unread: bool = False
) -> tuple[Definitions | None, tuple[Mistake, ...]]:
    """unread: some file is missing from `files`, so that unknown names say nothing."""
    draft = draft_of(files)
    if unread:
        draft.broken.setdefault("files", set()).add("")
    return checked(draft)


def checked(draft: Draft) -> tuple[Definitions | None, tuple[Mistake, ...]]:
    """As `check`, of what has been read already."""
    found = [*draft.mistakes]
    for rule in CHECKS:
        found.extend(rule(draft))
    mistakes = in_order(found)
    if any(mistake.level == "error" for mistake in mistakes):
        return None, mistakes
    return _made(draft), mistakes


def _made(draft: Draft) -> Definitions:
    return Definitions(
        organisation=draft.organisations[0].model,
        sources=_by_name(draft.sources),
        metrics=_by_name(draft.metrics),
        segments=_by_name(draft.segments),
        journeys=_by_name(draft.journeys),
        rules=_by_name(draft.rules),
        outcomes=_by_name(draft.outcomes),
        plays=_by_name(draft.plays),
        templates=_by_name(draft.templates),
    )


def _by_name(items: list[Item[T]]) -> dict[str, T]:
    models: list[Any] = [item.model for item in items]
    return {model.name: model for model in models}


def _texts(folder: Path) -> tuple[dict[str, str], list[Mistake]]:
    texts: dict[str, str] = {}
    unreadable: list[Mistake] = []
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        try:
            if path.stat().st_size > LARGEST_FILE:
                message = worded(
                    "larger than {largest:,} bytes; split it into several files",
                    largest=LARGEST_FILE,
                )
                unreadable.append(Mistake(name, 1, 1, message))
            else:
                texts[name] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
            message = worded(
                "not UTF-8 (byte {byte:#04x}); save the file as UTF-8",
                byte=error.object[error.start],
            )
            unreadable.append(Mistake(name, line, column, message))
        except OSError as error:
            unreadable.append(
                Mistake(name, 1, 1, worded("can't be read: {strerror}", strerror=error.strerror))
            )
    return texts, unreadable


def _paths(folder: Path) -> Iterator[Path]:
    found = {*folder.rglob("*.yaml"), *folder.rglob("*.yml")}
    for path in sorted(found):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
