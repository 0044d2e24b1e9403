"""Pieces of SQL that statements are put together from."""

from collections.abc import Collection
from datetime import date

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from banso.core.expressions import Expression, Type, property_sql, to_sql

DIALECT = "duckdb"
_TEXTS = ("event", "feature", "product", "source", "role")


def identifier(name: str) -> exp.Identifier:
    """Quoted where it would otherwise be read as another name, or as no name at all."""
    plain = name.isascii() and name.islower() and name.upper() not in DuckDB.Tokenizer.KEYWORDS
    return exp.to_identifier(name, quoted=not plain)


def column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=name == "user"))


def text(value: str) -> exp.Literal:
    return exp.Literal.string(value)


def day(of: date) -> exp.Expr:
    return exp.cast(text(of.isoformat()), "date")


def fragment(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, dialect=DIALECT)


def value(what: exp.Expr) -> exp.Select:
    return exp.select(exp.alias_(what, "value"))


def count_different(what: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[what]))


def quotient(above: exp.Expr, below: exp.Expr) -> exp.Expr:
    nothing = exp.Literal.number(0)
    return exp.Div(this=above, expression=exp.Nullif(this=below, expression=nothing))


def number_of_fact(of: str) -> exp.Expr:
    """`value` or `properties.NAME` of a fact."""
    if of == "value":
        return column(of)
    return fragment(property_sql(of.removeprefix("properties."), Type.NUMBER))


def condition(expression: Expression) -> exp.Expr:
    """A definition's own condition over a fact or a contract."""
    columns = {x: x for x in (*_TEXTS, "value")}
    made = fragment(to_sql(expression, columns=columns, properties="properties"))
    return uncast(made, ["value"])


def uncast(made: exp.Expr, doubles: Collection[str]) -> exp.Expr:
    """Without the casts of columns that are DOUBLE as they are."""
    root = exp.Paren(this=made)
    for cast in list(root.find_all(exp.Cast)):
        inner = cast.this.unnest()
        if cast.is_type("double") and inner.sql(dialect=DIALECT) in doubles:
            cast.replace(inner)
    inside: exp.Expr = root.this
    return inside


def in_force(as_of: date) -> tuple[exp.Expr, exp.Expr]:
    """The contract is in force; its last day counts."""
    return (
        exp.LTE(this=column("start_on"), expression=day(as_of)),
        exp.GTE(this=column("end_on"), expression=day(as_of)),
    )


def newest(of: str, *order: str) -> exp.Expr:
    """The value of the last row: an aggregate, so that there is a row even where none is kept."""
    ordered = [exp.Ordered(this=column(x), desc=True, nulls_first=False) for x in order]
    return exp.First(this=exp.Order(this=column(of), expressions=ordered))
