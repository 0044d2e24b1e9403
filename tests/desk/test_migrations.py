"""What migrations make of rows that are already there."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from tests.desk.conftest import FIRST

from banso.desk.database import migrate_desk


def test_accounts_of_the_first_release_can_be_found(first_release: MigrationExecutor) -> None:
    start = first_release.loader.project_state([FIRST]).apps
    accounts = start.get_model("desk", "Account").objects
    accounts.bulk_create(
        [start.get_model("desk", "Account")(key=f"A{n}", name=f"東京 {n}") for n in range(1_001)]
    )
    accounts.create(key="B1")

    first_release.migrate([("desk", "0002_screens")])
    found = first_release.loader.project_state([("desk", "0002_screens")]).apps
    grams = found.get_model("desk", "AccountGrams").objects

    assert grams.count() == 1_002
    told = ("account__key", "account__folded", "folded", "grams")
    some = grams.filter(account__key__in=("A7", "B1")).order_by("account__key")
    assert list(some.values_list(*told)) == [
        ("A7", "東京 7 a7", "東京 7 a7", ["7", "a", "a7", "京", "東", "東京"]),
        ("B1", "b1", "b1", ["1", "b", "b1"]),
    ]


def test_a_home_of_before_is_indexed_as_lists_of_customers_are_sorted(
    first_release: MigrationExecutor,
) -> None:
    first_release.migrate([("desk", "0003_handled_alerts")])
    migrate_desk()
    applied = MigrationRecorder(connection).applied_migrations()
    assert applied.keys() == MigrationLoader(connection).disk_migrations.keys()
    with CaptureQueriesContext(connection) as asked:
        migrate_desk()
    assert len(asked) == 4  # lock, is there a table, which are applied, unlock
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, substring(indexdef from 'btree (.*)') FROM pg_indexes "
            "WHERE indexname IN ('standing_arr', 'standing_urgent') ORDER BY 1"
        )
        assert cursor.fetchall() == [
            ("standing_arr", "(((arr)::double precision), account_id)"),
            (
                "standing_urgent",
                "(urgency, COALESCE(((arr)::double precision * "
                "('-1.0'::numeric)::double precision), (1.0)::double precision), account_id)",
            ),
        ]


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    said = StringIO()
    call_command("makemigrations", dry_run=True, stdout=said)
    assert said.getvalue() == "No changes detected\n"
