"""Kaede replayed is Kaede lived, at three mornings; `tests.examples.kaede_replay` takes all."""

from datetime import date
from pathlib import Path

from tests.examples.conftest import KAEDE
from tests.examples.kaede_replay import LAST, mornings

from banso.core.definitions import read


def test_missed_mornings_and_data_that_came_later_change_no_alert(data: Path) -> None:
    definitions = read(KAEDE / "definitions")
    replay = mornings(data, definitions, [LAST])
    assert mornings(data, definitions, [date(2025, 12, 24), date(2026, 5, 5), LAST]) == replay
    assert {rule for rule, *_ in replay} >= {"usage_fading", "champion_gone", "bi_seats_short"}
