"""Cells of files that people open in a spreadsheet. Names come from outside; a spreadsheet would
run some of them as formulas."""

import unicodedata
from datetime import date
from decimal import Decimal

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""Full-width ones too: Excel in Japan reads them as the others."""


def cell(value: object) -> object:
    """The value as it may stand in a file.

    A text that a spreadsheet would run gets an apostrophe before it, by which spreadsheets know
    plain text; blanks and invisible characters at its start hide nothing. Numbers and dates stay
    what they are: a negative number is no text.
    """
    if isinstance(value, str):
        return f"'{value}" if _runs(value) else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _runs(text: str) -> bool:
    for character in text:
        if character in FORMULA_STARTS:
            return True
        if not _invisible(character):
            return False
    return False


def _invisible(character: str) -> bool:
    return unicodedata.category(character)[0] in "ZC"
