"""What each run writes for lists and pages, against what other runs and exports say."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.pipeline.vendor import ACCOUNTS, DEFINITIONS, FIRST, LAST, apply, furnish, send, usage

from banso.cli.session import Session
from banso.core.definitions import Definitions
from banso.core.unmeasured import Reason
from banso.desk.models import Account, Assessment, Change, Episode, Measured, Run, Standing
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.explain import explain_account
from banso.pipeline.gather import gather
from banso.pipeline.history import metric_tables
from banso.pipeline.run import run

START = LAST - timedelta(days=30)

TWO_JOURNEYS = DEFINITIONS.replace(
    "  - name: adoption\n", "  - name: adoption\n    applies: seats >= 10\n"
).replace(
    "plays:",
    """  - name: depth
    applies: seats >= 20
    stages:
      - name: all
        health:
          - {condition: utilisation >= 0.9, name: full}
plays:""",
)


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    return session


def standings() -> dict[tuple[str, str], Mapping[str, object]]:
    """By account and journey; everything but the row's own number."""
    found = {}
    for row in Standing.objects.values():
        key = Account.objects.get(pk=row["account_id"]).key
        found[key, row["journey"]] = {x: y for x, y in row.items() if x != "id"}
    return found


def numbers() -> list[tuple[object, ...]]:
    rows = Measured.objects.order_by("account__key")
    return list(rows.values_list("account__key", "numbers", "reasons", "texts"))


def test_accounts_stand_where_they_were_assessed(vendor: Session) -> None:
    done = run(vendor.store, apply(), as_of=LAST, since=START)

    shown = {
        (x.account.key, x.journey): x
        for x in Assessment.objects.filter(as_of=LAST).select_related("account")
    }
    stand = standings()
    assert set(stand) == set(shown) == {(key, "adoption") for key in ACCOUNTS}
    fields = ("stage", "days_in_stage", "overdue", "score", "confidence", "colour")
    for place, row in stand.items():
        assert {x: row[x] for x in fields} == {x: getattr(shown[place], x) for x in fields}
        assert row["position"] == ["onboarding", "habit"].index(str(row["stage"]))
        assert row["lead"] is True
    assert done.accounts == len(stand)
    assert {row["urgency"] for row in stand.values()} == {
        {"at_risk": 0, "watch": 1, "unmeasured": 2, "healthy": 3}[x.colour] for x in shown.values()
    }


def test_contracts_and_segments_stand_beside_it(vendor: Session) -> None:
    run(vendor.store, apply(), as_of=LAST, since=None)

    assert {
        key: (row["arr"], row["seats"], row["ends_on"], row["segments"])
        for (key, _), row in standings().items()
    } == {
        key: (
            Decimal(100_000 * (n + 1)),
            5.0 * (n + 1),
            date(2027, 3, 31),
            ["large"] if n >= 1 else [],
        )
        for n, key in enumerate(ACCOUNTS)
    }


def test_where_no_contract_is_in_force_its_facts_are_unmeasured(vendor: Session) -> None:
    after = date(2027, 4, 1)
    run(vendor.store, apply(), as_of=after - timedelta(days=1), since=None)
    assert {row["ends_on"] for row in standings().values()} == {date(2027, 3, 31)}

    run(vendor.store, apply(), as_of=after, since=None)
    told = {(row["arr"], row["seats"], row["ends_on"]) for row in standings().values()}
    assert told == {(None, None, None)}


def test_weekly_scores_and_trend_are_those_of_runs_of_those_days(vendor: Session) -> None:
    definitions = apply()
    days = [LAST - timedelta(days=7 * back) for back in range(12, -1, -1)]
    for day in days:
        run(vendor.store, definitions, as_of=max(day, FIRST), since=FIRST)
    scores = {
        (x.account.key, x.as_of): x.score for x in Assessment.objects.select_related("account")
    }

    for (key, _), row in standings().items():
        weekly = [scores.get((key, day)) if day >= FIRST else None for day in days]
        assert row["scores"] == weekly
        now, then = weekly[-1], weekly[-5]
        assert now is not None
        assert then is not None
        assert row["trend"] == pytest.approx(now - then, abs=1e-9)
    assert any(row["trend"] for row in standings().values())
    assert [len([x for x in row["scores"] if x is None]) for row in standings().values()] == [4] * 6  # type: ignore[attr-defined]


