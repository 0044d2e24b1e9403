"""One account alone gives the very numbers of the run, whatever the rest of the book holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from math import isnan

import numpy as np
import pytest
from tests.pipeline.vendor import ACCOUNTS, DEFINITIONS, FIRST, LAST, apply, furnish, noon, send

from banso.cli.session import Session
from banso.core.definitions import Definitions
from banso.core.events.fact import Fact
from banso.core.metrics import Panel
from banso.core.unmeasured import Column, Reason
from banso.desk.models import Account
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.pipeline.assess import Histories, histories
from banso.pipeline.gather import gather
from banso.pipeline.measure import account_panel, panels
from banso.pipeline.one_account import NoSuchAccountError, OneAccount, one_account

EFFECTIVE = date(2026, 1, 1)
MORE = (
    DEFINITIONS.replace(
        "metrics:\n",
        """metrics:
  - {name: champion_days, kind: active_days, where: role = 'champion', window: 28d}
  - {name: big_orders, kind: count, where: "event = 'order' and properties.size >= 3"}
  - {name: ordered, kind: sum, of: properties.size, where: event = 'order', window: 14d}
  - {name: employees, kind: latest, of: attribute.employees}
  - {name: orders_seen, kind: count, where: event = 'order', window: 7d}
""",
    )
    .replace(
        "segments:\n",
        """segments:
  - {name: makers, where: attribute.industry = '製造' or attribute.employees > 200}
""",
    )
    .replace(
        "sources:\n",
        """sources:
  - {name: shop, late_after: 9d, covers: attribute.industry = '製造'}
