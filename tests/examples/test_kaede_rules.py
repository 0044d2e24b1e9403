"""Kaede's definitions find Kaede's truths: the figures that the README of the example promises."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.examples.conftest import KAEDE
from tests.examples.kaede_panel import Kaede, open_alerts, rows

from banso.core.definitions import Definitions, check, read
from banso.core.metrics import Panel

AS_OF = date(2026, 10, 1)
RULES = {
    "stalled_onboarding": ("delivery_onboarding_stalled", "bi_onboarding_stalled"),
    "champion_left": ("champion_gone",),
    "seat_shortage": ("delivery_seats_short", "bi_seats_short"),
    "unused_seats": ("delivery_seats_unused", "bi_seats_unused"),
    "fading": ("usage_fading", "gone_silent"),
    "renewal_risk": ("delivery_renewal_at_risk", "bi_renewal_at_risk"),
    "detractor": ("detractor",),
}


@dataclass(frozen=True)
class Found:
    kaede: Kaede
    definitions: Definitions
    panel: Panel
    alerts: dict[str, set[str]]
    truths: dict[str, set[str]]

    def flagged(self, truth: str) -> set[str]:
        return set().union(*(self.alerts[rule] for rule in RULES[truth]))

    def recall(self, truth: str) -> float:
        return len(self.flagged(truth) & self.truths[truth]) / len(self.truths[truth])

    def precision(self, truth: str) -> float:
        return len(self.flagged(truth) & self.truths[truth]) / len(self.flagged(truth))


@pytest.fixture(scope="module")
def found(data: Path) -> Found:
    definitions = read(KAEDE / "definitions")
    kaede = Kaede.read(data, as_of=AS_OF)
    panel = kaede.panel(definitions)
    truths: dict[str, set[str]] = {}
    for row in rows(data / "truth.csv"):
        if row["from_date"] <= AS_OF.isoformat() <= (row["to_date"] or "9999"):
            truths.setdefault(row["truth"], set()).add(row["account"])
    return Found(kaede, definitions, panel, open_alerts(kaede, definitions, panel), truths)


def colours(found: Found, journey: str, accounts: set[str]) -> Counter[str]:
    column = found.panel.column(f"journey.{journey}.colour")
    assert column.categories is not None
    return Counter(
        column.categories[column.values[row, -1]]
        for row, key in enumerate(found.kaede.keys)
        if key in accounts and column.measured[row, -1]
    )


def test_the_definitions_have_neither_mistakes_nor_warnings() -> None:
    definitions, mistakes = check(KAEDE / "definitions")
    assert mistakes == ()
    assert definitions is not None
    assert len(definitions.metrics) >= 12
    assert set(definitions.journeys) == {"delivery", "bi"}
    assert len(definitions.rules) >= 8


@pytest.mark.parametrize("truth", ["stalled_onboarding", "champion_left", "seat_shortage"])
def test_at_least_four_in_five_of_the_urgent_cases_are_flagged(found: Found, truth: str) -> None:
    assert found.recall(truth) >= 0.8
    assert found.precision(truth) >= 0.8


@pytest.mark.parametrize("truth", ["unused_seats", "fading", "renewal_risk", "detractor"])
def test_the_other_cases_are_mostly_flagged_too(found: Found, truth: str) -> None:
    assert found.recall(truth) >= 0.7
    assert found.precision(truth) >= 0.7


def test_hardly_any_healthy_or_seasonal_account_is_flagged(found: Found) -> None:
    calm = found.truths["healthy"] | found.truths["seasonal"]
    calm -= found.truths["detractor"]
    flagged = set().union(*(found.alerts[rule] for rules in RULES.values() for rule in rules))
    assert len(calm & flagged) <= 0.03 * len(calm)


def test_an_owner_has_a_handful_of_open_alerts(found: Found, data: Path) -> None:
    owner = {row["会社ID"]: row["担当CSM"] for row in rows(data / "accounts.csv", "utf-8-sig")}
    counts = Counter(owner[key] for keys in found.alerts.values() for key in keys)
    assert len(counts) == 8
    assert 5 <= np.median(list(counts.values())) <= 14
    assert max(counts.values()) <= 20


def test_fading_accounts_are_red_and_healthy_ones_green(found: Found) -> None:
    for journey in ("delivery", "bi"):
        assert colours(found, journey, found.truths["fading"])["healthy"] == 0
        healthy = colours(found, journey, found.truths["healthy"])
        assert healthy["healthy"] >= 0.95 * healthy.total()


def test_on_premises_accounts_are_unmeasured_and_no_usage_rule_fires_for_them(
    found: Found,
) -> None:
    on_prem = found.truths["on_prem"]
    for journey in ("delivery", "bi"):
        assert set(colours(found, journey, on_prem)) == {"unmeasured"}
    by_rule = {rule: keys & on_prem for rule, keys in found.alerts.items()}
    assert {rule for rule, keys in by_rule.items() if keys} <= {"detractor"}


def test_nothing_stays_open_for_accounts_that_left_long_ago(found: Found, data: Path) -> None:
    gone = {
        row["account"]
        for row in rows(data / "truth.csv")
        if row["truth"] == "churned" and row["from_date"] < "2026-09-15"
    }
    assert {rule for rule, keys in found.alerts.items() if keys & gone} == set()


def test_the_whole_maturity_curve_is_populated(found: Found) -> None:
    for journey in ("delivery", "bi"):
        column = found.panel.column(f"journey.{journey}.stage")
        assert column.categories is not None
        seen = {column.categories[code] for code in column.values[column.measured]}
        assert seen == {stage.name for stage in found.definitions.journeys[journey].stages}
