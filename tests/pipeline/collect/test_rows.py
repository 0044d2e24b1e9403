from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from tests.pipeline.collect.given import counts, ledger, mapped, write_text, write_xlsx

from banso.cli.session import Session
from banso.desk.models import Account, AccountAttribute, Contact, Contract
from banso.pipeline.collect import ColumnMap, DeskKind, ImportReport, Kind, RowImport, import_rows

ACCOUNTS = (
    "会社ID,会社名,利用開始日,担当CSM,業種\nc1,㈱髙木,令和8年4月1日,佐藤,製造\nc2,乙社,2026/5/1,,\n"
)


def run(
    session: Session,
    kind: DeskKind,
    *paths: Path,
    given: ColumnMap | None = None,
    effective: date = date(2026, 4, 1),
    **options: object,
) -> ImportReport:
    files = [mapped(Kind(kind), path, given) for path in paths]
    return import_rows(files, options=RowImport(kind, effective, **options), store=session.store)


def quarantine(session: Session) -> list[tuple[object, ...]]:
    with psycopg.connect(session.store.dsn) as connection:
        return connection.execute(
            'SELECT source, dataset, origin, "row", reason, payload, seen FROM store.quarantine'
            " ORDER BY id"
        ).fetchall()


def test_accounts_are_saved_with_owner_and_attributes(session: Session, tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", ACCOUNTS, "cp932")
    assert counts(run(session, Kind.ACCOUNTS, path)) == ledger(stored=2)
    found = Account.objects.order_by("key").values_list("key", "name", "started_on", "owner__name")
    assert list(found) == [
        ("c1", "㈱髙木", date(2026, 4, 1), "佐藤"),
        ("c2", "乙社", date(2026, 5, 1), None),
    ]
    attributes = AccountAttribute.objects.values_list("account__key", "name", "value")
    assert list(attributes) == [("c1", "業種", "製造")]


def test_the_same_accounts_again_are_duplicates_and_changes_are_stored(
    session: Session, tmp_path: Path
) -> None:
    path = write_text(tmp_path / "a.csv", ACCOUNTS)
    run(session, Kind.ACCOUNTS, path)
    assert counts(run(session, Kind.ACCOUNTS, path)) == ledger(duplicate=2)
    changed = write_text(tmp_path / "b.csv", ACCOUNTS.replace("製造", "小売"))
    report = run(session, Kind.ACCOUNTS, changed, effective=date(2026, 6, 1))
    assert counts(report) == ledger(stored=1, duplicate=1)
    dated = AccountAttribute.objects.order_by("valid_from").values_list("value", "valid_from")
    assert [value for value, _ in dated] == ["製造", "小売"]
    assert dated[1][1] == date(2026, 6, 1)


def test_a_column_may_say_from_when_attributes_hold(session: Session, tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "a.csv", "会社ID,プラン,適用日\nc1,gold,2026-07-01\nc1,free,2026-05-01\n"
    )
    report = run(session, Kind.ACCOUNTS, path, effective=date(2026, 7, 1))
    assert counts(report) == ledger(stored=2)
    dated = AccountAttribute.objects.order_by("valid_from").values_list("value", "valid_from")
    assert [value for value, _ in dated] == ["free", "gold"]
    assert dated[1][1] == date(2026, 7, 1)


def test_contacts_without_a_key_are_known_by_user_or_email(
    session: Session, tmp_path: Path
) -> None:
    path = write_text(
        tmp_path / "a.csv",
        "会社ID,ユーザーID,氏名,メール,役割,退職日\n"
        "c1,u1,佐藤,s@x.jp,admin,\nc1,,鈴木,t@x.jp,,2026/3/31\nc1,,田中,,,\n",
    )
    assert counts(run(session, Kind.CONTACTS, path)) == ledger(stored=2, quarantined=1)
    found = Contact.objects.order_by("key").values_list("key", "user", "name", "role", "left_on")
    assert list(found) == [
        ("t@x.jp", "", "鈴木", "", date(2026, 3, 31)),
        ("u1", "u1", "佐藤", "admin", None),
    ]
    assert quarantine(session) == [
        (
            "contacts_file",
            "contacts",
            "a.csv",
            4,
            "nothing to know the person by: no key, user or email",
            '{"会社ID": "c1", "氏名": "田中"}',
            1,
        )
    ]
    assert counts(run(session, Kind.CONTACTS, path)) == ledger(duplicate=2, quarantined=1)
    assert [row[6] for row in quarantine(session)] == [2]


def test_contracts_are_saved_with_exact_money(session: Session, tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "a.csv",
        "会社ID,製品,契約開始日,契約終了日,ライセンス数,年額,通貨\n"
        'c1,core,2026/4/1,2027/3/31,"1,200","¥1,234,567",JPY\n'
        "c2,core,2026/4/1,2027/3/31,,0.10,USD\n",
    )
    assert counts(run(session, Kind.CONTRACTS, path)) == ledger(stored=2)
    found = Contract.objects.order_by("account__key").values_list(
        "key", "start_on", "end_on", "seats", "arr", "currency"
    )
    days = (date(2026, 4, 1), date(2027, 3, 31))
    assert list(found) == [
        ("core 2026-04-01", *days, 1200, Decimal("1234567.00"), "JPY"),
        ("core 2026-04-01", *days, None, Decimal("0.10"), "USD"),
    ]
    assert counts(run(session, Kind.CONTRACTS, path)) == ledger(duplicate=2)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("c1,k,,2027/3/31,1,1", "no start_on"),
        (",k,2026/4/1,2027/3/31,1,1", "no account"),
        ("c1,k,2026/4/31,2027/3/31,1,1", "start_on: '2026/4/31': there is no such day"),
        ("c1,k,2026/4/1,2027/3/31,1.5,1", "seats: '1.5': not a whole number"),
        ("c1,k,2026/4/1,2027/3/31,1,百万", "arr: '百万': not a number"),
        ("c1,k,2027/4/1,2026/3/31,1,1", "end_on 2026-03-31 is before start_on 2027-04-01"),
        (
            "c1,k\tx,2026/4/1,2027/3/31,1,1",
            "key: holds a control character, such as a tab or a line end",
        ),
    ],
)
def test_a_contract_that_cannot_be_says_why(
    session: Session, tmp_path: Path, row: str, reason: str
) -> None:
    path = write_text(
        tmp_path / "a.csv",
        f"会社ID,契約番号,契約開始日,契約終了日,ライセンス数,年額\nc0,k0,2026/4/1,2027/3/31,1,1\n{row}\n",
    )
    assert counts(run(session, Kind.CONTRACTS, path)) == ledger(stored=1, quarantined=1)
    assert [(each[3], each[4]) for each in quarantine(session)] == [(3, reason)]


