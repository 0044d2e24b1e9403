import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.desk.search import LONGEST, fold, fold_name, grams, matches, query_grams

LETTERS = st.text(alphabet="ab Ａカｶﾞが髙高東京-1%_\\ ", max_size=8)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"),
        ("渡邉", "渡辺"),
        ("齋藤", "斉藤"),
        ("ＡＢＣ", "abc"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("ガラス", "がらす"),
        ("㈱東京", "(株)東京"),
        ("東京　商事", " 東京 商事 "),
        ("Straße", "STRASSE"),
    ],
)
def test_ways_to_write_the_same_are_folded_into_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_grams_are_single_characters_and_pairs_of_neighbours_within_words() -> None:
    assert grams("東京 AB") == ["a", "ab", "b", "京", "東", "東京"]


def test_a_query_asks_for_pairs_and_for_the_character_of_a_word_that_has_only_one() -> None:
    assert query_grams("東京都 X") == ["x", "京都", "東京"]
    assert query_grams("京") == ["京"]
    assert query_grams("  ") == []


def test_every_word_must_stand_in_one_of_the_texts() -> None:
    assert matches("東京 12", "東京商事", "A0012")
    assert not matches("東京 13", "東京商事", "A0012")
    assert not matches("京東", "東京商事")


@given(query=LETTERS, name=LETTERS, key=LETTERS)
def test_whatever_matches_is_among_the_candidates(query: str, name: str, key: str) -> None:
    if matches(query, name, key):
        assert set(query_grams(query)) <= set(grams(f"{name} {key}"))
        assert all(word in fold_name(name, key) for word in fold(query).split())


def test_a_folded_name_fits_into_an_index_however_long_it_grows() -> None:
    told = fold_name("\ufdfa" * 300, "A1")  # one character that is folded into eighteen

    assert len(told) == LONGEST
    assert len(told.encode()) < 2_704
