"""The order of Today."""

from datetime import date
from decimal import Decimal

from banso.core.rules.rank import Stake, rank

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def order(*stakes: Stake) -> list[int]:
    """Positions of the stakes in their order."""
    return rank(range(len(stakes)), stake=lambda index: stakes[index])


def test_priority_comes_before_all_else() -> None:
    assert order(
        Stake("low", Decimal(900), MAY),
        Stake("high", None, JUNE),
        Stake("medium", Decimal(500), MAY),
    ) == [1, 2, 0]


def test_then_the_most_arr_and_unknown_arr_last() -> None:
    assert order(
        Stake("high", None, MAY),
        Stake("high", Decimal(0), MAY),
        Stake("high", Decimal("10.5"), MAY),
        Stake("high", Decimal("10.51"), MAY),
    ) == [3, 2, 1, 0]


def test_then_the_oldest() -> None:
    assert order(Stake("low", None, JUNE), Stake("low", None, MAY)) == [1, 0]


def test_what_is_alike_keeps_its_order() -> None:
    assert order(*[Stake("low", Decimal(1), MAY)] * 3) == [0, 1, 2]
