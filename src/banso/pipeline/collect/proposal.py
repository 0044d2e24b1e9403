"""A mapping proposed from the names of the columns and from what stands in them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from banso.pipeline.collect import dates, numbers
from banso.pipeline.collect.fields import FIELDS, Field, Kind, Looks, folded
from banso.pipeline.collect.mapping import ColumnMap

Sample = Mapping[str, Sequence[str]]
EXACT, PART, VALUES = 100.0, 50.0, 10.0
MOSTLY, SOME = 0.8, 0.2  # of the values must fit; fewer where the name says it
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class ProposedField:
    """One line of a proposal. column: None where nothing fits. given: a person said it.

    samples: up to three different values of the column. why: in a few words.
    """

    field: Field
    column: str | None
    samples: tuple[str, ...]
    why: str
    given: bool


@dataclass(frozen=True)
class Proposal:
    """map: what was given, completed. fields: every field of the kind, in its order."""

    kind: Kind
    map: ColumnMap
    fields: tuple[ProposedField, ...]

    @property
    def guessed(self) -> bool:
        """Whether anything in it was proposed rather than given: then a person must agree."""
        return any(line.column is not None and not line.given for line in self.fields)

    @property
    def missing(self) -> tuple[Field, ...]:
        """Required fields that nothing was found for."""
        return self.map.missing(self.kind)


def propose_mapping(
    kind: Kind, *, columns: Sequence[str], sample: Sample, given: ColumnMap | None = None
) -> Proposal:
    """Complete a mapping by header names (NFKC, case and punctuation aside) and by values.

    sample: some of the filled cells of each column. Nothing is proposed for fields that are
    settled, nor from columns that are already used, ignored or named as extras.
    """
    given = given or ColumnMap()
    taken = set(given.columns.values()) | given.ignored | set(given.extras or ())
    free = [column for column in columns if column not in taken]
    open_fields = [x for x in FIELDS[kind] if not given.complete and not given.settled(x.name)]
    ranked = sorted(
        (
            (score, -place, field.name, column)
            for place, column in enumerate(free)
            for field in open_fields
            if (score := fit(field, column, sample.get(column, ()))) > 0
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    scores: dict[str, float] = {}
    for score, _, name, column in ranked:
        if name not in found and column not in found.values():
            found[name], scores[name] = column, score
    ordered = {x.name: found[x.name] for x in FIELDS[kind] if x.name in found}
    full = replace(given, columns={**given.columns, **ordered})
    lines = tuple(_line(field, full, sample, scores.get(field.name)) for field in FIELDS[kind])
    return Proposal(kind, full, lines)


def _line(field: Field, full: ColumnMap, sample: Sample, score: float | None) -> ProposedField:
    column = full.columns.get(field.name)
    samples = tuple(dict.fromkeys(sample.get(column, ()) if column else ()))[:3]
    if field.name in full.constants:
        why = f"always '{full.constants[field.name]}'"
    elif score is None:
        why = "as you said" if field.name in full.columns else ""
    elif score >= EXACT:
        why = "by its name"
    else:
        why = "by part of its name" if score >= PART else "by its values"
    return ProposedField(field, column, samples, why, given=score is None)


def fit(field: Field, column: str, values: Sequence[str]) -> float:
    """How well a column fits a field: 0 not at all. Names come first; values can forbid."""
    name = folded(column)
    names = [folded(each) for each in field.names]
    if values and not _plausible(field, values, SOME if name in names else MOSTLY):
        return 0.0
    if name in names:
        return EXACT + len(names) - names.index(name)
    inside = max((len(each) for each in names if _telling(each, field) and each in name), default=0)
    if inside:
        return PART + inside / len(name)
    if field.required and field.looks is Looks.TIME and values and field.name == "timestamp":
        return VALUES
    return 0.0


def _telling(name: str, field: Field) -> bool:
    """Whether a name says enough to be looked for inside longer ones.

    Shorter ones will do where the values must fit as well: a 年額(税抜) is a number.
    """
    checked = field.looks in (Looks.TIME, Looks.NUMBER)
    if name.isascii():
        return len(name) >= (3 if checked else 5)
    return len(name) >= (2 if checked else 3)


def _plausible(field: Field, values: Sequence[str], share: float) -> bool:
    if field.looks is Looks.TIME:
        return _share(values, _is_time) >= share
    if field.looks is Looks.NUMBER:
        return _share(values, _is_number) >= share
    if field.name == "message_id":
        return len(set(values)) == len(values)
    if field.name == "email":
        return _share(values, lambda text: _MAIL.fullmatch(text) is not None) >= share
    return _share(values, _is_dated) < MOSTLY


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values)


def _is_time(text: str) -> bool:
    """Also where day and month can't be told apart: --date-format will say."""
    try:
        dates.read_moment(text)
    except dates.NotADateError:
        return re.match(dates.UNSURE, text) is not None
    return True


def _is_dated(text: str) -> bool:
    """A time by its punctuation; keys such as 20260401 may be no date."""
    return not text.isdigit() and _is_time(text)


def _is_number(text: str) -> bool:
    try:
        numbers.read_decimal(text)
    except numbers.NotANumberError:
        return False
    return True
