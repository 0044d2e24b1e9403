"""What a form of a rule or play says, written into the YAML it was made from: comments and all that
the form does not know stay as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    LiteralScalarString,
    ScalarString,
)

from banso.core.definitions.excerpt import SECTIONS
from banso.core.definitions.form_fields import KINDS, Entry, Field, form_fields
from banso.core.definitions.rule_draft import Kind
from banso.core.definitions.yaml_tree import Mapping as Tree
from banso.core.definitions.yaml_tree import Node, path_to, plain, read_tree, resolved
from banso.core.expressions import numbers, with_numbers

ORDER = re.compile(r"(add|remove|up|down):([\w.]{1,200})")
"""What a button asks for: `down:steps.2`, `add:steps.4.then`."""


class NoFormError(ValueError):
    """The text can't be shown as a form: it is no YAML, or not of one rule (play)."""


def fields_of(text: str, kind: Kind = "play") -> Sequence[Field]:
    """The rule or play of a draft's text. Raises NoFormError."""
    return form_fields(kind, _own(_tree(text), kind))


def field_at(text: str, line: int, column: int, kind: Kind = "play") -> str:
    """Key of the field at a place of the text; empty where it is not in the rule (play)."""
    section, _, *path = (*path_to(_tree(text), line, column), "", "")
    return ".".join(str(x) for x in path if x != "") if section == SECTIONS[kind] else ""


def filled(text: str, said: Mapping[str, str], kind: Kind = "play") -> str:
    """The text with what a form of it says. said: key -> what was sent."""
    fields = fields_of(text, kind)
    yaml, root = _opened(text)
    return _text(yaml, root) if _fill(root[SECTIONS[kind]][0], fields, said) else text


def ordered(text: str, order: str, kind: str = "") -> str:
    """The text of a play after a button for steps was pressed; as it was where that means
    nothing."""
    found = ORDER.fullmatch(order)
    if found is None:
        return text
    what, key = found.groups()
    lists, at = _lists(fields_of(text)), key.rpartition(".")
    yaml, root = _opened(text)
    if what == "add":
        if key not in lists or kind not in KINDS:
            return text
        parent, _, name = key.rpartition(".")
        into = _below(root["plays"][0], parent)
        if not into.get(name):
            into[name] = CommentedSeq()
        into[name].append(CommentedMap(kind=kind))
        return _text(yaml, root)
    number = int(at[2]) if at[2].isdecimal() else -1
    to = {"up": number - 1, "down": number + 1, "remove": 0}[what]
    if at[0] not in lists or not {number, to} <= set(range(lists[at[0]])):
        return text
    steps = _below(root["plays"][0], at[0])
    step = steps.pop(number)
    if what != "remove":
        steps.insert(to, step)
    return _text(yaml, root)


def _lists(fields: Sequence[Field]) -> dict[str, int]:
    """Lists of steps -> how many."""
    found: dict[str, int] = {}
    for field in fields:
        if field.shape == "steps":
            found[field.key] = len(field.items)
            for item in field.items:
                found |= _lists(item.fields)
    return found


def _below(node: Any, key: str) -> Any:
    for part in key.split(".") if key else ():
        node = node[int(part) if part.isdecimal() else part]
    return node


def _tree(text: str) -> Node:
    root, mistakes = read_tree("", text)
    if root is None or mistakes:
        raise NoFormError
    return root


def _own(root: Node, kind: Kind) -> dict[str, object]:
    data = plain(root)
    items = data.get(SECTIONS[kind]) if isinstance(root, Tree) and isinstance(data, dict) else None
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise NoFormError
    return items[0]


def _opened(text: str) -> tuple[YAML, Any]:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml, yaml.load(text.removeprefix("\ufeff"))


def _text(yaml: YAML, root: object) -> str:
    stream = StringIO()
    yaml.dump(root, stream)
    return stream.getvalue()


def _fill(into: CommentedMap, fields: Sequence[Field], said: Mapping[str, str]) -> bool:
    """Whether anything is different then."""
    return sum(_one(into, field, said) for field in fields) > 0


def _one(into: CommentedMap, field: Field, said: Mapping[str, str]) -> bool:
    if field.shape == "other":
        return False
    return _WRITERS.get(field.shape, _value)(into, field, said)


def _steps(into: CommentedMap, field: Field, said: Mapping[str, str]) -> bool:
    items = enumerate(field.items)
    return sum(_fill(into[field.name][at], x.fields, said) for at, x in items) > 0


def _group(into: CommentedMap, field: Field, said: Mapping[str, str]) -> bool:
    if not field.required and _blank(field.fields, said):
        return _drop(into, field.name)
    if into.get(field.name) is None:
        into[field.name] = _flow()
    return _fill(into[field.name], field.fields, said)


