"""Why a number is unmeasured: each rule, brought about on purpose."""

from datetime import date
from decimal import Decimal

import pytest
from tests.pipeline.one_vendor import TODAY, ago, fact, looking, told

from banso.cli.session import Session
from banso.core.unmeasured import Reason
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.pipeline.because import Because, LateSource, because, contract_because

METRICS = """
metrics:
  - {name: uses, kind: count, window: 7d}
  - {name: orders, kind: count, where: event = 'order', window: 28d}
  - {name: last_order, kind: recency, where: event = 'order'}
  - {name: first_order, kind: time_to_first, where: event = 'order'}
  - {name: mean, kind: avg, of: value, window: 28d}
  - {name: lived, kind: tenure}
  - {name: answer, kind: latest, of: record.nps, window: 30d}
  - {name: seats, kind: latest, of: contract.seats, where: product = 'web'}
  - {name: arr, kind: latest, of: contract.arr}
  - {name: industry, kind: latest, of: attribute.industry}
  - {name: share, kind: ratio, of: uses, by: seats}
  - {name: per_order, kind: ratio, of: uses, by: orders}
  - {name: fewer, kind: change, of: uses, against: 28d}
  - {name: both, kind: derived, expression: uses + seats}
"""


def reason_of(
    session: Session, metric: str, *, as_of: date = TODAY, sources: str = ""
) -> Because | None:
    with looking(session, f"{sources}\n{METRICS}", as_of=TODAY) as one:
        found = because(one, metric, as_of)
        assert (found is None) == (one.told(metric, as_of).reason is Reason.MEASURED)
        assert found is None or found.reason is one.told(metric, as_of).reason
        return found


def other(day: date, event: str = "login", **values: object) -> object:
    return fact(day, event, account="A2", **values)


@pytest.mark.parametrize("metric", ["uses", "lived", "answer"])
def test_before_its_beginning_an_account_has_no_numbers(session: Session, metric: str) -> None:
    told(session, events=[fact(ago(5)), other(ago(90))], records=[other(ago(80), "nps", value=1)])
    assert reason_of(session, metric, as_of=ago(6)) == Because("not_begun", Reason.NOT_APPLICABLE)


def test_what_is_measured_needs_no_reason(session: Session) -> None:
    told(session, events=[fact(ago(5)), other(ago(90))])
    assert reason_of(session, "uses") is None


def test_a_late_source_is_named_with_the_day_of_its_last_fact(session: Session) -> None:
    told(session, events=[fact(ago(60)), fact(ago(12))])
    assert reason_of(session, "uses", sources="sources: [{name: web, late_after: 3d}]") == Because(
        "late", Reason.SOURCE_LATE, late=(LateSource("web", ago(12)),)
    )


def test_a_source_that_was_late_from_its_first_day_on_is_named_with_that_day(
    session: Session,
) -> None:
    told(session, events=[fact(ago(12))])
    found = reason_of(session, "uses", sources="sources: [{name: web, late_after: 1d}]")
    assert found == Because("late", Reason.SOURCE_LATE, late=(LateSource("web", ago(12)),))


def test_where_no_fact_ever_came_nothing_is_known(session: Session) -> None:
    told(session, events=[fact(ago(60))])
    assert reason_of(session, "orders") == Because("no_facts", Reason.NO_SOURCE)


def test_where_facts_came_only_later_their_first_day_is_told(session: Session) -> None:
    told(session, events=[fact(ago(60)), other(ago(10), "order")])
    assert reason_of(session, "orders", as_of=ago(20)) == Because(
        "no_facts", Reason.NO_SOURCE, first=ago(10)
    )


def test_a_window_that_begins_before_the_data_of_an_older_account(session: Session) -> None:
    told(session, events=[fact(ago(60)), other(ago(10), "order")])
    assert reason_of(session, "orders") == Because(
        "window_too_early", Reason.BEFORE_FIRST_DATA, first=ago(10), start=ago(28)
    )


@pytest.mark.parametrize("metric", ["last_order", "first_order"])
def test_days_since_or_to_a_fact_need_one(session: Session, metric: str) -> None:
    told(session, events=[fact(ago(60)), other(ago(50), "order")])
    assert reason_of(session, metric) == Because(
        "none_yet", Reason.BEFORE_FIRST_DATA, first=ago(50)
    )


COVERS = "sources: [{name: web, covers: attribute.cloud = 'yes'}]"


