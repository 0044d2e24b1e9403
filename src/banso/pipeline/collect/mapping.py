"""Which column of a file is which field, as a person said it or agreed to it."""

import difflib
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from banso.pipeline.collect.errors import ImportFileError
from banso.pipeline.collect.fields import FIELDS, Field, Kind

_PLAIN = re.compile(r"[\w.:@+-]+")


class MappingError(ImportFileError):
    """A mapping that names an unknown field or column, or says something twice."""


@dataclass(frozen=True)
class ColumnMap:
    """columns: field -> column. constants: field -> the value of every row.

    extras: the columns that become properties or attributes; None: all that are not mapped.
    ignored: columns that are left out. declined: fields that no column is to be proposed for.
    complete: nothing is to be proposed beyond what is given (a mapping file says all).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    extras: tuple[str, ...] | None = None
    ignored: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    complete: bool = False

    def settled(self, field_name: str) -> bool:
        """Whether a person has said where this field comes from, or that it has no column."""
        return (
            field_name in self.columns
            or field_name in self.constants
            or field_name in self.declined
        )

    def missing(self, kind: Kind) -> tuple[Field, ...]:
        """Required fields that come from nowhere yet."""
        given = self.columns.keys() | self.constants.keys()
        return tuple(x for x in FIELDS[kind] if x.required and x.name not in given)

    def extra_columns(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Those of a file's columns that become properties or attributes."""
        if self.extras is not None:
            return self.extras
        used = set(self.columns.values()) | self.ignored
        return tuple(column for column in columns if column not in used)

    def options(self) -> tuple[str, ...]:
        """The options of the command line that say the same, ready to be copied."""
        return tuple(_option("--map", name, column) for name, column in self.columns.items())


def _option(option: str, name: str, value: str) -> str:
    return f"{option} {name}={value if _PLAIN.fullmatch(value) else shlex.quote(value)}"


def given_map(
    kind: Kind,
    *,
    maps: Sequence[str] = (),
    constants: Sequence[str] = (),
    ignored: Sequence[str] = (),
    file: Path | None = None,
) -> ColumnMap:
    """The mapping of `--map`, `--set`, `--ignore` and `--mapping`; options win over the file.

    `--map user=` says that there is no column for this field. Raises MappingError.
    """
    base = _from_file(kind, file) if file else ColumnMap()
    columns, fixed = dict(base.columns), dict(base.constants)
    declined = set(base.declined)
    for name, column in _pairs(kind, "--map", maps):
        columns.pop(name, None)
        if column:
            columns[name] = column
        else:
            declined.add(name)
    for name, value in _pairs(kind, "--set", constants):
        if not value:
            raise MappingError(f"--set {name}=: the value is missing.")
        fixed[name] = value
    for name in columns.keys() & fixed.keys():
        raise MappingError(
            f"The field '{name}' is given twice: from column '{columns[name]}' and as the fixed "
            f"value '{fixed[name]}'."
        )
    return replace(
        base,
        columns=columns,
        constants=fixed,
        ignored=base.ignored | frozenset(ignored),
        declined=frozenset(declined),
    )


def check_columns(given: ColumnMap, columns: Sequence[str], *, where: str) -> None:
    """Raises MappingError where the mapping names a column that the file does not have."""
    wanted = [*given.columns.values(), *(given.extras or ()), *sorted(given.ignored)]
    for column in wanted:
        if column not in columns:
            raise MappingError(
                f"{where}: no column '{column}'{_nearest(column, columns)} "
                f"The columns are: {', '.join(columns)}."
            )
    twice: dict[str, str] = {}
    for name, column in given.columns.items():
        if column in twice:
            raise MappingError(
                f"Column '{column}' is given for two fields, '{twice[column]}' and '{name}'."
            )
        twice[column] = name


def _pairs(kind: Kind, option: str, texts: Sequence[str]) -> Iterable[tuple[str, str]]:
    seen: set[str] = set()
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals:
            raise MappingError(f"{option} {text}: write {option} FIELD=..., with an equals sign.")
        _check_field(kind, name, f"{option} {text}")
        if name in seen:
            raise MappingError(f"{option} gives the field '{name}' twice.")
        seen.add(name)
        yield name, value.strip()


def _check_field(kind: Kind, name: str, where: str) -> None:
    names = [each.name for each in FIELDS[kind]]
    if name not in names:
        raise MappingError(
            f"{where}: {kind.value} have no field '{name}'{_nearest(name, names)} "
            f"The fields are: {', '.join(names)}."
        )


def _nearest(name: str, names: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else "."


def _from_file(kind: Kind, path: Path) -> ColumnMap:
    """A mapping file: `field: column` lines, and `properties:` (or `attributes:`) a list."""
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingError(f"{path}: can't be read: {error.strerror}.") from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise MappingError(f"{path}: not YAML: {error}") from error
    if not isinstance(content, dict):
        raise MappingError(f"{path}: write one 'field: column' a line, such as 'account: 会社ID'.")
    extras: tuple[str, ...] | None = None
    columns: dict[str, str] = {}
    for name, value in content.items():
        if name == kind.extras:
            extras = _texts(path, str(name), value)
            continue
        _check_field(kind, str(name), str(path))
        if not isinstance(value, str | int | float):
            raise MappingError(f"{path}: '{name}' must be the name of one column.")
        columns[str(name)] = str(value)
    return ColumnMap(columns=columns, extras=extras, complete=True)


def _texts(path: Path, name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise MappingError(f"{path}: '{name}' must be a list of columns: [列1, 列2].")
    return tuple(str(column) for column in value)
