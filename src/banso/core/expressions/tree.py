"""The typed tree that every condition becomes: the only form that is ever evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Type(Enum):
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    ANY = "any"  # number or text, settled by what it is compared with (attributes, properties)


@dataclass(frozen=True)
class Literal:
    value: float | str | bool


@dataclass(frozen=True)
class Field:
    """A dotted name: `weekly_active_users`, `attribute.industry`, `journey.adoption.stage`."""

    name: str
    type: Type


@dataclass(frozen=True)
class Compare:
    operator: str  # = != < <= > >=
    left: Node
    right: Node


@dataclass(frozen=True)
class In:
    operand: Node
    options: tuple[Literal, ...]


@dataclass(frozen=True)
class Between:
    """Inclusive at both ends, as in SQL."""

    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class IsUnmeasured:
    operand: Node


@dataclass(frozen=True)
class And:
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    operand: Node


@dataclass(frozen=True)
class Arithmetic:
    operator: str  # + - * /
    left: Node
    right: Node


@dataclass(frozen=True)
class Call:
    function: str  # abs, least, greatest, round, coalesce
    arguments: tuple[Node, ...]


Node = Literal | Field | Compare | In | Between | IsUnmeasured | And | Or | Not | Arithmetic | Call


@dataclass(frozen=True)
class Expression:
    """A parsed and checked expression.

    text: as written. type: of the result. root: the tree.
    """

    text: str
    type: Type
    root: Node
