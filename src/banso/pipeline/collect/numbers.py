"""Numbers as people write them, one cell or a whole column.

1,234 and ¥1,234 and 1,234円 are 1234; ▲5 and △5 are -5; 12% is 0.12, as in a spreadsheet;
full-width digits count. 1,5 is refused: nobody can tell whether the comma is a point.
"""

import re
import unicodedata
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_NUMBER = re.compile(
    r"^(?P<sign>[-+−▲△]?) ?(?:¥ ?(?P<sign2>-?))?(?P<digits>\d+|\d{1,3}(?:,\d{3})+)?"
    r"(?P<fraction>\.\d+)?(?P<power>[eE][-+]?\d{1,3})? ?(?P<unit>[%円]?)$",
    re.ASCII,
)


class NotANumberError(ValueError):
    """The message is what stands in the quarantine, without the cell's own text."""


def read_decimal(text: str) -> Decimal:
    """The exact number of a cell. Raises NotANumberError."""
    found = _NUMBER.match(unicodedata.normalize("NFKC", text).strip())
    if not found or not (found["digits"] or found["fraction"]):
        raise NotANumberError("not a number")
    digits = (found["digits"] or "0").replace(",", "")
    number = Decimal(digits + (found["fraction"] or "") + (found["power"] or ""))
    if found["unit"] == "%":
        number /= 100
    negative = (found["sign"] in tuple("-−▲△")) != (found["sign2"] == "-")
    return -number if negative else number


def read_numbers(texts: pa.StringArray) -> tuple[NDArray[np.float64], dict[int, str]]:
    """Numbers of a trimmed column (NaN where it is null), and row -> why it is none."""
    try:
        values = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False).copy()
    except pa.ArrowInvalid:
        values = np.full(len(texts), np.nan)
    null = ~texts.is_valid().to_numpy(zero_copy_only=False)
    reasons: dict[int, str] = {}
    for row in np.flatnonzero(~np.isfinite(values) & ~null).tolist():
        text = texts[row].as_py()
        try:
            values[row] = float(read_decimal(text))
            if not np.isfinite(values[row]):
                raise NotANumberError("too large a number")
        except NotANumberError as error:
            values[row] = np.nan
            reasons[row] = f"'{text[:60]}': {error}"
    return values, reasons
