"""YAML with the place of everything, in bounded time."""

import time

import pytest

from banso.core.definitions.yaml_tree import Mapping, Scalar, place_in, plain, read_tree


def told(text: str) -> list[tuple[int, int, str]]:
    return [(m.line, m.column, m.message) for m in read_tree("f", text)[1]]


def test_values_are_those_of_yaml_1_2() -> None:
    text = (
        "a: 1\nb: -2.5\nc: 1e3\nd: true\ne: yes\nf: 2026-01-01\ng: ~\nh:\ni: '5'\nj: 0x1f\nk: .5\n"
    )
    assert plain(read_tree("f", text)[0]) == {
        "a": 1,
        "b": -2.5,
        "c": 1000.0,
        "d": True,
        "e": "yes",
        "f": "2026-01-01",
        "g": None,
        "h": None,
        "i": "5",
        "j": "0x1f",
        "k": 0.5,
    }


def test_an_empty_file_is_nothing() -> None:
    assert read_tree("f", "# only a comment\n") == (None, ())


def test_a_byte_order_mark_is_skipped() -> None:
    assert plain(read_tree("f", "\ufeffa: 1")[0]) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a:\n\t- x", 2, 1, "not YAML: a tab can't indent YAML; use spaces"),
        ("a: 'x", 1, 6, "not YAML: a quote is not closed"),
        ("- a\nb: 1", 2, 1, "not YAML: the indent does not fit the lines above"),
        ("a: @x", 1, 4, "not YAML: a text can't begin with this character; put it in quotes"),
        ("a: {b: 1", 1, 9, "not YAML: a mapping in { } is not closed or lacks a comma"),
        ("b: 1\na: \x07", 2, 4, "invisible character U+0007 is not allowed"),
        ("a: 1\n---\nb: 1", 2, 1, "a second document begins here; write it to a file of its own"),
        ("a: !!python/object:os.system x", 1, 4,
         "tags (!) are not supported; write plain text, or quote it"),
        ("a: *b", 1, 4, "alias *b repeats nothing: no &b stands complete before it"),
        ("a: &a [*a]", 1, 8, "alias *a repeats nothing: no &a stands complete before it"),
        ("[a]: 1", 1, 1, "a field's name must be a text, not a list or mapping"),
        ("[" * 5_000, 1, 21, "nested deeper than 20"),
    ],
)  # fmt: skip
def test_bad_yaml_is_told_in_plain_words(text: str, line: int, column: int, message: str) -> None:
    assert told(text) == [(line, column, message)]


def test_each_name_that_stands_twice_is_told() -> None:
    assert told("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n") == [
        (2, 1, "'a' stands here twice; first on line 1"),
        (5, 3, "'c' stands here twice; first on line 4"),
    ]


def test_an_alias_repeats_a_part() -> None:
    assert plain(read_tree("f", "a: &x {k: [1, 2]}\nb: *x\n")[0]) == {
        "a": {"k": [1, 2]},
        "b": {"k": [1, 2]},
    }


def test_a_billion_laughs_are_refused_at_once() -> None:
    bomb = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for n in range(9):
        before, name = chr(97 + n), chr(98 + n)
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    begun = time.perf_counter()
    assert [message for *_, message in told(bomb)] == [
        "aliases repeat more than 20,000 values; write the text out"
    ]
    assert time.perf_counter() - begun < 1


FOLDED = """\
quoted: 'it''s  bad'
folded: >-
    foo
    bar  baz

    qux
literal: |
  l1
  l2
plain: one
   two three
double: "x \\" y
   z"
japanese: "週間 利用者 ＞ 5"
"""


@pytest.mark.parametrize(
    ("key", "word", "place"),
    [
        ("quoted", "bad", (1, 17)),
        ("folded", "foo", (3, 5)),
        ("folded", "baz", (4, 10)),
        ("folded", "qux", (6, 5)),
        ("literal", "l2", (9, 3)),
        ("plain", "three", (11, 8)),
        ("double", "y", (12, 15)),
        ("double", "z", (13, 4)),
        ("japanese", "＞", (14, 19)),
    ],
)
def test_a_character_of_a_text_is_found_in_the_file(
    key: str, word: str, place: tuple[int, int]
) -> None:
    root, _ = read_tree("f", FOLDED)
    assert isinstance(root, Mapping)
    scalar = root.entries[key]
    assert isinstance(scalar, Scalar)
    assert place_in(scalar, FOLDED, str(scalar.value).index(word)) == place
