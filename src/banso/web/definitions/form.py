"""The draft of a rule or a play as a form: fields with their names, what they mean, and what is
wrong there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.form_fields import KINDS, Entry, Field, keys_of
from banso.core.definitions.form_written import NoFormError, field_at, fields_of
from banso.core.definitions.model import Label
from banso.core.definitions.plays import APART
from banso.core.definitions.rule_draft import Kind
from banso.core.expressions import ExpressionError, Number, numbers
from banso.core.health.describe import Description, describe_field
from banso.core.health.in_words import compared_in_words, condition_in_words
from banso.desk.queries.members import members
from banso.web.definitions import form_words as words
from banso.web.definitions.draft import MistakeRow
from banso.web.definitions.places import outcome_label, play_label
from banso.web.tags import percent, text

LONG = frozenset({"instructions", "description", "text", "action"})
PROOF = APART | {"duty_of_care"}
TOGETHER = frozenset({"Label", "Expect", "Reached"})
"""Models whose fields are said all or not at all; a label that is needed says so above."""


@dataclass(frozen=True)
class Row:
    """A field. told: id of what stands below it. lang: of what is written in it. known: what could
    be written, with its word. said: a condition in words, '' where it can't be read. rows: its
    parts; of a condition its numbers."""

    field: Field
    title: str
    hint: str
    wrong: Sequence[str]
    long: bool
    choices: Sequence[tuple[str, str]] = ()
    known: Sequence[tuple[str, str]] = ()
    said: str = ""
    rows: Sequence["Row"] = ()
    items: Sequence["Item"] = ()

    @property
    def id(self) -> str:
        return f"f-{self.field.key}"

    @property
    def next(self) -> str:
        """Id of the item that would be added."""
        return f"{self.id}.{len(self.items)}"

    @property
    def told(self) -> str:
        return f"{self.id}-told" if self.hint or self.wrong else ""

    @property
    def needed(self) -> bool:
        """Parts of what may be left out are needed only together."""
        return self.field.required and self.field.owner not in TOGETHER

    @property
    def lang(self) -> str:
        return self.field.name if self.field.owner == "Label" else ""

    @property
    def least(self) -> str:
        return "" if self.field.least is None else f"{self.field.least:g}"

    @property
    def most(self) -> str:
        return "" if self.field.most is None else f"{self.field.most:g}"


@dataclass(frozen=True)
class Item:
    """One of a list; of steps with its number as the play counts them."""

    key: str
    number: str
    title: str
    hint: str
    wrong: Sequence[str]
    rows: Sequence[Row]

    @property
    def id(self) -> str:
        return f"f-{self.key}"

    @property
    def above(self) -> str:
        return self._beside(-1)

    @property
    def below(self) -> str:
        return self._beside(1)

    def _beside(self, by: int) -> str:
        """Id of the place where it stands after it was moved."""
        under, _, at = self.id.rpartition(".")
        return f"{under}.{int(at) + by}"


@dataclass(frozen=True)
class Told:
    """place: id of the field, empty where it is of none."""

    words: str
    place: str


@dataclass(frozen=True)
class DraftForm:
    """readable: whether the text has a form at all. steps: of a play. proof: fields that change
    neither to whom something is done, nor what."""

    readable: bool
    wrong: Sequence[Told] = ()
    main: Sequence[Row] = ()
    steps: Row | None = None
    proof: Sequence[Row] = ()


@dataclass(frozen=True)
class _Around:
    """What rows are made with. wrong: key of a field -> what is wrong there. known: key of a field
    -> what could be written there."""

    definitions: Definitions
    wrong: Mapping[str, Sequence[str]]
    known: Mapping[str, Sequence[tuple[str, str]]]


def draft_form(
    kind: Kind, draft: str, mistakes: Sequence[MistakeRow], definitions: Definitions
) -> DraftForm:
    """draft: its text. definitions: those in force."""
    try:
        fields = fields_of(draft, kind)
    except NoFormError:
        return DraftForm(readable=False, wrong=[Told(x.words, "") for x in mistakes])
    there = set(keys_of(fields))
    wrong: dict[str, list[str]] = defaultdict(list)
    told: list[Told] = []
    for x in mistakes:
        key = _shown(field_at(draft, x.line, x.column, kind), there) if x.line else ""
        wrong[key].append(x.words)
        told.append(Told(x.words, f"f-{key}" if key else ""))
    around = _Around(definitions, wrong, _known(definitions) if kind == "rule" else {})
    rows = {x.name: _row(x, around) for x in fields}
    steps = rows.pop("steps", None)
    return DraftForm(
        readable=True,
        wrong=told,
        main=[x for name, x in rows.items() if name not in PROOF],
        steps=steps,
        proof=[x for name, x in rows.items() if name in PROOF],
    )


def _known(definitions: Definitions) -> Mapping[str, Sequence[tuple[str, str]]]:
    return {
        "assign.member": [(x.handle, x.name) for x in members() if x.active],
        "play": [(x.name, text(play_label(x))) for x in definitions.plays.values()],
        "outcome": [(x, text(outcome_label(definitions, x))) for x in definitions.outcomes],
    }


def kinds() -> Sequence[tuple[str, str]]:
    return [(x, words.said(words.KINDS, x)) for x in KINDS]


def _shown(key: str, there: set[str]) -> str:
    """The field itself, or the nearest one around it that the form shows."""
    while key and key not in there:
        key = key.rpartition(".")[0]
    return key


def _row(field: Field, around: _Around, long: bool = False) -> Row:
    long = field.shape == "text" and (long or field.name in LONG or "\n" in field.value)
    inner_long = field.name in LONG
    rows = [_row(x, around, inner_long) for x in field.fields]
    said = ""
    if field.shape == "condition":
        said = _in_words(around.definitions, field.value)
        found = numbers(field.value)
        rows = [_number(x, n, around) for x, n in zip(field.fields, found, strict=True)]
    return Row(
        field=field,
        title=words.said(words.TITLES, field.name),
        hint=words.hint(field.owner, field.name),
        wrong=around.wrong.get(field.key, ()),
        long=long,
        choices=_choices(field) if field.shape == "choice" else (),
        known=around.known.get(field.key, ()),
        said=said,
        rows=rows,
        items=[_item(at, x, around) for at, x in enumerate(field.items, start=1)],
    )


def _number(field: Field, number: Number, around: _Around) -> Row:
    """A number of a condition, called by what it is held against."""
    what = _described(around.definitions, number.name)
    unit = f" ({text(what.unit)})" if what.unit else ""
    called, operator = text(what.label), number.operator
    if operator == "between":
        title = gettext("%(name)s: from") % {"name": called}
    elif operator == "and":
        title = gettext("%(name)s: to") % {"name": called}
    elif operator:
        title = text(compared_in_words(operator, what.label, "…"))
    else:
        title = called or gettext("A number in the condition")
    hint = ""
    if what.form == "percent":
        hint = gettext("A share: %(number)s is %(percent)s") % {
            "number": number.text,
            "percent": percent(float(number.text)),
        }
    return Row(field=field, title=title + unit, hint=hint, wrong=(), long=False)


def _in_words(definitions: Definitions, condition: str) -> str:
    try:
        return text(condition_in_words(definitions, condition)) if condition.strip() else ""
    except (ExpressionError, KeyError):  # of a draft: its mistakes are told beside it
        return ""


def _described(definitions: Definitions, name: str) -> Description:
    """Also of a name that the definitions do not have, as it may stand in a draft."""
    try:
        return describe_field(definitions, name)
    except KeyError:
        return Description(label=Label(en=name, ja=name))


def _item(at: int, entry: Entry, around: _Around) -> Item:
    model = entry.fields[0].owner if entry.kind and entry.fields else ""
    parts = [str(int(x) + 1) if x.isdecimal() else x for x in entry.key.split(".")[1:]]
    return Item(
        key=entry.key,
        number=".".join(parts),
        title=words.said(words.KINDS, entry.kind),
        hint=words.hint(model) if model else "",
        wrong=around.wrong.get(entry.key, ()),
        rows=[_row(x, around) for x in entry.fields],
    )


def _choices(field: Field) -> Sequence[tuple[str, str]]:
    """What the field may say. Nothing: the default; what it says now though it may not."""
    default = words.said(words.CHOICES, field.default)
    nothing = gettext("Default: %(value)s") % {"value": default} if default else "–"
    known = [(x, words.said(words.CHOICES, x)) for x in field.choices]
    odd = [] if field.value in ("", *field.choices) else [(field.value, field.value)]
    return [("", nothing), *known, *odd]
