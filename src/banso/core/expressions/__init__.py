"""The condition language: an allow-listed SQL expression -> a typed tree -> vectors or SQL."""

from banso.core.expressions.cast import number_of
from banso.core.expressions.evaluate import evaluate
from banso.core.expressions.numbers import Number, numbers, with_numbers
from banso.core.expressions.operand import FUNCTIONS
from banso.core.expressions.parse import DEEPEST, parse
from banso.core.expressions.problem import ExpressionError, Problem, nearest
from banso.core.expressions.scope import Scope
from banso.core.expressions.sql import property_sql, to_sql
from banso.core.expressions.tokens import KEYWORDS, LONGEST, canonical
from banso.core.expressions.tree import Expression, Node, Type
from banso.core.expressions.walk import Leaf, fields, leaves

__all__ = [
    "DEEPEST",
    "FUNCTIONS",
    "KEYWORDS",
    "LONGEST",
    "Expression",
    "ExpressionError",
    "Leaf",
    "Node",
    "Number",
    "Problem",
    "Scope",
    "Type",
    "canonical",
    "evaluate",
    "fields",
    "leaves",
    "nearest",
    "number_of",
    "numbers",
    "parse",
    "property_sql",
    "to_sql",
    "with_numbers",
]
