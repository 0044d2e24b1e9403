"""What differs between two sets, field by field, and whether it can change a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from banso.core.definitions.definition_set import Definitions
from banso.core.definitions.fingerprint import Value, affects_numbers, flat

Path = tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """kind: metric, journey ... name: of the definition ('' for the organisation).

    field: dotted, lists by name (`stages.habit.enter`); '' where the whole definition came or
    went. old, new: None where it was not there; a part that came or went as a whole (a stage) is
    one text of its fields. affects_numbers: a number, a colour or an alert may change.
    """

    kind: str
    name: str
    field: str
    old: Value
    new: Value
    affects_numbers: bool


def compare(old: Definitions, new: Definitions) -> tuple[Difference, ...]:
    """All differences, by kind, name and field; empty where both say the same."""
    before, after = flat(old.sections), flat(new.sections)
    paths = {*_changed(before, after)}
    return tuple(_difference(path, before, after) for path in sorted(paths))


def _changed(before: Mapping[Path, Value], after: Mapping[Path, Value]) -> Iterator[Path]:
    for path in before.keys() & after.keys():
        if before[path] != after[path]:
            yield path
    for mine, other in ((before, after), (after, before)):
        known = {path[:length] for path in other for length in range(len(path) + 1)}
        for path in mine.keys() - other.keys():
            length = next(n for n in range(2, len(path) + 1) if path[:n] not in known)
            yield path[:length]


def _difference(
    path: Path, before: Mapping[Path, Value], after: Mapping[Path, Value]
) -> Difference:
    old, new = _below(path, before), _below(path, after)
    return Difference(
        kind=path[0],
        name=path[1],
        field=".".join(step or "order" for step in path[2:]),
        old=_shown(old),
        new=_shown(new),
        affects_numbers=any(affects_numbers((*path, *rest)) for rest in {*old, *new}),
    )


def _below(path: Path, fields: Mapping[Path, Value]) -> dict[Path, Value]:
    return {p[len(path) :]: value for p, value in fields.items() if p[: len(path)] == path}


def _shown(fields: Mapping[Path, Value]) -> Value:
    if not fields or () in fields:
        return fields.get(())
    return ", ".join(f"{'.'.join(p)}: {value}" for p, value in fields.items() if p[-1])
