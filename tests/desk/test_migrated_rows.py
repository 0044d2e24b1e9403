"""A home of the first release keeps every row of every table when it is brought up to date."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.migrations.executor import MigrationExecutor
from tests.desk.conftest import FIRST

SECOND = ("desk", "0002_screens")
VALUES: Mapping[type, object] = {
    models.BooleanField: True,
    models.CharField: "x",
    models.DateField: date(2026, 5, 1),
    models.DateTimeField: datetime(2026, 5, 1, 3, tzinfo=UTC),
    models.DecimalField: Decimal("1234567.89"),
    models.EmailField: "aoi@example.com",
    models.FloatField: 0.1,
    models.IntegerField: 7,
    models.BigIntegerField: 8,
    models.JSONField: {"en": "x", "ja": "楓"},
    models.TextField: "a\nb",
}
Rows = Mapping[str, Sequence[Mapping[str, object]]]


def tables(executor: MigrationExecutor, state: tuple[str, str]) -> list[type[models.Model]]:
    executor.loader.build_graph()
    return list(executor.loader.project_state([state]).apps.get_app_config("desk").get_models())


def fill(found: Sequence[type[models.Model]]) -> None:
    """One row in each table; those that others point to first."""
    made: dict[str, models.Model] = {}
    while left := [x for x in found if x.__name__ not in made]:
        ready = [x for x in left if all(y in made for y in _needs(x))]
        assert ready, left
        for model in ready:
            values = {
                x.name: _value(x, made) for x in model._meta.concrete_fields if x.name != "id"
            }
            made[model.__name__] = model._default_manager.create(**values)


def _needs(model: type[models.Model]) -> set[str]:
    related = (x.related_model for x in model._meta.concrete_fields if x.is_relation)
    return {x.__name__ for x in related if isinstance(x, type)}


def _value(field: Any, made: Mapping[str, models.Model]) -> object:
    if field.is_relation:
        return made[field.related_model.__name__]
    return field.choices[-1][0] if field.choices else VALUES[type(field)]


def rows(found: Sequence[type[models.Model]], fields: Mapping[str, Sequence[str]]) -> Rows:
    return {
        model.__name__: list(model._default_manager.order_by("pk").values(*fields[model.__name__]))
        for model in found
        if model.__name__ in fields
    }


def test_every_row_is_kept_as_it_was(first_release: MigrationExecutor) -> None:
    before = tables(first_release, FIRST)
    fields = {x.__name__: [y.attname for y in x._meta.concrete_fields] for x in before}
    fill(before)
    kept = rows(before, fields)
    assert {len(x) for x in kept.values()} == {1}

    first_release.migrate([SECOND])

    assert rows(tables(first_release, SECOND), fields) == kept


def test_members_of_imports_see_their_own_accounts_and_no_more(
    first_release: MigrationExecutor,
) -> None:
    member = next(x for x in tables(first_release, FIRST) if x.__name__ == "Member")
    member._default_manager.create(handle="田中", password="!unusable")  # noqa: S106
    member._default_manager.create(handle="admin", password="!unusable", role="admin")  # noqa: S106

    first_release.migrate([SECOND])

    now = next(x for x in tables(first_release, SECOND) if x.__name__ == "Member")
    told = ("handle", "role", "reach", "team", "sees_revenue", "language", "theme")
    assert list(now._default_manager.order_by("pk").values_list(*told)) == [
        ("田中", "csm", "own", None, True, "", ""),
        ("admin", "admin", "own", None, True, "", ""),
    ]


def test_alerts_are_open_and_nobody_has_done_anything_with_them(
    first_release: MigrationExecutor,
) -> None:
    fill(tables(first_release, FIRST))

    first_release.migrate([SECOND])

    now = {x.__name__: x for x in tables(first_release, SECOND)}
    alerts = list(now["Alert"]._default_manager.values_list("state", "until"))
    assert alerts == [("open", None)]
    assert now["Handling"]._default_manager.count() == 0
