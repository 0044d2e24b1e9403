"""What was made last is kept: the values used last, each made once."""

from collections.abc import Sequence

from banso.core.recent import Recent


def test_only_what_is_not_kept_is_made_and_all_come_in_the_order_asked_for() -> None:
    recent: Recent[str, str] = Recent(9)
    asked: list[list[str]] = []

    def make(keys: Sequence[str]) -> list[str]:
        asked.append(list(keys))
        return [key.upper() for key in keys]

    assert recent.get_all(["a", "b"], make) == ["A", "B"]
    assert recent.get_all(["c", "a", "c"], make) == ["C", "A", "C"]
    assert recent.get_all(["b", "c"], make) == ["B", "C"]
    assert asked == [["a", "b"], ["c"]]


def test_what_was_not_used_for_longest_is_given_up() -> None:
    recent: Recent[int, int] = Recent(2)
    made: list[int] = []

    def ask(key: int) -> int:
        return recent.get(key, lambda: made.append(key) or key)  # type: ignore[func-returns-value]

    assert [ask(x) for x in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert made == [1, 2, 3, 2]


def test_more_than_are_kept_at_once_come_all_the_same() -> None:
    recent: Recent[int, int] = Recent(2)
    assert recent.get_all([1, 2, 3], lambda keys: [10 * x for x in keys]) == [10, 20, 30]


def test_nothing_is_left_of_what_was_cleared() -> None:
    recent: Recent[int, str] = Recent(2)
    recent.get(1, lambda: "old")
    recent.clear()
    assert recent.get(1, lambda: "new") == "new"
