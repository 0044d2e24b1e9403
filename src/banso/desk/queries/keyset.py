"""Pages of long lists, found by the last row seen and not by counting rows: the last page costs
what the first does, and a row that comes or goes moves no other into another page."""

import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Literal, TypeVar, cast

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThan, LessThan

T = TypeVar("T")
U = TypeVar("U")

Kind = Literal["text", "integer", "number", "day"]
Place = str | int | float | date
Row = Mapping[str, Any]

LONGEST = 4_000
"""Characters of a cursor; a longer one is none of ours."""
BIGGEST = 2**63 - 1
KEY = "sorted_by_{}"
PRESENT = "has_value"


@dataclass(frozen=True)
class Key:
    """Something to sort by that is never null among the rows it sorts."""

    expression: Combinable
    kind: Kind


@dataclass(frozen=True)
class Order:
    """name: a cursor made for an order of another name is none for this one. keys: the first
    decides; all go the same way. id: path of the whole number that tells rows apart. present,
    absent: which rows have a value of the key and which have none; the latter come last in
    either direction. None: all have one."""

    name: str
    keys: Sequence[Key]
    id: str
    present: Q | None = None
    absent: Q | None = None
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[T]):
    """next, previous: cursors of the pages beside it; None where there is none."""

    items: tuple[T, ...]
    next: str | None
    previous: str | None

    def map(self, make: Callable[[T], U]) -> "Page[U]":
        return Page(tuple(make(item) for item in self.items), self.next, self.previous)


@dataclass(frozen=True)
class _Cursor:
    """The row from which a page goes on, which is not on it. places: its keys; None: it has no
    value."""

    back: bool
    places: tuple[Place, ...] | None
    id: int


def page(
    rows: QuerySet[Any],
    order: Order,
    *,
    fields: Sequence[str],
    cursor: str | None = None,
    size: int = 50,
) -> Page[Row]:
    """One page of the rows, as mappings of these fields. One query, or two where the page reaches
    rows without a value; a cursor that is not ours, or behind which there is nothing any more,
    gives the first page.
    """
    start = _decoded(cursor, order) if cursor else None
    found = _walk(rows, order, fields, start=start, limit=size + 1)
    at_front = start is not None and start.back and len(found) <= size
    if start is not None and (at_front or not found):
        start, found = None, _walk(rows, order, fields, start=None, limit=size + 1)
    more = len(found) > size
    found = found[:size]
    if start is not None and start.back:
        found.reverse()
        before, after = more, True
    else:
        before, after = start is not None, more
    return Page(
        items=tuple(found),
        next=_encoded(order, found[-1], back=False) if after and found else None,
        previous=_encoded(order, found[0], back=True) if before and found else None,
    )


def pages(
    rows: QuerySet[Any], order: Order, *, fields: Sequence[str], size: int
) -> Iterator[Page[Row]]:
    """All pages, one after the other."""
    cursor = None
    while True:
        found = page(rows, order, fields=fields, cursor=cursor, size=size)
        yield found
        cursor = found.next
        if cursor is None:
            return


def _walk(
    rows: QuerySet[Any], order: Order, fields: Sequence[str], *, start: _Cursor | None, limit: int
) -> list[Row]:
    """The rows behind `start` in the order, or before it, nearest first."""
    back = start is not None and start.back
    parts = [True, False] if order.absent is not None else [True]
    if back:
        parts.reverse()
    if start is not None:
        parts = parts[parts.index(start.places is not None) :]
    found: list[Row] = []
    for number, present in enumerate(parts):
        part = _part(rows, order, present=present, back=back)
        if start is not None and number == 0:
            part = part.filter(_beyond(order, start))
        found += part.values(*{*fields, order.id}, *_names(order), PRESENT)[: limit - len(found)]
        if len(found) == limit:
            break
    return found


def _names(order: Order) -> list[str]:
    return [KEY.format(number) for number in range(len(order.keys))]


def _part(rows: QuerySet[Any], order: Order, *, present: bool, back: bool) -> QuerySet[Any]:
    """The rows with a value, or those without, in order."""
    descending = order.descending != back
    condition = order.present if present else order.absent
    keys = [key.expression for key in order.keys] if present else []
    by = [*keys, F(order.id)]
    told: Any = {name: key.expression for name, key in zip(_names(order), order.keys, strict=True)}
    told[PRESENT] = Value(present)
    if condition is not None:
        rows = rows.filter(condition)
    ordered: QuerySet[Any] = rows.annotate(**told).order_by(
        *(_towards(x, descending=descending) for x in by)
    )
    return ordered


def _towards(expression: Any, *, descending: bool) -> Any:
    return expression.desc() if descending else expression.asc()


class _RowOf(Func):
    """PostgreSQL compares rows of values from the left, by one look into an index."""

    function = "ROW"
    output_field = TextField()


def _beyond(order: Order, start: _Cursor) -> Q:
    keys = list(order.keys) if start.places is not None else []
    here = _RowOf(*(key.expression for key in keys), F(order.id))
    there = _RowOf(*(Value(x) for x in start.places or ()), Value(start.id))
    descending = order.descending != start.back
    return Q(LessThan(here, there) if descending else GreaterThan(here, there))


def _encoded(order: Order, row: Row, *, back: bool) -> str:
    places = [_plain(row[name]) for name in _names(order)] if row[PRESENT] else None
    content = json.dumps([_title(order), back, places, row[order.id]], separators=(",", ":"))
    return urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _title(order: Order) -> str:
    return f"-{order.name}" if order.descending else order.name


def _plain(place: Place) -> str | int | float:
    return place if isinstance(place, str | int | float) else str(place)


def _decoded(text: str, order: Order) -> _Cursor | None:
    """None where the text is no cursor of this order: nothing of it reaches the database then."""
    if len(text) > LONGEST:
        return None
    try:
        content = json.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        title, back, places, id_ = content
        if title != _title(order) or not isinstance(back, bool):
            return None
        if places is None:
            return None if order.absent is None else _Cursor(back, None, _integer(id_))
        read = (_READ[key.kind](x) for key, x in zip(order.keys, places, strict=True))
        return _Cursor(back, tuple(read), _integer(id_))
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return None


def _text(told: object) -> str:
    if not isinstance(told, str) or "\0" in told:
        raise ValueError("no text that PostgreSQL takes")
    told.encode()  # half of a surrogate pair raises
    return told


def _integer(told: object) -> int:
    if type(told) is not int or abs(told) > BIGGEST:
        raise ValueError("no whole number that PostgreSQL takes")
    return told


def _number(told: object) -> float:
    if type(told) not in (int, float) or not math.isfinite(number := float(cast("float", told))):
        raise ValueError("no number")
    return number


def _day(told: object) -> date:
    return date.fromisoformat(_text(told))


_READ: Mapping[Kind, Callable[[object], Place]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "day": _day,
}