def _drop(into: CommentedMap, name: str) -> bool:
    there = name in into
    if there:
        del into[name]
    return there


def _rows(into: CommentedMap, field: Field, said: Mapping[str, str]) -> bool:
    rows = into.get(field.name)
    rows = CommentedSeq() if rows is None else rows
    before = len(rows)
    changed = False
    for at, item in reversed(list(enumerate(field.items))):
        if not item.spare and _blank(item.fields, said):
            rows.pop(at)
            changed = True
        elif not item.spare:
            changed |= _fill(rows[at], item.fields, said)
    more = [x for x in field.items if x.spare and not _blank(x.fields, said)]
    rows.extend(_new_row(x, said) for x in more)
    if before and not rows and not field.required:
        del into[field.name]
    elif rows and not before:
        into[field.name] = rows
    return changed or bool(more)


def _new_row(item: Entry, said: Mapping[str, str]) -> CommentedMap:
    row = _flow()
    _fill(row, item.fields, said)
    return row


def _flow() -> CommentedMap:
    made = CommentedMap()
    made.fa.set_flow_style()
    return made


def _blank(fields: Sequence[Field], said: Mapping[str, str]) -> bool:
    return not any(said.get(x.key, x.value).strip() for x in fields)


def _value(into: CommentedMap, field: Field, said: Mapping[str, str]) -> bool:
    if field.shape == "flag":
        now = str(field.key in said).lower()
        if now != field.value:
            into[field.name] = now == "true"
        return now != field.value
    text = said.get(field.key, field.value).replace("\r\n", "\n")
    blank = not text.strip()
    if blank and not field.required:
        return _drop(into, field.name)
    if text == field.value and field.name in into:
        return False
    into[field.name] = ("" if field.empty else None) if blank else _typed(field, text)
    return True


def _condition(into: CommentedMap, field: Field, said: Mapping[str, str]) -> bool:
    """A number that was changed counts where the text that was sent still has the old one."""
    text = said.get(field.key, field.value).replace("\r\n", "\n")
    there = numbers(text)
    changed = {
        at: new
        for at, part in enumerate(field.fields)
        if (new := said.get(part.key, part.value).strip()) not in ("", part.value)
        and at < len(there)
        and there[at].text == part.value
    }
    text = with_numbers(text, changed)
    if text.strip() == field.value.strip() and field.name in into:
        return False
    before = into.get(field.name)
    changed_it = _value(into, field, {**said, field.key: text})
    if changed_it and field.name in into and changed:
        into[field.name] = _laid_out_as(before, text)
    return changed_it


def _laid_out_as(before: object, text: str) -> str:
    """As the text before it, whose words stand in the same order: quoted, or on as many lines."""
    if not isinstance(before, ScalarString):
        return text
    made: Any = type(before)(text)
    old, new = ([at for at, letter in enumerate(x) if letter == " "] for x in (before, text))
    if len(old) == len(new):  # lines end at some of the spaces
        made.fold_pos = [new[old.index(at)] for at in getattr(before, "fold_pos", ()) if at in old]
    return cast("str", made)


def _of_days(into: CommentedMap, field: Field, said: Mapping[str, str]) -> bool:
    parts = [said.get(x.key, x.value).strip() for x in field.fields]
    if parts == [x.value for x in field.fields]:
        return False
    into[field.name] = "{} of {} days".format(*parts)
    return True


def _names(into: CommentedMap, field: Field, said: Mapping[str, str]) -> bool:
    names = [x.strip() for x in re.split("[,、]", said.get(field.key, field.value)) if x.strip()]
    if ", ".join(names) == field.value:
        return False
    if not names:
        return _drop(into, field.name)
    row = CommentedSeq(names)
    row.fa.set_flow_style()
    into[field.name] = row
    return True


def _typed(field: Field, text: str) -> object:
    """As what the field needs, where it can be read as that; else the checks refuse the text."""
    text = text.strip()
    if field.shape in ("whole", "decimal"):
        number = resolved(text)
        return number if isinstance(number, int | float) and not isinstance(number, bool) else text
    if "\n" in text:
        return LiteralScalarString(f"{text}\n")
    return text if resolved(text) == text else DoubleQuotedScalarString(text)


_WRITERS: Mapping[str, Callable[[CommentedMap, Field, Mapping[str, str]], bool]] = {
    "steps": _steps,
    "group": _group,
    "rows": _rows,
    "condition": _condition,
    "n_of_m": _of_days,
    "names": _names,
}
"""By the shape of a field; the others are single values."""
