"""An account is one account, by whatever id it is named."""

from datetime import date
from pathlib import Path

import pytest
from tests.api.conftest import Send
from tests.api.outcome import collect, outcome
from tests.api.test_identity import Said, where
from typer.testing import CliRunner

from banso.cli.app import build
from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import Account, Contract
from banso.desk.queries.account_ids import account_ids, account_keys
from banso.desk.services.account_ids import NoSuchIdError, remove_id
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.desk.services.saved import RejectedRow, Saved
from banso.pipeline.live import Collector
from banso.store import Ledger

EFFECTIVE = date(2026, 1, 1)
IDS = ("crm_id", "tenant_id")
DEFINITIONS = loads({"a.yaml": "organisation: {name: Test, account_ids: [crm_id, tenant_id]}"})
DAY = date(2026, 11, 1)


def save(*told: tuple[str, dict[str, str]]) -> Saved:
    rows = [AccountRow(row=n, key=key, attributes=x) for n, (key, x) in enumerate(told, 1)]
    return save_accounts(rows, effective=DAY, ids=IDS)


def turn(session: Session) -> None:
    Collector(session.store, lambda: DEFINITIONS).turn()


def test_rows_events_and_contracts_find_the_account_by_any_of_its_ids(
    send: Send, session: Session
) -> None:
    save(("C1", {"crm_id": "001A", "tenant_id": "t-9"}))
    Said(send).login(1, userId="u1", context={"groupId": "t-9"}).call(
        "group", 2, userId="u2", groupId="001A"
    ).login(3, userId="u2").login(4, userId="u3", context={"groupId": "C1"}).post()
    turn(session)
    assert {x for x, _ in where(outcome(session.store)).values()} == {"C1"}
    end = date(2027, 11, 1)
    save_contracts([ContractRow(1, "001A", "k", product="", start_on=DAY, end_on=end)])
    two = [ContactRow(row=n, account=x, key="p") for n, x in enumerate(("C1", "t-9"), 1)]
    assert save_contacts(two, effective=EFFECTIVE) == Saved(stored=1, duplicate=1)
    assert Contract.objects.get().account.key == "C1"
    assert list(Account.objects.values_list("key", flat=True)) == ["C1"]


def test_a_file_of_events_names_accounts_by_any_id(session: Session, tmp_path: Path) -> None:
    save(("C1", {"crm_id": "001A", "tenant_id": "t-9"}))
    (tmp_path / "e.csv").write_text(
        "account,user,event,time\n"
        "001A,u1,login,2026-11-01T10:00Z\nC1,u2,login,2026-11-01T11:00Z\n"
        "t-9,u3,login,2026-11-01T12:00Z\nC7,u3,login,2026-11-01T12:00Z\n"
    )
    for _ in range(2):  # the second time all are duplicates
        CliRunner().invoke(build(["import"]), ["import", "events", "e.csv", "--yes"])
    found = outcome(session.store)
    assert sorted((x["account"], x["user"]) for x in found.rows) == [
        ("C1", "u1"),
        ("C1", "u2"),
        ("C1", "u3"),
        ("C7", "u3"),
    ]
    assert found.by_dataset["events"] == Ledger(received=8, stored=4, duplicate=4)


def test_a_group_trait_says_another_id(send: Send, session: Session) -> None:
    Said(send).call("group", 1, userId="u1", groupId="C1", traits={"crm_id": "001A"}).post()
    turn(session)
    Said(send).login(5, userId="u2", context={"groupId": "001A"}, messageId="x").post()
    turn(session)
    assert where(outcome(session.store)) == {"x": ("C1", "u2")}


def test_the_claim_of_a_second_account_is_refused(session: Session) -> None:
    assert save(("C1", {"crm_id": "001A"}), ("C2", {"crm_id": "001A", "plan": "pro"})) == Saved(
        stored=1,
        duplicate=0,
        rejected=(
            RejectedRow(
                2,
                "crm_id '001A' already belongs to the account 'C1', and this is of 'C2': correct "
                "one of the two, or take it from the first with `banso ids remove 001A`",
            ),
        ),
    )
    assert account_keys(["001A", "C1"]) == {"001A": "C1"}
    assert (
        save(("C2", {"tenant_id": "C1"}))
        .rejected[0]
        .reason.startswith("tenant_id 'C1' is an account of its own")
    )
    remove_id("001A")
    assert save(("C2", {"crm_id": "001A"})).stored == 1
    assert [(x.account, x.name, x.value) for x in account_ids()] == [("C2", "crm_id", "001A")]
    with pytest.raises(NoSuchIdError, match="it is the key of an account"):
        remove_id("C1")


def test_a_row_that_names_the_account_by_another_id_is_of_that_account(session: Session) -> None:
    save(("C1", {"crm_id": "001A"}))
    save(("001A", {"plan": "pro", "tenant_id": "t-9"}))
    account = Account.objects.get()
    assert account.key == "C1"
    assert dict(account.attributes.values_list("name", "value")) == {
        "crm_id": "001A",
        "tenant_id": "t-9",
        "plan": "pro",
    }
    assert account_keys(["t-9"]) == {"t-9": "C1"}


def test_a_group_call_that_claims_anothers_id_is_in_quarantine(
    send: Send, session: Session
) -> None:
    save(("C1", {"crm_id": "001A"}))
    Said(send).call("group", 1, userId="u1", groupId="C2", traits={"crm_id": "001A"}).post()
    turn(session)
    found = collect(session.store)
    assert [x[:24] for x in found.quarantined] == ["crm_id '001A' already be"]
    assert found.by_dataset["identities"].stored == 1
