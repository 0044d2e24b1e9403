"""Generated SQL without what only a machine needs: the same query, made for people's eyes."""

import re

from sqlglot import exp

_NUMBER = re.compile(r"([0-9]{1,9})(?:\.0e0|(\.[0-9]{1,6})e0)")
"""Few enough digits to be the same DOUBLE, whether they are read as one or as a DECIMAL."""

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)
_COMPARISON = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_TEST = (*_COMPARISON, exp.In, exp.Is)
_COMPOUND = (exp.Or, exp.And, exp.Not, exp.Neg, *_TEST, *_ARITHMETIC)
_KEPT_APART: tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], ...], ...] = (
    (exp.Or, (exp.Or, exp.Not, *_TEST)),
    (exp.And, (exp.And, exp.Not, *_TEST)),
    (exp.Not, (exp.In, exp.Is)),
    (_COMPARISON, (*_ARITHMETIC, exp.Neg)),
    ((exp.In, exp.Is, exp.Neg, *_ARITHMETIC), ()),
)
"""Around what -> which of the compound expressions need no parentheses there."""


def readable(query: exp.Expr) -> exp.Expr:
    """The same query, changed in place: parentheses that change nothing are gone, and numbers
    are written as people write them. Its root is no parenthesis."""
    for literal in list(query.find_all(exp.Literal)):
        shorter = _NUMBER.fullmatch(literal.name)
        if shorter and not literal.is_string and _beside_a_column(literal):
            literal.replace(exp.Literal.number(shorter[1] + (shorter[2] or "")))
    for paren in list(query.find_all(exp.Paren)):
        if _needless(paren.this, paren.parent):
            paren.replace(paren.this)
    return query


def _beside_a_column(literal: exp.Literal) -> bool:
    """Two literals alone would be reckoned with as integers, which overflow."""
    inner: exp.Expr = literal
    while (outer := inner.parent) is not None:
        if isinstance(outer, _ARITHMETIC):
            other = outer.expression if outer.this is inner else outer.this
            return other.find(exp.Column) is not None
        inner = outer
    return True


def _needless(inner: exp.Expr, outer: exp.Expr | None) -> bool:
    if not isinstance(inner, _COMPOUND):
        return True
    for around, free in _KEPT_APART:
        if isinstance(outer, around):
            return isinstance(inner, free)
    return True
