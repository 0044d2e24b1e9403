import json
from datetime import date
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from banso.desk.models import Measured, Standing
from banso.desk.services.accounts import ensure_accounts
from banso.desk.services.standings import (
    MEASURED,
    STANDING,
    Standings,
    replace_standings,
    tidy_standings,
)

pytestmark = pytest.mark.django_db

FULL: dict[str, object] = {
    "journey": "web",
    "lead": True,
    "stage": "habit",
    "position": 1,
    "days_in_stage": 12,
    "overdue": False,
    "score": 72.7272727273,
    "confidence": 0.8,
    "colour": "watch",
    "urgency": 1,
    "scores": [0.1, None, 72.7272727273],
    "trend": -9.0825688073,
    "arr": 1_234_567.89,
    "seats": 162.0,
    "ends_on": date(2027, 3, 8),
    "segments": ["large", "null", "大口"],
}
EMPTY: dict[str, object] = {
    **FULL,
    **dict.fromkeys(
        ("days_in_stage", "overdue", "score", "confidence", "trend", "arr", "seats", "ends_on")
    ),
    **dict.fromkeys(("journey", "stage", "colour"), ""),
    "scores": [None, None],
    "segments": [],
}
TEXT = 'a "quoted", {braced} \\ text\nNULL'


@pytest.fixture
def ids() -> list[int]:
    made = ensure_accounts(["A1", "A2"])
    return [made["A1"], made["A2"]]


def standings(ids: list[int], *rows: dict[str, object]) -> list[pa.Table]:
    told = [{"account_id": id_, **row} for id_, row in zip(ids, rows, strict=False)]
    return [pa.Table.from_pylist([row], STANDING) for row in told]


def measured(id_: int) -> pa.Table:
    row = {
        "account_id": id_,
        "numbers": [1.0, None, 1e-300, 123456789012345.67, -0.30281690140845],
        "reasons": [0, 4, 0, 0, 0],
        "texts": json.dumps({"plan": TEXT}),
    }
    return pa.Table.from_pylist([row], MEASURED)


def test_what_is_written_is_read_back_as_it_was(ids: list[int]) -> None:
    replace_standings(Standings((), standings(ids, FULL, EMPTY), [measured(ids[0])]))

    full, empty = Standing.objects.order_by("account").values(*FULL)
    assert full == {**FULL, "arr": Decimal("1234567.89")}
    assert empty == EMPTY
    (numbers,) = Measured.objects.all()
    assert numbers.account_id == ids[0]
    assert numbers.numbers == [1.0, None, 1e-300, 123456789012345.67, -0.30281690140845]
    assert numbers.reasons == [0, 4, 0, 0, 0]
    assert numbers.texts == {"plan": TEXT}


def test_the_tables_are_replaced_as_a_whole(ids: list[int]) -> None:
    replace_standings(Standings((), standings(ids, FULL, FULL), [measured(ids[0])]))

    replace_standings(Standings((), standings(ids[1:], EMPTY), []))

    assert list(Standing.objects.values_list("account", "journey")) == [(ids[1], "")]
    assert Measured.objects.count() == 0


def test_several_pieces_and_none(ids: list[int]) -> None:
    pieces = [STANDING.empty_table(), pa.concat_tables(standings(ids, FULL, EMPTY))]
    replace_standings(Standings((), pieces, [MEASURED.empty_table()]))

    assert Standing.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_readers_see_the_old_rows_until_the_new_ones_are_committed(ids: list[int]) -> None:
    replace_standings(Standings((), standings(ids, FULL, FULL), []))
    parts = connection.settings_dict
    dsn = make_conninfo(
        dbname=parts["NAME"], user=parts["USER"], host=parts["HOST"], port=parts["PORT"] or None
    )

    with psycopg.connect(dsn, autocommit=True) as reader:

        def seen() -> list[tuple[object, ...]]:
            return reader.execute("SELECT colour FROM standing").fetchall()

        with transaction.atomic():
            replace_standings(Standings((), standings(ids, EMPTY), []))
            assert seen() == [("watch",), ("watch",)]
        assert seen() == [("",)]


@pytest.mark.django_db(transaction=True)
def test_what_was_replaced_is_cleared_away(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE standing")  # earlier tests only deleted their rows
    replace_standings(Standings((), standings(ids, FULL, FULL), []))
    replace_standings(Standings((), standings(ids, EMPTY, EMPTY), []))
    tidy_standings()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size('standing'), reltuples FROM pg_class "
            "WHERE relname = 'standing'"
        )
        size, rows = cursor.fetchone()
    assert (size, rows) == (8192, 2)
