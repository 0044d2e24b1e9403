"""From text to tokens. Only what is listed here exists; any other character is a problem."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from banso.core.expressions.problem import ExpressionError, Problem
from banso.core.wording import Wording, worded

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
_MEANT: dict[str, tuple[Wording, str | None]] = {
    "==": (worded("equality has one sign"), "="),
    "===": (worded("equality has one sign"), "="),
    "=<": (worded("the signs are the other way round"), "<="),
    "=>": (worded("the signs are the other way round"), ">="),
    "&&": (worded("conditions are joined with words"), "and"),
    "||": (worded("conditions are joined with words"), "or"),
    "!": (worded("negation is a word"), "not"),
    "--": (
        worded("comments are not part of an expression (minus a negative number: a - (-1))"),
        None,
    ),
    "/*": (worded("comments are not part of an expression"), None),
    "*/": (worded("comments are not part of an expression"), None),
    "->": (worded("lambdas are not part of the language"), None),
    "::": (worded("casts are not part of the language"), None),
    ":=": (worded("assignments are not part of the language"), "="),
    "**": (worded("powers are not part of the language"), None),
    "//": (worded("division has one sign"), "/"),
    ";": (worded("only one expression may stand here, without a semicolon"), None),
    "#": (worded("comments are not part of an expression"), None),
    '"': (worded("text is written in single quotes"), "'"),
    "`": (worded("names are written without quotes"), None),
    "%": (worded("a percentage is written as a share: 0.4 for 40%"), None),
    "?": (worded("parameters are not part of the language"), None),
    "$": (worded("parameters are not part of the language"), None),
    ":": (worded("parameters are not part of the language"), None),
    "@": (worded("parameters are not part of the language"), None),
    "[": (worded("lists are written in parentheses"), "("),
    "]": (worded("lists are written in parentheses"), ")"),
    "{": (worded("braces are not part of the language"), None),
    "}": (worded("braces are not part of the language"), None),
    "≥": (worded("this sign is not part of the language"), ">="),
    "≤": (worded("this sign is not part of the language"), "<="),
    "≠": (worded("this sign is not part of the language"), "!="),
    "×": (worded("this sign is not part of the language"), "*"),
    "÷": (worded("this sign is not part of the language"), "/"),
    "、": (worded("lists are separated by commas"), ","),
    "・": (worded("this sign is not part of the language"), "_"),
    "。": (worded("this sign is not part of the language"), "."),
    "−": (worded("this is not the minus sign of the keyboard"), "-"),
    "–": (worded("this is not the minus sign of the keyboard"), "-"),
    "—": (worded("this is not the minus sign of the keyboard"), "-"),
    "‘": (worded("text is written in straight single quotes"), "'"),
    "’": (worded("text is written in straight single quotes"), "'"),
    "“": (worded("text is written in straight single quotes"), "'"),
    "”": (worded("text is written in straight single quotes"), "'"),
    "「": (worded("text is written in straight single quotes"), "'"),
    "」": (worded("text is written in straight single quotes"), "'"),
    "＂": (worded("text is written in straight single quotes"), "'"),
    ".": (worded("a dot stands between the parts of a name, or inside a number: 0.5"), None),
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
        message = worded(
            "longer than {longest:,} characters ({length:,}); split it into segments",
            longest=LONGEST,
            length=len(text),
        )
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
        sign = (_is(token, "-") or _is(token, "+")) and before_a_value(before)
        before = token
    return made


def _is(token: Token, sign: str) -> bool:
    return token.kind is Kind.SYMBOL and token.text == sign


def before_a_value(token: Token) -> bool:
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
        message = worded("{word!r} has full-width or half-width letters", word=word)
        problems.append(Problem(message, start, plain))
    elif intruder := _intruder(word):
        letter, name = intruder
        problems.append(
            Problem(
                worded(
                    "{word!r} mixes alphabets: {letter!r} is {name}",
                    word=word,
                    letter=letter,
                    name=name,
                ),
                start,
            )
        )
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
        problems.append(
            Problem(
                worded("{shown} is too large (at most 1,000,000,000,000,000)", shown=shown), start
            )
        )
        value = 0.0
    after = text[end : end + 1]
    if after == "_" or after.isalnum():
        problems.append(Problem(worded("a name can't begin with a digit"), start))
    elif after == ".":
        problems.append(Problem(worded("a number has one dot, with digits on both sides"), start))
    return Token(Kind.NUMBER, raw, start, end, value)


def _check_text(raw: str, start: int, problems: list[Problem]) -> None:
    for index, letter in enumerate(raw):
        if unicodedata.category(letter) in ("Cc", "Cs") or letter in _DIRECTION:
            problems.append(Problem(_invisible(letter), start + index))


_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _invisible(letter: str) -> Wording:
    return worded("invisible character U+{code:04X} is not allowed", code=ord(letter))


def _refuse(text: str, at: int, wrong: str | None, problems: list[Problem]) -> int:
    """Note why nothing known begins at `at`; returns where to go on."""
    letter = text[at]
    if wrong or letter in _MEANT:
        sign = wrong or letter
        message, meant = _MEANT.get(sign, _MEANT["=="])
        problems.append(
            Problem(worded("{sign} : {message}", sign=sign, message=message), at, meant)
        )
        return at + len(sign)
    if letter == "'":
        problems.append(Problem(worded("this text has no closing quote"), at, text[at:] + "'"))
        return len(text)
    if run := _wide_run(text, at):
        plain = unicodedata.normalize("NFKC", run)
        message = (
            worded("full-width {run!r}", run=run)
            if plain.strip()
            else worded("full-width or unusual space")
        )
        problems.append(Problem(message, at, plain))
        return at + len(run)
    if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        problems.append(Problem(_invisible(letter), at))
    else:
        problems.append(
            Problem(worded("{letter!r} is not part of the language", letter=letter), at)
        )
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
