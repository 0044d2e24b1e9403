"""Since when and until when an account is a customer."""

import numpy as np

from banso.core.metrics.facts import NEVER, Contracts
from banso.core.metrics.standing import GRACE_DAYS, customer

DAYS = 60


def first_and_last(since: int, *contracts: tuple[int, int]) -> tuple[int, int] | None:
    """First and last as_of index as a customer, of one account; contracts: (start, end)."""
    starts, ends = zip(*contracts, strict=True) if contracts else ((), ())
    rows = Contracts(
        row=np.zeros(len(starts), np.int32),
        start=np.array(starts, np.int32),
        end=np.array(ends, np.int32),
    )
    found = customer(since=np.array([since], np.int32), contracts=rows, days=DAYS)[0]
    days = np.flatnonzero(found)
    return (int(days[0]), int(days[-1])) if len(days) else None


def test_an_account_is_a_customer_from_the_day_after_its_beginning() -> None:
    assert first_and_last(5) == (6, DAYS - 1)


def test_an_account_that_has_not_begun_is_none() -> None:
    assert first_and_last(NEVER) is None


def test_it_stays_one_for_the_days_of_grace_after_its_last_contract() -> None:
    assert first_and_last(0, (0, 9)) == (1, 9 + GRACE_DAYS)


def test_a_renewal_keeps_it_and_a_later_contract_brings_it_back() -> None:
    assert first_and_last(0, (0, 9), (10, 99)) == (1, DAYS - 1)
    rows = Contracts(
        row=np.zeros(2, np.int32),
        start=np.array([0, 50], np.int32),
        end=np.array([9, 99], np.int32),
    )
    found = customer(since=np.array([0], np.int32), contracts=rows, days=DAYS)[0]
    assert np.flatnonzero(~found).tolist() == [0, *range(10 + GRACE_DAYS, 50)]


def test_a_contract_that_begins_later_says_nothing_about_today() -> None:
    assert first_and_last(0, (70, 99)) == (1, DAYS - 1)


def test_contracts_from_before_the_axis_count() -> None:
    assert first_and_last(-400, (-400, -35)) is None
    assert first_and_last(-400, (-400, -5)) == (0, GRACE_DAYS - 5)