def test_before_four_weeks_have_passed_there_is_no_trend(vendor: Session) -> None:
    run(vendor.store, apply(), as_of=FIRST + timedelta(days=27), since=None)
    assert {row["trend"] for row in standings().values()} == {None}

    run(vendor.store, apply(), as_of=FIRST + timedelta(days=35), since=None)
    assert None not in {row["trend"] for row in standings().values()}


def test_the_most_urgent_journey_leads_and_who_is_on_none_has_a_row(vendor: Session) -> None:
    run(vendor.store, apply(TWO_JOURNEYS), as_of=LAST, since=START)
    stand = standings()

    assert set(stand) == {
        ("A1", ""),
        *((key, "adoption") for key in ACCOUNTS[1:]),
        *((key, "depth") for key in ACCOUNTS[3:]),
    }
    for key in ACCOUNTS:
        mine = [(x["urgency"], journey) for (one, journey), x in stand.items() if one == key]
        leading = [journey for (one, journey), x in stand.items() if one == key and x["lead"]]
        assert leading == [min(mine)[1]]  # alike: adoption, which is also defined first
    nowhere = stand["A1", ""]
    assert {x: y for x, y in nowhere.items() if x not in ("account_id", "arr", "seats")} == {
        "journey": "",
        "lead": True,
        "stage": "",
        "position": -1,
        "days_in_stage": None,
        "overdue": None,
        "score": None,
        "confidence": None,
        "colour": "",
        "urgency": 4,
        "scores": [None] * 13,
        "trend": None,
        "ends_on": date(2027, 3, 31),
        "segments": [],
    }
    assert (nowhere["arr"], nowhere["seats"]) == (Decimal(100_000), 5.0)


def test_without_any_journey_every_account_has_a_row(vendor: Session) -> None:
    text = DEFINITIONS[: DEFINITIONS.index("journeys:")]
    run(vendor.store, apply(text), as_of=LAST, since=None)

    assert set(standings()) == {(key, "") for key in ACCOUNTS}


def exported(session: Session, definitions: Definitions) -> Iterator[tuple[object, ...]]:
    """Every metric of every account as the export tells it: value, or the reason's code."""
    with session.store.snapshot() as snapshot:
        inputs = gather(session.store, snapshot, definitions, as_of=LAST)
        for table in metric_tables(inputs, since=LAST, until=LAST):
            for row in table.to_pylist():
                for name in definitions.metrics:
                    yield row["account"], name, row[name], row[name + "__unmeasured"]


def test_all_metrics_are_kept_as_the_export_tells_them(vendor: Session) -> None:
    plans = [AccountRow(row=2, key="A1", attributes={"plan": 'pro, "plus"'})]
    save_accounts(plans, effective=FIRST)
    text = DEFINITIONS.replace(
        "segments:", "  - {name: plan, kind: latest, of: attribute.plan}\nsegments:"
    )
    definitions = apply(text)

    done = run(vendor.store, definitions, as_of=LAST, since=None)

    assert done.metrics == list(definitions.metrics)
    kept = [
        (
            account,
            name,
            texts.get(name, value),
            None if reason == Reason.MEASURED else Reason(reason).code,
        )
        for account, values, reasons, texts in numbers()
        for name, value, reason in zip(done.metrics, values, reasons, strict=True)
    ]
    assert sorted(kept, key=str) == sorted(exported(vendor, definitions), key=str)
    assert ("A1", "plan", 'pro, "plus"', None) in kept
    assert ("A2", "plan", None, "not_applicable") in kept
    assert {name for _, name, _, reason in kept if reason == "no_source"} == {"answer"}


def test_the_same_day_twice_leaves_the_same_rows(vendor: Session) -> None:
    definitions = apply(TWO_JOURNEYS)
    run(vendor.store, definitions, as_of=LAST, since=START)
    before = standings(), numbers(), list(Change.objects.values_list("id", "parts"))

    run(vendor.store, definitions, as_of=LAST, since=START)

    after = standings(), numbers(), list(Change.objects.values_list("id", "parts"))
    assert after == before


