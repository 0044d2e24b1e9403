"""From text to tokens. Only what is listed here exists; any other character is a problem."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from banso.core.expressions.problem import ExpressionError, Problem

LONGEST = 5_000
LARGEST = 1e15
"""Above this a float64 is no longer sure of its units."""

KEYWORDS = frozenset({"and", "or", "not", "in", "between", "is", "unmeasured", "true", "false"})

_LETTER = r"[^\W\d]"
_FOLLOWING = r"[\w\u0300-\u036f\u3099\u309a]"  # combining marks: NFC joins them to their letter
_TOKEN = re.compile(
    rf"(?P<space>[ \t\r\n]+)|(?P<word>{_LETTER}{_FOLLOWING}*(?:\.{_LETTER}{_FOLLOWING}*)*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<wrong>--|/\*|\*/|==+|=<|=>|->|::|:=|&&|\|\||!(?!=)|\*\*|//)"
    r"|(?P<symbol><=|>=|!=|<>|[=<>+\-*/(),])"
)
_MEANT = {
    "==": ("equality has one sign", "="),
    "===": ("equality has one sign", "="),
    "=<": ("the signs are the other way round", "<="),
    "=>": ("the signs are the other way round", ">="),
    "&&": ("conditions are joined with words", "and"),
    "||": ("conditions are joined with words", "or"),
    "!": ("negation is a word", "not"),
    "--": ("comments are not part of an expression (minus a negative number: a - (-1))", None),
    "/*": ("comments are not part of an expression", None),
    "*/": ("comments are not part of an expression", None),
    "->": ("lambdas are not part of the language", None),
    "::": ("casts are not part of the language", None),
    ":=": ("assignments are not part of the language", "="),
    "**": ("powers are not part of the language", None),
    "//": ("division has one sign", "/"),
    ";": ("only one expression may stand here, without a semicolon", None),
    "#": ("comments are not part of an expression", None),
    '"': ("text is written in single quotes", "'"),
    "`": ("names are written without quotes", None),
    "%": ("a percentage is written as a share: 0.4 for 40%", None),
    "?": ("parameters are not part of the language", None),
    "$": ("parameters are not part of the language", None),
    ":": ("parameters are not part of the language", None),
    "@": ("parameters are not part of the language", None),
    "[": ("lists are written in parentheses", "("),
    "]": ("lists are written in parentheses", ")"),
    "{": ("braces are not part of the language", None),
    "}": ("braces are not part of the language", None),
    "≥": ("this sign is not part of the language", ">="),
    "≤": ("this sign is not part of the language", "<="),
    "≠": ("this sign is not part of the language", "!="),
    "×": ("this sign is not part of the language", "*"),
    "÷": ("this sign is not part of the language", "/"),
    "、": ("lists are separated by commas", ","),
    "・": ("this sign is not part of the language", "_"),
    "。": ("this sign is not part of the language", "."),
    "−": ("this is not the minus sign of the keyboard", "-"),
    "–": ("this is not the minus sign of the keyboard", "-"),
    "—": ("this is not the minus sign of the keyboard", "-"),
    "‘": ("text is written in straight single quotes", "'"),
    "’": ("text is written in straight single quotes", "'"),
    "“": ("text is written in straight single quotes", "'"),
    "”": ("text is written in straight single quotes", "'"),
    "「": ("text is written in straight single quotes", "'"),
    "」": ("text is written in straight single quotes", "'"),
    "＂": ("text is written in straight single quotes", "'"),
    ".": ("a dot stands between the parts of a name, or inside a number: 0.5", None),
}


class Kind(Enum):
    NUMBER = "number"
    TEXT = "text"
    WORD = "word"
    KEYWORD = "keyword"
    SYMBOL = "symbol"
    END = "end"


@dataclass(frozen=True)
class Token:
    """text: the word (NFC), the keyword in lower case, the text without its quotes, the sign."""

    kind: Kind
    text: str
    start: int
    end: int
    value: float = 0.0


def tokenise(text: str) -> tuple[Token, ...]:
    """The tokens of a text, with one END token. Raises ExpressionError with all problems."""
    if len(text) > LONGEST:
        message = f"longer than {LONGEST:,} characters ({len(text):,}); split it into segments"
        raise ExpressionError([Problem(message, LONGEST)])
    problems: list[Problem] = []
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup == "wrong":
            at = _refuse(text, at, match.group() if match else None, problems)
            continue
        if match.lastgroup != "space":
            found.append(_token(match, text, problems))
        at = match.end()
    if problems:
        raise ExpressionError(problems)
    return (*found, Token(Kind.END, "", len(text), len(text)))


def canonical(text: str) -> str:
    """The same expression, spaced in one way: equal however it was laid out. Raises
    ExpressionError where the text holds what is not a token."""
    made, before, sign = "", Token(Kind.SYMBOL, "(", 0, 0), False
    for token in tokenise(text)[:-1]:
        first = (sign and token.kind is not Kind.SYMBOL) or _is(before, "(")
        called = before.kind is Kind.WORD and _is(token, "(")
        glued = first or called or _is(token, ")") or _is(token, ",")
        made += ("" if glued else " ") + text[token.start : token.end]
        sign = (_is(token, "-") or _is(token, "+")) and _before_a_value(before)
        before = token
    return made


def _is(token: Token, sign: str) -> bool:
    return token.kind is Kind.SYMBOL and token.text == sign


def _before_a_value(token: Token) -> bool:
    """After this token a sign belongs to the value that follows."""
    return token.kind is Kind.KEYWORD or (token.kind is Kind.SYMBOL and not _is(token, ")"))


def _token(match: re.Match[str], text: str, problems: list[Problem]) -> Token:
    raw, start, end = match.group(), match.start(), match.end()
    if match.lastgroup == "word":
        return _word(raw, start, end, problems)
    if match.lastgroup == "number":
        return _number(raw, start, end, text, problems)
    if match.lastgroup == "text":
        _check_text(raw, start, problems)
        value = unicodedata.normalize("NFC", raw[1:-1].replace("''", "'"))
        return Token(Kind.TEXT, value, start, end)
    return Token(Kind.SYMBOL, "!=" if raw == "<>" else raw, start, end)


def _word(raw: str, start: int, end: int, problems: list[Problem]) -> Token:
    word = unicodedata.normalize("NFC", raw)
    plain = unicodedata.normalize("NFKC", raw)
    if plain != word:
        message = f"{word!r} has full-width or half-width letters"
        problems.append(Problem(message, start, plain))
    elif intruder := _intruder(word):
        letter, name = intruder
        problems.append(Problem(f"{word!r} mixes alphabets: {letter!r} is {name}", start))
    if word.lower() in KEYWORDS:
        return Token(Kind.KEYWORD, word.lower(), start, end)
    return Token(Kind.WORD, word, start, end)


def _intruder(word: str) -> tuple[str, str] | None:
    """A Cyrillic or Greek letter in a word that also has Latin ones: it only looks like one."""
    if word.isascii():
        return None
    names = {letter: unicodedata.name(letter, "") for letter in word if letter.isalpha()}
    if not any(name.startswith("LATIN") for name in names.values()):
        return None
    for letter, name in names.items():
        if name.startswith(("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")):
            return letter, name
    return None


def _number(raw: str, start: int, end: int, text: str, problems: list[Problem]) -> Token:
    value = float(raw)
    if not math.isfinite(value) or value > LARGEST:
        shown = raw if len(raw) <= 24 else raw[:20] + "..."
        problems.append(Problem(f"{shown} is too large (at most 1,000,000,000,000,000)", start))
        value = 0.0
    after = text[end : end + 1]
    if after == "_" or after.isalnum():
        problems.append(Problem("a name can't begin with a digit", start))
    elif after == ".":
        problems.append(Problem("a number has one dot, with digits on both sides", start))
    return Token(Kind.NUMBER, raw, start, end, value)


def _check_text(raw: str, start: int, problems: list[Problem]) -> None:
    for index, letter in enumerate(raw):
        if unicodedata.category(letter) in ("Cc", "Cs") or letter in _DIRECTION:
            problems.append(Problem(_invisible(letter), start + index))


_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _invisible(letter: str) -> str:
    return f"invisible character U+{ord(letter):04X} is not allowed"


def _refuse(text: str, at: int, wrong: str | None, problems: list[Problem]) -> int:
    """Note why nothing known begins at `at`; returns where to go on."""
    letter = text[at]
    if wrong or letter in _MEANT:
        sign = wrong or letter
        message, meant = _MEANT.get(sign, _MEANT["=="])
        problems.append(Problem(f"{sign} : {message}", at, meant))
        return at + len(sign)
    if letter == "'":
        problems.append(Problem("this text has no closing quote", at, text[at:] + "'"))
        return len(text)
    if run := _wide_run(text, at):
        plain = unicodedata.normalize("NFKC", run)
        message = f"full-width {run!r}" if plain.strip() else "full-width or unusual space"
        problems.append(Problem(message, at, plain))
        return at + len(run)
    if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        problems.append(Problem(_invisible(letter), at))
    else:
        problems.append(Problem(f"{letter!r} is not part of the language", at))
    return at + 1


def _wide_run(text: str, at: int) -> str:
    """The characters from `at` on that are wide or odd forms of ASCII ones: `＞＝`, `５`."""
    end = at
    while end < len(text) and not text[end].isascii():
        plain = unicodedata.normalize("NFKC", text[end])
        if not plain.isascii() or plain == text[end]:
            break
        end += 1
    return text[at:end]
