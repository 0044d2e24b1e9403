"""Texts read as numbers or conditions: one definition for vectors and for SQL."""

import re

import numpy as np

from banso.core.expressions.tree import Type
from banso.core.unmeasured import Array, Column, Reason

NUMERIC_TEXT = r"[+-]?[0-9]{1,40}([.][0-9]{1,40})?([eE][+-]?[0-9]{1,2})?"
"""What counts as a number: ASCII digits, no spaces or separators, small enough to be finite."""

_NUMERIC = re.compile(NUMERIC_TEXT)
_TRUTHS = {"true": True, "false": False}


def number_of(text: str) -> float | None:
    """The number that a text is, None where it is none: '12', '-0.5', '1e3'; not '1,234'."""
    return float(text) if _NUMERIC.fullmatch(text) else None


def truth_of(text: str) -> bool | None:
    """true / false in any case; None for any other text."""
    return _TRUTHS.get(text.lower())


def text_of(number: float) -> str:
    """A number as people write it: 3, not 3.0."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def as_type(column: Column, wanted: Type) -> Column:
    """A column read as another type; NOT_APPLICABLE where a text is no number (or no condition)."""
    if wanted is Type.NUMBER and column.categories is not None:
        parsed = [number_of(text) for text in column.categories]
        table = np.array([np.nan if n is None else n for n in parsed] + [np.nan])
        values = table[column.values]
        return Column(values, _lost(column.reasons, np.isnan(values)))
    if wanted is Type.BOOLEAN and column.categories is not None:
        truths = [truth_of(text) for text in column.categories]
        known = np.array([truth is not None for truth in truths] + [False])[column.values]
        values = np.array([bool(truth) for truth in truths] + [False])[column.values]
        return Column(values, _lost(column.reasons, ~known))
    if wanted is Type.TEXT and column.categories is None:
        return _as_text(column)
    return column


def _lost(reasons: Array, unreadable: Array) -> Array:
    lost: Array = np.where((reasons == 0) & unreadable, np.uint8(Reason.NOT_APPLICABLE), reasons)
    return lost


def _as_text(column: Column) -> Column:
    """Numbers compared with text: an attribute whose values all happen to be numbers."""
    measured = column.measured
    numbers, codes = np.unique(column.values[measured], return_inverse=True)
    values = np.full(column.values.shape, -1, dtype=np.int32)
    values[measured] = codes.reshape(-1)
    texts = (
        tuple("true" if n else "false" for n in numbers)
        if column.values.dtype == np.bool_
        else tuple(text_of(float(n)) for n in numbers)
    )
    return Column(values, column.reasons, texts)
