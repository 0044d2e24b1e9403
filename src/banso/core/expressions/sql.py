"""A tree as DuckDB SQL: the same answers as `evaluate`, null standing for unmeasured.

Only sqlglot writes SQL here: names come from the caller's trusted fragments, and every literal
and JSON path is escaped by sqlglot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from banso.core.expressions.cast import NUMERIC_TEXT
from banso.core.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Expression,
    Field,
    In,
    IsUnmeasured,
    Literal,
    Node,
    Not,
    Or,
    Type,
)

_DIALECT = "duckdb"
_OPEN = ("properties", "attribute")  # below these every value is text, whatever it is used as
_BINARY: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
}


def to_sql(
    expression: Expression, *, columns: Mapping[str, str], properties: str | None = None
) -> str:
    """One SQL expression, without side effects or parameters.

    columns: field name -> trusted SQL fragment; numbers are cast to DOUBLE, fields of open type
    are taken as text. properties: the trusted column of JSON text in which `properties.NAME` is
    looked up where `columns` has no such name. KeyError for a field that neither knows.
    """
    return _Writer(columns, properties).whole(expression.root).sql(dialect=_DIALECT)


def property_sql(name: str, type_: Type, *, column: str = "properties") -> str:
    """SQL of one property out of a trusted column of JSON text.

    name: any text, without the `properties.` prefix. NUMBER: a number or numeric text, else
    null. TEXT (and ANY): its text. BOOLEAN: true or false, else null.
    """
    return _typed(_json_text(column, name), type_).sql(dialect=_DIALECT)


def _json_text(column: str, name: str) -> exp.Expression:
    # a JSON pointer, not a path: in a pointer only ~ and / mean something
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return _function("json_extract_string", _fragment(column), exp.Literal.string(pointer))


def _fragment(sql: str) -> exp.Expression:
    return exp.paren(sqlglot.parse_one(sql, dialect=_DIALECT), copy=False)


def _function(name: str, *arguments: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _when(condition: exp.Expression, then: exp.Expression) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=condition, true=then)])


def _typed(text: exp.Expression, type_: Type) -> exp.Expression:
    """A text read as the type; null where it can't be."""
    if type_ is Type.NUMBER:
        numeric = _function("regexp_full_match", text, exp.Literal.string(NUMERIC_TEXT))
        number = exp.TryCast(this=text.copy(), to=exp.DataType.build("double"))
        return exp.paren(_when(numeric, number))
    if type_ is Type.BOOLEAN:
        lower = _function("lower", text)
        cases = [
            exp.If(this=exp.EQ(this=lower.copy(), expression=exp.Literal.string(word)), true=truth)
            for word, truth in (("true", exp.true()), ("false", exp.false()))
        ]
        return exp.paren(exp.Case(ifs=cases))
    return text


def _paired(kind: type[exp.Connector], parts: Sequence[exp.Expression]) -> exp.Expression:
    """Joined as a balanced tree: a list of hundreds must not nest hundreds deep."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return exp.paren(
        kind(this=_paired(kind, parts[:half]), expression=_paired(kind, parts[half:])), copy=False
    )


@dataclass
class _Writer:
    columns: Mapping[str, str]
    properties: str | None
    guards: list[exp.Expression] = field(default_factory=list)

    def whole(self, node: Node) -> exp.Expression:
        return self._guarded(lambda: self._sql(node))

    def _guarded(self, write: Callable[[], exp.Expression]) -> exp.Expression:
        """What `write` makes, null unless every calculation in it is finite.

        The guards stand once around the whole comparison and not around each calculation:
        nested, they would double the SQL at each level.
        """
        outer, self.guards = self.guards, []
        made = write()
        if self.guards:
            made = exp.paren(_when(_paired(exp.And, self.guards), made))
        self.guards = outer
        return made

    def _sql(self, node: Node) -> exp.Expression:
        if isinstance(node, Literal):
            made = _literal(node.value)
        elif isinstance(node, Field):
            made = self._field(node)
        elif isinstance(node, And | Or):
            kind = exp.And if isinstance(node, And) else exp.Or
            made = _paired(kind, [self.whole(operand) for operand in node.operands])
        elif isinstance(node, Not):
            made = exp.paren(exp.Not(this=exp.paren(self.whole(node.operand))))
        elif isinstance(node, Arithmetic):
            made = self._arithmetic(node)
        elif isinstance(node, Call):
            made = self._call(node)
        else:
            made = self._predicate(node)
        return made

    def _predicate(self, node: Compare | In | Between | IsUnmeasured) -> exp.Expression:
        if isinstance(node, Compare):
            return self._compare(node.operator, node.left, node.right)
        if isinstance(node, Between):
            above = self._compare(">=", node.operand, node.low)
            below = self._compare("<=", node.operand, node.high)
            return _paired(exp.And, [above, below])
        if isinstance(node, IsUnmeasured):
            null = exp.Is(this=self.whole(node.operand), expression=exp.null())
            return exp.paren(null)
        return self._guarded(lambda: self._in(node))

    def _in(self, node: In) -> exp.Expression:
        options = [_literal(option.value) for option in node.options]
        return exp.paren(exp.In(this=self._sql(node.operand), expressions=options))

    def _compare(self, operator: str, left: Node, right: Node) -> exp.Expression:
        kind = _BINARY[operator]
        return self._guarded(
            lambda: exp.paren(kind(this=self._sql(left), expression=self._sql(right)))
        )

    def _field(self, node: Field) -> exp.Expression:
        head, _, rest = node.name.partition(".")
        if node.name not in self.columns and head == "properties" and self.properties:
            return _typed(_json_text(self.properties, rest), node.type)
        fragment = _fragment(self.columns[node.name])
        if rest and head in _OPEN:
            return _typed(fragment, node.type)
        if node.type is Type.NUMBER:
            return exp.Cast(this=fragment, to=exp.DataType.build("double"))
        return fragment

    def _arithmetic(self, node: Arithmetic) -> exp.Expression:
        kind = _BINARY[node.operator]
        made = exp.paren(kind(this=self._sql(node.left), expression=self._sql(node.right)))
        self.guards.append(_function("isfinite", made.copy()))
        return made

    def _call(self, node: Call) -> exp.Expression:
        if node.function == "coalesce":
            return _function("coalesce", *(self.whole(argument) for argument in node.arguments))
        arguments = [self._sql(argument) for argument in node.arguments]
        if node.function in ("least", "greatest"):
            # DuckDB's own leave nulls out; here the unmeasured makes the whole unmeasured
            self.guards.extend(_function("isfinite", argument.copy()) for argument in arguments)
        if node.function == "round" and len(node.arguments) == 2:
            arguments[1] = exp.Cast(this=arguments[1], to=exp.DataType.build("int"))
        return _function(node.function, *arguments)


def _literal(value: float | str | bool) -> exp.Expression:
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, str):
        return exp.Literal.string(value)
    digits = repr(abs(value))
    # with an exponent DuckDB reads a DOUBLE; without one it would be an INTEGER or DECIMAL
    number = exp.Literal.number(digits if "e" in digits else digits + "e0")
    return exp.paren(exp.Neg(this=number)) if value < 0 else number