def test_a_dry_run_saves_nothing(session: Session, tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", ACCOUNTS + ",x,,,\n")
    report = run(session, Kind.ACCOUNTS, path, dry_run=True)
    assert (report.files[0].good, report.files[0].refused, report.files[0].ledger) == (2, 1, None)
    assert Account.objects.count() == 0
    assert quarantine(session) == []


def test_the_ledger_of_the_store_counts_these_rows_too(session: Session, tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", ACCOUNTS + ",x,,,\n")
    run(session, Kind.ACCOUNTS, path)
    with psycopg.connect(session.store.dsn) as connection:
        entries = connection.execute(
            "SELECT source, dataset, received, stored, duplicate, quarantined FROM store.ledger"
        ).fetchall()
    assert entries == [("accounts_file", "accounts", 3, 2, 0, 1)]


def test_a_workbook_with_date_cells_is_read(session: Session, tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [("c1", "k1", date(2026, 4, 1), date(2027, 3, 31), 12)],
        ("会社ID", "契約番号", "開始日", "終了日", "席数"),
    )
    assert counts(run(session, Kind.CONTRACTS, path)) == ledger(stored=1)
    found = Contract.objects.values_list("account__key", "key", "start_on", "end_on", "seats")
    assert list(found) == [("c1", "k1", date(2026, 4, 1), date(2027, 3, 31), 12)]
