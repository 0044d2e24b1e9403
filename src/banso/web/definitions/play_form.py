"""A play's draft as a form: fields with their names, what they mean, and what is wrong there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from banso.core.definitions.play_form import KINDS, Entry, Field, keys_of
from banso.core.definitions.play_written import NoFormError, field_at, fields_of
from banso.core.definitions.plays import APART
from banso.web.definitions import play_form_words as words
from banso.web.definitions.draft import MistakeRow

CODE = frozenset({"condition", "exit"})
LONG = CODE | {"instructions", "description", "text"}
TOGETHER = frozenset({"Label", "Expect", "Reached"})
"""Models whose fields are said all or not at all; a label that is needed says so above."""
Wrong = Mapping[str, Sequence[str]]
"""Key of a field -> what is wrong there."""


@dataclass(frozen=True)
class Row:
    """A field. told: id of what stands below it. lang: of what is written in it."""

    field: Field
    title: str
    hint: str
    wrong: Sequence[str]
    long: bool
    choices: Sequence[tuple[str, str]] = ()
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
    def code(self) -> bool:
        return self.field.name in CODE

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
class PlayForm:
    """readable: whether the text has a form at all."""

    readable: bool
    wrong: Sequence[Told] = ()
    play: Sequence[Row] = ()
    steps: Row | None = None
    proof: Sequence[Row] = ()


def play_form(text: str, mistakes: Sequence[MistakeRow]) -> PlayForm:
    try:
        fields = fields_of(text)
    except NoFormError:
        return PlayForm(readable=False, wrong=[Told(x.words, "") for x in mistakes])
    there = set(keys_of(fields))
    wrong: dict[str, list[str]] = defaultdict(list)
    told: list[Told] = []
    for x in mistakes:
        key = _shown(field_at(text, x.line, x.column), there) if x.line else ""
        wrong[key].append(x.words)
        told.append(Told(x.words, f"f-{key}" if key else ""))
    rows = {x.name: _row(x, wrong) for x in fields}
    steps = rows.pop("steps")
    return PlayForm(
        readable=True,
        wrong=told,
        play=[x for name, x in rows.items() if name not in APART],
        steps=steps,
        proof=[x for name, x in rows.items() if name in APART],
    )


def kinds() -> Sequence[tuple[str, str]]:
    return [(x, words.said(words.KINDS, x)) for x in KINDS]


def _shown(key: str, there: set[str]) -> str:
    """The field itself, or the nearest one around it that the form shows."""
    while key and key not in there:
        key = key.rpartition(".")[0]
    return key


def _row(field: Field, wrong: Wrong, long: bool = False) -> Row:
    long = field.shape == "text" and (long or field.name in LONG or "\n" in field.value)
    inner_long = field.name in LONG
    return Row(
        field=field,
        title=words.said(words.TITLES, field.name),
        hint=words.hint(field.owner, field.name),
        wrong=wrong.get(field.key, ()),
        long=long,
        choices=_choices(field) if field.shape == "choice" else (),
        rows=[_row(x, wrong, inner_long) for x in field.fields],
        items=[_item(at, x, wrong) for at, x in enumerate(field.items, start=1)],
    )


def _item(at: int, entry: Entry, wrong: Wrong) -> Item:
    model = entry.fields[0].owner if entry.kind and entry.fields else ""
    parts = [str(int(x) + 1) if x.isdecimal() else x for x in entry.key.split(".")[1:]]
    return Item(
        key=entry.key,
        number=".".join(parts),
        title=words.said(words.KINDS, entry.kind),
        hint=words.hint(model) if model else "",
        wrong=wrong.get(entry.key, ()),
        rows=[_row(x, wrong) for x in entry.fields],
    )


def _choices(field: Field) -> Sequence[tuple[str, str]]:
    """What the field may say. Nothing: the default; what it says now though it may not."""
    default = words.said(words.CHOICES, field.default)
    nothing = gettext("Default: %(value)s") % {"value": default} if default else "–"
    known = [(x, words.said(words.CHOICES, x)) for x in field.choices]
    odd = [] if field.value in ("", *field.choices) else [(field.value, field.value)]
    return [("", nothing), *known, *odd]
