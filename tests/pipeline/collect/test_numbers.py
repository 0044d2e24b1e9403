from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from banso.pipeline.collect.numbers import NotANumberError, read_decimal, read_numbers

GOOD = [
    ("1234", "1234"),
    ("1,234", "1234"),
    ("1,234,567.89", "1234567.89"),
    ("¥1,234", "1234"),
    ("￥１，２３４", "1234"),
    ("1,234円", "1234"),
    ("-5", "-5"),
    ("▲5", "-5"),
    ("△1,000", "-1000"),
    ("−5", "-5"),
    ("¥-5", "-5"),
    ("+5", "5"),
    (".5", "0.5"),
    ("12%", "0.12"),
    ("１２．５％", "0.125"),
    ("1.2E+3", "1200"),
    ("0010", "10"),
]
BAD = ["1,5", "1,23,456", "abc", "nan", "inf", "$5", "12円円", "-", "1 2", "--5", "120万円", "٣"]


@pytest.mark.parametrize(("text", "number"), GOOD)
def test_a_number_is_read_however_it_is_written(text: str, number: str) -> None:
    assert read_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumberError, match="not a number"):
        read_decimal(text)


def test_a_column_is_read_as_its_cells() -> None:
    texts = [text for text, _ in GOOD] + BAD + [None, "1e400"]
    values, reasons = read_numbers(pa.array(texts))
    np.testing.assert_array_equal(values[: len(GOOD)], [float(number) for _, number in GOOD])
    assert np.isnan(values[len(GOOD) :]).all()
    assert reasons == {
        **{len(GOOD) + n: f"'{text}': not a number" for n, text in enumerate(BAD)},
        len(texts) - 1: "'1e400': too large a number",
    }


def test_plain_numbers_go_the_short_way() -> None:
    values, reasons = read_numbers(pa.array(["1", "2.5", None]))
    np.testing.assert_array_equal(values, [1.0, 2.5, np.nan])
    assert reasons == {}
    assert read_numbers(pa.array(["nan"]))[1] == {0: "'nan': not a number"}
