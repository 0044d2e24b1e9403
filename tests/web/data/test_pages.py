"""Pages that go on from a row."""

import pytest

from banso.web.data.pages import Pages, pages, plain

ROWS = ["e", "d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("found", "below", "above", "rows", "around"),
    [
        (["e", "d", "c"], False, False, ["e", "d"], Pages(None, "d")),
        (["e", "d"], False, False, ["e", "d"], Pages(None, None)),
        (["c", "b", "a"], True, False, ["c", "b"], Pages("c", "b")),
        (["a"], True, False, ["a"], Pages("a", None)),
        (["d", "c", "b"], False, True, ["c", "b"], Pages("c", "b")),
        (["e", "d"], False, True, ["e", "d"], Pages(None, "d")),
        ([], True, False, [], Pages(None, None)),
    ],
)
def test_links_go_on_where_there_is_more(
    found: list[str], below: bool, above: bool, rows: list[str], around: Pages
) -> None:
    assert pages(found, most=2, key=str, below=below, above=above) == (rows, around)


def test_text_from_an_address_has_no_nul() -> None:
    assert plain("a\0b") == "ab"