def test_a_source_that_does_not_cover_the_account_is_named(session: Session) -> None:
    told(session, events=[other(ago(60), value=1.0)])
    rows = [AccountRow(row=0, key="A1", attributes={"cloud": "no"}, started_on=ago(90))]
    save_accounts(rows, effective=ago(90))
    wanted = Because("not_covered", Reason.NOT_APPLICABLE, sources=("web",))
    assert reason_of(session, "uses", sources=COVERS) == wanted
    assert reason_of(session, "mean", sources=COVERS) == wanted


def test_a_mean_needs_a_number_also_where_the_account_is_covered_by_its_own_facts(
    session: Session,
) -> None:
    told(session, events=[fact(ago(60)), fact(ago(3)), other(ago(60), value=1.0)])
    wanted = Because("no_number", Reason.NOT_APPLICABLE)
    assert reason_of(session, "mean") == wanted
    save_accounts([AccountRow(row=0, key="A1", attributes={"cloud": "no"})], effective=ago(90))
    assert reason_of(session, "mean", sources=COVERS) == wanted


def test_no_record_within_the_window(session: Session) -> None:
    told(session, events=[fact(ago(90))], records=[fact(ago(40), "nps", value=9.0)])
    assert reason_of(session, "answer") == Because("no_record", Reason.NOT_APPLICABLE)


def contract(account: str, **others: object) -> None:
    values: dict[str, object] = {"start_on": ago(90), "end_on": ago(-90), "product": "web"}
    key = f"{account}-{others}"
    row = {"row": 0, "account": account, "key": key, **values, **others}
    assert save_contracts([ContractRow(**row)]).rejected == ()  # type: ignore[arg-type]  # a test's own values


def test_contracts_are_missing_everywhere_or_here_or_tell_no_amount(session: Session) -> None:
    told(session, events=[fact(ago(90)), other(ago(90))])
    save_accounts([AccountRow(row=0, key="A2")], effective=ago(90))
    assert reason_of(session, "seats") == Because("no_contracts_at_all", Reason.NO_SOURCE)
    contract("A2", seats=5)
    missing = Because("no_contract", Reason.NOT_APPLICABLE)
    assert reason_of(session, "seats") == missing
    contract("A1", product="bi", seats=5)
    contract("A1", start_on=ago(300), end_on=ago(200), seats=5)
    assert reason_of(session, "seats") == missing
    contract("A1")
    unknown = Because("amount_unknown", Reason.NOT_APPLICABLE)
    assert reason_of(session, "seats") == unknown
    with looking(session, METRICS) as one:
        assert contract_because(one, TODAY, Reason.NOT_APPLICABLE) == unknown


def test_an_amount_in_another_currency_is_unknown(session: Session) -> None:
    told(session, events=[fact(ago(90))])
    contract("A1", arr=Decimal(100), currency="USD")
    assert reason_of(session, "arr") == Because("amount_unknown", Reason.NOT_APPLICABLE)


def test_an_attribute_is_missing_everywhere_or_here(session: Session) -> None:
    told(session, events=[fact(ago(90)), other(ago(90))])
    assert reason_of(session, "industry") == Because(
        "nobody_has_attribute", Reason.NO_SOURCE, name="industry"
    )
    save_accounts([AccountRow(row=0, key="A2", attributes={"industry": "x"})], effective=ago(90))
    assert reason_of(session, "industry") == Because(
        "no_attribute", Reason.NOT_APPLICABLE, name="industry"
    )


def test_of_what_is_made_of_others_the_missing_ones_are_named(session: Session) -> None:
    told(session, events=[fact(ago(90)), fact(ago(3))])
    for metric in ("share", "both"):
        assert reason_of(session, metric) == Because(
            "inputs", Reason.NO_SOURCE, inputs=(("seats", TODAY),)
        )


def test_a_change_from_nothing_or_before_all_data(session: Session) -> None:
    told(session, events=[fact(ago(90)), fact(ago(3))])
    assert reason_of(session, "fewer") == Because("divided_by_zero", Reason.NOT_APPLICABLE)
    assert reason_of(session, "fewer", as_of=ago(70)) == Because(
        "too_early", Reason.BEFORE_FIRST_DATA, first=ago(90), start=ago(98)
    )
    assert reason_of(session, "fewer", as_of=ago(62)) == Because(
        "inputs", Reason.NOT_APPLICABLE, inputs=(("uses", ago(90)),)
    )


def test_division_by_zero(session: Session) -> None:
    told(session, events=[fact(ago(90), "order"), fact(ago(3))])
    assert reason_of(session, "per_order") == Because("divided_by_zero", Reason.NOT_APPLICABLE)
