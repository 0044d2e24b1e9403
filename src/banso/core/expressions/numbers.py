"""The numbers of an expression where they stand, so that one can be changed and the rest stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso.core.expressions.problem import ExpressionError
from banso.core.expressions.tokens import Kind, Token, before_a_value, tokenise

_COMPARE = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True)
class Number:
    """text: as it is written, with its sign. start, end: where. name: the one before it ('' where
    there is none). operator: between the two: = != < <= > >=, `between`, `and` (its upper end); ''
    where anything else stands there."""

    text: str
    start: int
    end: int
    name: str
    operator: str


def numbers(text: str) -> tuple[Number, ...]:
    """In order. None of a text that holds what is no token."""
    try:
        tokens = tokenise(text)
    except ExpressionError:
        return ()
    return tuple(_number(text, tokens, at) for at, x in enumerate(tokens) if x.kind is Kind.NUMBER)


def with_numbers(text: str, said: Mapping[int, str]) -> str:
    """The text with other numbers. said: which of `numbers` -> as it is written then."""
    found = numbers(text)
    for at in sorted(said, reverse=True):
        if at < len(found):
            text = text[: found[at].start] + said[at] + text[found[at].end :]
    return text


def _number(text: str, tokens: tuple[Token, ...], at: int) -> Number:
    first = at - 1 if at and tokens[at - 1].text == "-" and _is_sign(tokens, at - 1) else at
    named = next((i for i in range(first - 1, -1, -1) if _is_name(tokens, i)), None)
    between = tokens[named + 1 : first] if named is not None else ()
    start, end = tokens[first].start, tokens[at].end
    return Number(
        text="".join(text[start:end].split()),
        start=start,
        end=end,
        name=tokens[named].text if named is not None else "",
        operator=_operator([x.text for x in between]),
    )


def _operator(signs: list[str]) -> str:
    """signs: what stands between a name and a number."""
    if len(signs) == 1 and (signs[0] in _COMPARE or signs[0] == "between"):
        return signs[0]
    return "and" if signs[:1] == ["between"] and signs[-1] == "and" else ""


def _is_sign(tokens: tuple[Token, ...], at: int) -> bool:
    return at == 0 or before_a_value(tokens[at - 1])


def _is_name(tokens: tuple[Token, ...], at: int) -> bool:
    """A function is none."""
    return tokens[at].kind is Kind.WORD and tokens[at + 1].text != "("
