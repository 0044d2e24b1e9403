"""Typed building blocks: every node is made here, where its operands' types are checked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from banso.core.expressions.problem import Problem
from banso.core.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Field,
    In,
    IsUnmeasured,
    Literal,
    Node,
    Not,
    Or,
    Type,
)
from banso.core.wording import Wording, worded

FUNCTIONS = ("abs", "coalesce", "greatest", "least", "round")
_DEEPEST_CALLS = 3

_SAYS = {
    Type.NUMBER: worded("a number"),
    Type.TEXT: worded("text"),
    Type.BOOLEAN: worded("a condition (true or false)"),
    Type.ANY: worded("a number or text"),
}


@dataclass(frozen=True)
class Operand:
    """A node with its type, its place in the text, and how deep it and its calls are nested."""

    node: Node
    type: Type
    start: int
    shown: str
    depth: int = 1
    calls: int = 0
    unknown: bool = False  # an unknown name: told once, not again wherever it is used


def settle(operand: Operand, to: Type) -> Operand:
    """An operand of open type (attribute, property) takes the type it is used as."""
    if operand.type is not Type.ANY:
        return operand
    return replace(operand, node=_settled(operand.node, to), type=to)


def _settled(node: Node, to: Type) -> Node:
    if isinstance(node, Field) and node.type is Type.ANY:
        return Field(node.name, to)
    if isinstance(node, Call):
        return Call(node.function, tuple(_settled(argument, to) for argument in node.arguments))
    return node


class Builder:
    """Makes nodes. Problems of names and types are collected, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, message: Wording, start: int, suggestion: str | None = None) -> None:
        self.problems.append(Problem(message, start, suggestion))

    def must_be(self, operand: Operand, wanted: Type, where: str) -> Operand:
        settled = settle(operand, wanted)
        if operand.unknown:
            return settled
        if wanted is Type.BOOLEAN and operand.type is Type.ANY:
            hint = f"{operand.shown} = true"
            message = worded(
                "{shown} is {type}; {where} needs a condition",
                shown=operand.shown,
                type=_SAYS[Type.ANY],
                where=where,
            )
            self.refuse(message, operand.start, hint)
        elif settled.type is not wanted:
            message = worded(
                "{shown} is {type}; {where} needs {wanted}",
                shown=operand.shown,
                type=_SAYS[operand.type],
                where=where,
                wanted=_SAYS[wanted],
            )
            self.refuse(message, operand.start)
        return settled

    def junction(self, word: str, operands: list[Operand]) -> Operand:
        checked = [self.must_be(operand, Type.BOOLEAN, f"'{word}'") for operand in operands]
        nodes = tuple(operand.node for operand in checked)
        node: Node = And(nodes) if word == "and" else Or(nodes)
        return _over(checked, node, Type.BOOLEAN)

    def negation(self, operand: Operand) -> Operand:
        checked = self.must_be(operand, Type.BOOLEAN, "'not'")
        return _over([checked], Not(checked.node), Type.BOOLEAN)

    def comparison(self, operator: str, left: Operand, right: Operand) -> Operand:
        left, right = self._alike(left, right)
        node = Compare(operator, left.node, right.node)
        if left.unknown or right.unknown or left.type is not right.type:
            return _over([left, right], node, Type.BOOLEAN)  # told already
        if left.type is Type.BOOLEAN and not _plain(left, right):
            self.refuse(worded("conditions are joined with and / or, not compared"), left.start)
        elif operator not in ("=", "!=") and left.type is not Type.NUMBER:
            message = worded(
                "{type} can't be ordered with {operator}; use =, != or in",
                type=_SAYS[left.type],
                operator=operator,
            )
            self.refuse(message, left.start)
        return _over([left, right], node, Type.BOOLEAN)

    def _alike(self, left: Operand, right: Operand) -> tuple[Operand, Operand]:
        """Both sides with one type; an open one takes the other's."""
        if left.unknown or right.unknown:
            return left, right
        if left.type is Type.ANY and right.type is Type.ANY:
            message = worded(
                "{shown} and {shown_2} could each be a number or text; "
                "say which: add 0 to compare numbers, or compare each with a value",
                shown=left.shown,
                shown_2=right.shown,
            )
            self.refuse(message, left.start, f"{left.shown} + 0")
            return settle(left, Type.TEXT), settle(right, Type.TEXT)
        left, right = settle(left, right.type), settle(right, left.type)
        if left.type is not right.type:
            message = worded(
                "{shown} is {type} and {shown_2} is {type_2}: they can't be compared",
                shown=left.shown,
                type=_SAYS[left.type],
                shown_2=right.shown,
                type_2=_SAYS[right.type],
            )
            self.refuse(message, left.start, _quoted(left, right))
        return left, right

    def membership(self, operand: Operand, options: list[Operand]) -> Operand:
        literals: list[Literal] = []
        for option in options:
            operand, checked = self._alike(operand, option)
            if isinstance(checked.node, Literal):
                literals.append(checked.node)
        if operand.type is Type.BOOLEAN:
            self.refuse(worded("'in' lists texts or numbers"), operand.start)
        return _over([operand, *options], In(operand.node, tuple(literals)), Type.BOOLEAN)

    def range(self, operand: Operand, low: Operand, high: Operand) -> Operand:
        checked = [self.must_be(part, Type.NUMBER, "'between'") for part in (operand, low, high)]
        node = Between(checked[0].node, checked[1].node, checked[2].node)
        return _over(checked, node, Type.BOOLEAN)

    def unmeasured(self, operand: Operand) -> Operand:
        return _over([operand], IsUnmeasured(operand.node), Type.BOOLEAN)

    def arithmetic(self, operator: str, left: Operand, right: Operand) -> Operand:
        left = self.must_be(left, Type.NUMBER, f"'{operator}'")
        right = self.must_be(right, Type.NUMBER, f"'{operator}'")
        return _over([left, right], Arithmetic(operator, left.node, right.node), Type.NUMBER)

    def minus(self, operand: Operand) -> Operand:
        checked = self.must_be(operand, Type.NUMBER, "'-'")
        if isinstance(checked.node, Literal) and isinstance(checked.node.value, float):
            return replace(checked, node=Literal(-checked.node.value), shown=f"-{checked.shown}")
        return _over([checked], Arithmetic("-", Literal(0.0), checked.node), Type.NUMBER)

    def call(self, name: str, arguments: list[Operand], start: int) -> Operand:
        made = self._coalesce(arguments) if name == "coalesce" else self._numeric(name, arguments)
        wrong = _wrong_arguments(name, made)
        if wrong:
            self.refuse(wrong, start)
        calls = 1 + max((argument.calls for argument in made), default=0)
        if calls > _DEEPEST_CALLS:
            self.refuse(
                worded("functions may be nested {deepest} deep", deepest=_DEEPEST_CALLS), start
            )
        type_ = made[0].type if name == "coalesce" and made else Type.NUMBER
        node = Call(name, tuple(argument.node for argument in made))
        depth = 1 + max((argument.depth for argument in made), default=0)
        return Operand(node, type_, start, f"{name}(...)", depth, calls)

    def _numeric(self, name: str, arguments: list[Operand]) -> list[Operand]:
        return [self.must_be(argument, Type.NUMBER, f"{name}()") for argument in arguments]

    def _coalesce(self, arguments: list[Operand]) -> list[Operand]:
        known = [argument.type for argument in arguments if argument.type is not Type.ANY]
        if not known:
            return arguments
        return [self.must_be(argument, known[0], "coalesce() here") for argument in arguments]


def _over(operands: list[Operand], node: Node, type_: Type) -> Operand:
    return Operand(
        node,
        type_,
        operands[0].start,
        "this part",
        1 + max(operand.depth for operand in operands),
        max(operand.calls for operand in operands),
    )


def _plain(*operands: Operand) -> bool:
    return all(isinstance(operand.node, Literal | Field) for operand in operands)


def _quoted(left: Operand, right: Operand) -> str | None:
    for number, other in ((left, right), (right, left)):
        if isinstance(number.node, Literal) and number.type is Type.NUMBER:
            return f"'{number.shown}'" if other.type is Type.TEXT else None
    return None


def _wrong_arguments(name: str, arguments: list[Operand]) -> Wording | None:
    count = len(arguments)
    if name == "abs" and count != 1:
        return worded("abs() takes one number")
    if name in ("least", "greatest", "coalesce") and count < 2:
        return worded("{name}() takes two values or more", name=name)
    if name == "round" and not (count == 1 or (count == 2 and _digits(arguments[1].node))):
        return worded(
            "round() takes a number and, if wanted, the decimals: round(x, 2), from 0 to 9"
        )
    return None


def _digits(node: Node) -> bool:
    return isinstance(node, Literal) and node.value in {float(n) for n in range(10)}
