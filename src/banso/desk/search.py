"""Search over names in any script: two characters suffice, in Japanese too.

A text is folded and cut into single characters and pairs of neighbours. Rows that hold all pairs of
a query are found by index; `matches` then looks for the query itself.
"""

import unicodedata

VARIANTS = str.maketrans(
    "髙﨑塚德濵濱邉邊渡會澤廣國眞齋斎齊櫻瀨淵條學靜惠榮豐龍嶋島冨",
    "高崎塚徳浜浜辺辺渡会沢広国真斉斉斉桜瀬渕条学静恵栄豊竜島島富",
)
"""Forms of one character that names are written in either way; NFKC does not join them."""

LONGEST = 600
"""Characters of a folded name; four bytes each are less than an index entry may have (2,704)."""

KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def fold(text: str) -> str:
    """One form for all ways to write the same: width, case, kana, variants, spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    folded = plain.translate(VARIANTS).translate(KATAKANA_TO_HIRAGANA)
    return " ".join(folded.split())


def fold_name(name: str, key: str) -> str:
    """What an account is sorted by and searched in: its name, then its key, as far as an index of
    PostgreSQL takes it."""
    return fold(f"{name} {key}")[:LONGEST]


def grams(text: str) -> list[str]:
    """Single characters and pairs of neighbours of a folded text, each once, in order of code
    points; blanks are in none."""
    words = fold(text).split()
    singles = {character for word in words for character in word}
    pairs = {word[n : n + 2] for word in words for n in range(len(word) - 1)}
    return sorted(singles | pairs)


def query_grams(text: str) -> list[str]:
    """What a row must hold to be a candidate: pairs, or the character of a word that has only
    one."""
    words = fold(text).split()
    found = {word[n : n + 2] for word in words for n in range(max(len(word) - 1, 1))}
    return sorted(found)


def matches(query: str, *texts: str) -> bool:
    """Whether every word of the query stands in one of the texts."""
    folded = [fold(text) for text in texts]
    return all(any(word in text for text in folded) for word in fold(query).split())