""",
    )
)


@pytest.fixture
def vendor(session: Session) -> Session:
    """The small vendor with attributes, roles, a second source and facts with properties."""
    furnish(session)
    save_accounts(
        [
            AccountRow(
                row=n,
                key=key,
                attributes={
                    "industry": "製造" if n % 2 else "小売",
                    "employees": str(100 * n) if key != "A6" else "many",
                },
            )
            for n, key in enumerate(ACCOUNTS)
        ],
        effective=FIRST,
    )
    save_contacts(
        [
            ContactRow(row=n, account=key, key=f"{key}-c", user=f"{key}-{n % 3}", role=role)
            for n, (key, role) in enumerate(zip(ACCOUNTS, ("champion", "user") * 3, strict=True))
        ],
        effective=EFFECTIVE,
    )
    send(session, orders(), source="shop")
    return session


def orders() -> list[Fact]:
    return [
        Fact(
            account=ACCOUNTS[n % 3],
            event="order",
            time=noon(FIRST + timedelta(days=n)),
            user=f"{ACCOUNTS[n % 3]}-1",
            properties=f'{{"size":{n % 5}}}',
            message_id=f"order-{n}",
        )
        for n in range(56)
    ]


def desk_id(key: str) -> int:
    return Account.objects.get(key=key).id


@contextmanager
def alone(
    session: Session, definitions: Definitions, key: str, as_of: date = LAST
) -> Iterator[OneAccount]:
    with one_account(session.store, definitions, account=desk_id(key), as_of=as_of) as found:
        yield found


def row(column: Column, at: int) -> tuple[list[object], list[int]]:
    """One row in words and numbers, so that codes of different dictionaries compare."""
    values, reasons = column.values[at].tolist(), column.reasons[at].tolist()
    if column.categories is not None:
        values = [column.categories[x] if x >= 0 else None for x in values]
    return ["nan" if isinstance(x, float) and isnan(x) else x for x in values], reasons


def rows(panel: Panel, at: int) -> dict[str, tuple[list[object], list[int]]]:
    return {name: row(column, at) for name, column in panel.columns.items()}


def health(found: Histories, at: int) -> dict[str, list[object]]:
    return {
        name: [
            np.nan_to_num(getattr(x, part)[at].astype(float), nan=-99).tolist()
            for part in ("stage", "entered", "days_in_stage", "score", "confidence", "colour")
        ]
        for name, x in found.items()
    }


@pytest.mark.parametrize("as_of", [LAST, FIRST + timedelta(days=17), FIRST - timedelta(days=3)])
def test_every_cell_of_every_account_is_that_of_the_run(vendor: Session, as_of: date) -> None:
    definitions = apply(MORE)
    with vendor.store.snapshot() as snapshot:
        inputs = gather(vendor.store, snapshot, definitions, as_of=as_of)
        seen = 0
        for _, panel in panels(inputs):
            found = histories(inputs, panel)
            for at, number in enumerate(panel.accounts):
                with alone(vendor, definitions, inputs.key(number), as_of) as one:
                    assert one.number == number
                    assert rows(one.panel, 0) == rows(panel, at)
                    assert one.panel.customer[0].tolist() == panel.customer[at].tolist()
                    assert health(one.histories, 0) == health(found, at)
                seen += 1
    assert seen == len(ACCOUNTS)


def test_roles_attributes_and_properties_are_measured_here_so_that_the_comparison_says_something(
    vendor: Session,
) -> None:
    definitions = apply(MORE)
    with alone(vendor, definitions, "A1", FIRST + timedelta(days=30)) as one:
        day = FIRST + timedelta(days=30)
        told = {name: one.told(name, day).value for name in definitions.metrics}
        assert one.told("attribute.industry", day).value == "小売"
        assert one.told("segment.makers", day).value is False
        assert one.told("contract.arr", day).value == 100_000.0
        assert told["employees"] == "0"  # a text: one account says 'many'
        assert told["big_orders"] == 4.0
        assert told["ordered"] == 10.0
        assert told["champion_days"] is not None
    with alone(vendor, definitions, "A2", FIRST + timedelta(days=30)) as one:
        assert one.told("segment.makers", day).value is True
        assert one.told("champion_days", day).value == 0.0


def test_a_column_without_a_value_says_why(vendor: Session) -> None:
    definitions = apply(MORE)
    with alone(vendor, definitions, "A4") as one:
        assert one.told("answer", LAST).value is None
        assert one.told("answer", LAST).reason is Reason.NO_SOURCE


def test_any_earlier_day_can_be_asked_of_one_reading(vendor: Session) -> None:
    """Time travel needs no second reading: later days change nothing of earlier ones."""
    definitions = apply(MORE)
    day = FIRST + timedelta(days=33)
    with alone(vendor, definitions, "A3") as late, alone(vendor, definitions, "A3", day) as early:
        assert late.assessments(day) == early.assessments(day)
        names = tuple(definitions.metrics)
        assert [late.told(x, day) for x in names] == [early.told(x, day) for x in names]
        seen, earlier = (
            [
                (x.name, x.as_of, x.value, x.reason)
                for x in one.metric_views(names, as_of=day, limit=3)
            ]
            for one in (late, early)
        )
        assert seen == earlier


def test_what_explain_says_is_what_one_account_says(vendor: Session) -> None:
    definitions = apply(MORE)
    against = LAST - timedelta(days=28)
    with alone(vendor, definitions, "A2") as one, vendor.store.snapshot() as snapshot:
        inputs = gather(vendor.store, snapshot, definitions, as_of=LAST)
        panel = account_panel(inputs, one.number)
        found = histories(inputs, panel)["adoption"]
        (comparison,) = one.comparisons(against, LAST)
        assert comparison.after == one.assessments(LAST)[0]
        assert comparison.after.score == found.score[0, inputs.calendar.index(LAST)]
        assert comparison.before.score == found.score[0, inputs.calendar.index(against)]


def test_every_fact_of_the_account_can_be_read(vendor: Session) -> None:
    definitions = apply(MORE)
    with alone(vendor, definitions, "A1") as one:
        facts = one.facts()
        keys = set(one.inputs.snapshot.user_keys(set(facts["user"].to_pylist())).values())
        assert keys == {f"A1-{n}" for n in range(5)}
        assert facts.schema.names == ["user", "action", "time"]


def test_what_comes_later_is_seen_at_once(vendor: Session) -> None:
    """Nothing that the process remembers outlives a change of facts, book or definitions."""
    definitions = apply(MORE)

    def told(name: str) -> object:
        with alone(vendor, definitions, "A1") as one:
            return one.told(name, LAST).value

    assert told("attribute.industry") == "小売"
    before = told("big_orders")
    save_accounts([AccountRow(row=1, key="A1", attributes={"industry": "金融"})], effective=FIRST)
    assert told("attribute.industry") == "金融"
    late = Fact(account="A1", event="order", time=noon(FIRST), properties='{"size":9}')
    send(vendor, [late], source="shop")
    assert told("big_orders") == before + 1  # type: ignore[operator]  # it is a number
    vendor.store.collect()
    assert told("big_orders") == before + 1  # type: ignore[operator]
    definitions = apply(MORE.replace("properties.size >= 3", "properties.size >= 9"))
    assert told("big_orders") == 1.0


def test_a_label_that_changed_is_shown_at_once(vendor: Session) -> None:
    for name in ("Adoption", "Use"):
        definitions = apply(
            MORE.replace(
                "  - name: adoption\n",
                f"  - name: adoption\n    label: {{en: {name}, ja: {name}}}\n",
            )
        )
        with alone(vendor, definitions, "A1") as one:
            label = one.definitions.journeys["adoption"].label
            assert label is not None
            assert label.en == name


def test_an_account_nobody_has_is_refused(vendor: Session) -> None:
    definitions = apply(MORE)
    with (
        pytest.raises(NoSuchAccountError),
        one_account(vendor.store, definitions, account=-1, as_of=LAST),
    ):
        pass


def test_an_account_without_any_fact_can_be_asked(vendor: Session) -> None:
    definitions = apply(MORE)
    save_accounts(
        [AccountRow(row=1, key="B1", started_on=LAST - timedelta(days=3))], effective=LAST
    )
    with alone(vendor, definitions, "B1") as one:
        assert one.customer(LAST)
        assert not one.customer(LAST - timedelta(days=3))
        assert one.told("weekly_users", LAST).value == 0.0
        assert one.told("contract.arr", LAST).reason is Reason.NOT_APPLICABLE


def test_a_day_after_the_last_is_refused_and_one_before_the_first_is_the_first(
    vendor: Session,
) -> None:
    definitions = apply(MORE)
    with alone(vendor, definitions, "A1") as one:
        assert one.index(FIRST - timedelta(days=100)) == 0
        with pytest.raises(IndexError):
            one.index(LAST + timedelta(days=1))