def test_a_run_of_an_earlier_day_leaves_them_as_they_are(vendor: Session) -> None:
    definitions = apply()
    run(vendor.store, definitions, as_of=LAST, since=START)
    before = standings(), numbers()
    fewer = apply(
        DEFINITIONS.replace("  - {name: answer, kind: latest, of: record.nps}\n", "").replace(
            "          - {condition: answer >= 7, name: promoter}\n", ""
        )
    )

    earlier = run(vendor.store, fewer, as_of=LAST - timedelta(days=10), since=None)

    assert (standings(), numbers()) == before
    newest = Run.objects.first()
    assert newest is not None
    assert (newest.as_of, newest.metrics) == (LAST, list(definitions.metrics))
    assert earlier.metrics == list(fewer.metrics)


def test_late_facts_of_the_same_day_are_seen(vendor: Session) -> None:
    definitions = apply()
    run(vendor.store, definitions, as_of=LAST, since=None)
    before = numbers()

    send(vendor, [x for x in usage(seed=2) if x.account == "A1"])
    run(vendor.store, definitions, as_of=LAST, since=None)

    changed = [old[0] for old, new in zip(before, numbers(), strict=True) if old != new]
    assert changed == ["A1"]


def test_recent_changes_have_the_parts_that_explain_tells(vendor: Session) -> None:
    definitions = apply()
    run(vendor.store, definitions, as_of=LAST, since=FIRST)
    told = Change.objects.filter(as_of__gt=LAST - timedelta(days=14)).select_related("account")
    assert told.exists()

    explained = 0
    for change in told:
        found = explain_account(
            EVERYTHING,
            vendor.store,
            definitions,
            account=change.account.key,
            as_of=change.as_of,
            against=change.as_of - timedelta(days=1),
            metrics=(),
            limit=0,
        )
        (comparison,) = found.comparisons
        parts = comparison.ledger.parts
        assert [(x["kind"], x["condition"]) for x in change.parts] == [
            (x.kind, x.key) for x in parts
        ]
        assert [x["amount"] for x in change.parts] == pytest.approx([x.amount for x in parts])
        if change.score_before is not None and change.score_after is not None:
            difference = change.score_after - change.score_before
            assert sum(x["amount"] for x in change.parts) == pytest.approx(difference, abs=1e-6)
            explained += bool(parts)
    assert explained > 0


def test_a_part_names_its_condition_and_the_numbers_of_its_metric(vendor: Session) -> None:
    text = DEFINITIONS.replace(
        "name: used, of", "name: used, label: {en: Used lately, ja: 最近の利用}, of"
    )
    run(vendor.store, apply(text), as_of=LAST, since=FIRST)

    parts = [part for change in Change.objects.all() for part in change.parts]
    by_metric = [x for x in parts if x["condition"] == "users" and x["kind"] == "data"]
    assert by_metric
    for part in by_metric:
        assert set(part) == {*("kind", "condition", "label", "metric", "amount", "before", "after")}
        assert part["label"] == {"en": "users", "ja": "users"}
        assert part["metric"] == "weekly_users"
        better = part["after"] > part["before"]
        assert better is (part["amount"] > 0)
    labels = {x["label"]["ja"] for x in parts if x["condition"] == "used"}
    assert labels <= {"最近の利用"}


def test_changes_of_the_last_fourteen_days_are_explained_and_no_older_ones(
    vendor: Session,
) -> None:
    definitions = apply()
    run(vendor.store, definitions, as_of=LAST, since=FIRST)
    scored = Change.objects.exclude(score_before=None).exclude(score_after=None)
    day = scored.filter(as_of__lte=LAST - timedelta(days=14)).latest("as_of").as_of

    def explained(as_of: date) -> set[bool]:
        for model in (Change, Episode, Run):
            model.objects.all().delete()
        run(vendor.store, definitions, as_of=as_of, since=FIRST)
        return {bool(x.parts) for x in scored.filter(as_of=day)}

    assert explained(day + timedelta(days=13)) == {True}
    assert explained(day + timedelta(days=14)) == {False}


def test_what_is_restated_is_not_explained(vendor: Session) -> None:
    run(vendor.store, apply(), as_of=LAST, since=None)
    easier = apply(DEFINITIONS.replace("enter: weekly_users >= 3", "enter: weekly_users >= 99"))
    run(vendor.store, easier, as_of=LAST, since=None)

    restated = Change.objects.filter(cause="restated")
    assert restated.exists()
    assert {str(x.parts) for x in restated} == {"[]"}
