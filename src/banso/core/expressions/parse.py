"""From text to the typed tree. The grammar below is the allow-list: what it does not name
can't be written, so nothing has to be forbidden one by one.

or -> and -> not -> comparison -> sum -> product -> sign -> value, as in SQL.
"""

from __future__ import annotations

from typing import NoReturn

from banso.core.expressions.operand import FUNCTIONS, Builder, Operand
from banso.core.expressions.problem import ExpressionError, Problem, nearest
from banso.core.expressions.scope import Scope
from banso.core.expressions.tokens import KEYWORDS, Kind, Token, tokenise
from banso.core.expressions.tree import Expression, Field, Literal, Type
from banso.core.wording import Wording, worded

DEEPEST = 50
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_NOT_HERE = {
    "null": worded("null is not a value here; use: is unmeasured"),
    "none": worded("none is not a value here; use: is unmeasured"),
    "nan": worded("nan is not a number here; use: is unmeasured"),
    "inf": worded("numbers are finite here"),
    "infinity": worded("numbers are finite here"),
    "case": worded("case is not part of the language; write one condition per case"),
    "select": worded("queries are not part of the language"),
    "from": worded("queries are not part of the language"),
    "with": worded("queries are not part of the language"),
    "exists": worded("queries are not part of the language"),
    "like": worded("like is not part of the language; list the values with in ('...', '...')"),
    "ilike": worded("ilike is not part of the language; list the values with in ('...', '...')"),
    "cast": worded("casts are not part of the language"),
    "try_cast": worded("casts are not part of the language"),
    "over": worded("window functions are not part of the language; use a metric with a window"),
    "lambda": worded("lambdas are not part of the language"),
    "xor": worded("xor is not part of the language; use and / or / not"),
    "date": worded("dates are not part of the language; use a metric in days"),
    "interval": worded("dates are not part of the language; use a metric in days"),
}


def parse(text: str, *, scope: Scope, expect: Type | None = None) -> Expression:
    """The checked tree of `text`. Raises ExpressionError, and nothing else, for any text."""
    return _Parser(text, scope).expression(expect)


class _Parser:
    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.tokens = tokenise(text)
        self.at = 0
        self.open = 0
        self.build = Builder()

    def expression(self, expect: Type | None) -> Expression:
        if self._ended():
            raise ExpressionError([Problem(worded("empty; an expression is needed"), 0)])
        result = self._or()
        if not self._ended():
            self._fail_after()
        if expect is not None:
            result = self.build.must_be(result, expect, "this place")
        if self.build.problems:
            raise ExpressionError(self.build.problems)
        return Expression(self.text, result.type, result.node)

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def _ended(self) -> bool:
        return self.token.kind is Kind.END

    def _take(self, kind: Kind, *texts: str) -> Token | None:
        token = self.token
        if token.kind is kind and (not texts or token.text in texts):
            self.at += 1
            return token
        return None

    def _need(self, sign: str, why: Wording) -> None:
        if not self._take(Kind.SYMBOL, sign):
            message = worded("{why} but found {token}", why=why, token=_shown(self.token))
            self._fail(message, self.token.start, sign)

    def _fail(self, message: Wording, start: int, suggestion: str | None = None) -> NoReturn:
        raise ExpressionError([*self.build.problems, Problem(message, start, suggestion)])

    def _shallow(self, operand: Operand) -> Operand:
        if operand.depth > DEEPEST:
            self._fail(
                _too_deep(),
                operand.start,
            )
        return operand

    def _or(self) -> Operand:
        parts = [self._and()]
        while self._take(Kind.KEYWORD, "or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else self._shallow(self.build.junction("or", parts))

    def _and(self) -> Operand:
        parts = [self._not()]
        while self._take(Kind.KEYWORD, "and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else self._shallow(self.build.junction("and", parts))

    def _not(self) -> Operand:
        count = 0
        while self._take(Kind.KEYWORD, "not"):
            count += 1
        operand = self._comparison()
        for _ in range(count):
            operand = self._shallow(self.build.negation(operand))
        return operand

    def _comparison(self) -> Operand:
        left = self._sum()
        made = self._compared(left)
        if made is None:
            return left
        if self.token.kind is Kind.SYMBOL and self.token.text in _COMPARISONS:
            message = worded("comparisons can't be chained; join two with and")
            self._fail(message, self.token.start, "a < b and b < c")
        return self._shallow(made)

    def _compared(self, left: Operand) -> Operand | None:
        if operator := self._take(Kind.SYMBOL, *_COMPARISONS):
            return self.build.comparison(operator.text, left, self._sum())
        if self._take(Kind.KEYWORD, "is"):
            negated = self._take(Kind.KEYWORD, "not")
            self._need_unmeasured()
            made = self.build.unmeasured(left)
            return self.build.negation(made) if negated else made
        negated = self._negated_predicate()
        if self._take(Kind.KEYWORD, "in"):
            made = self.build.membership(left, self._options())
        elif self._take(Kind.KEYWORD, "between"):
            low = self._sum()
            if not self._take(Kind.KEYWORD, "and"):
                self._fail(worded("between needs two ends"), self.token.start, "x between 1 and 5")
            made = self.build.range(left, low, self._sum())
        else:
            return None
        return self.build.negation(made) if negated else made

    def _negated_predicate(self) -> Token | None:
        if self.token.kind is not Kind.KEYWORD or self.token.text != "not":
            return None
        after = self.tokens[self.at + 1]
        if after.kind is Kind.KEYWORD and after.text in ("in", "between"):
            return self._take(Kind.KEYWORD, "not")
        return None

    def _need_unmeasured(self) -> None:
        if not self._take(Kind.KEYWORD, "unmeasured"):
            message = worded("after 'is' comes unmeasured, not {token}", token=_shown(self.token))
            self._fail(message, self.token.start, "unmeasured")

    def _options(self) -> list[Operand]:
        self._need("(", worded("a list in parentheses is needed after 'in'"))
        options = [self._option()]
        while self._take(Kind.SYMBOL, ","):
            options.append(self._option())
        self._need(")", worded("the list needs a comma or a closing parenthesis"))
        return options

    def _option(self) -> Operand:
        start = self.token.start
        option = self._sign()
        if not isinstance(option.node, Literal):
            self._fail(worded("the list of 'in' holds texts or numbers only"), start)
        return option

    def _sum(self) -> Operand:
        left = self._product()
        while operator := self._take(Kind.SYMBOL, "+", "-"):
            left = self._shallow(self.build.arithmetic(operator.text, left, self._product()))
        return left

    def _product(self) -> Operand:
        left = self._sign()
        while operator := self._take(Kind.SYMBOL, "*", "/"):
            left = self._shallow(self.build.arithmetic(operator.text, left, self._sign()))
        return left

    def _sign(self) -> Operand:
        signs: list[Token] = []
        while sign := self._take(Kind.SYMBOL, "-", "+"):
            signs.append(sign)
        operand = self._value()
        for sign in reversed(signs):
            if sign.text == "-":
                operand = self._shallow(self.build.minus(operand))
            else:
                operand = self.build.must_be(operand, Type.NUMBER, "'+'")
        return operand

    def _value(self) -> Operand:
        token = self.token
        if self._take(Kind.NUMBER):
            made = Operand(Literal(token.value), Type.NUMBER, token.start, token.text)
        elif self._take(Kind.TEXT):
            made = Operand(Literal(token.text), Type.TEXT, token.start, f"'{token.text}'")
        elif self._take(Kind.KEYWORD, "true", "false"):
            truth = Literal(token.text == "true")
            made = Operand(truth, Type.BOOLEAN, token.start, token.text)
        elif self._take(Kind.SYMBOL, "("):
            made = self._group(token)
        elif self._take(Kind.WORD):
            called = self.token.kind is Kind.SYMBOL and self.token.text == "("
            made = self._call(token) if called else self._field(token)
        else:
            self._fail(_no_value(token), token.start)
        return made

    def _enter(self, start: int) -> None:
        self.open += 1
        if self.open > DEEPEST:
            self._fail(
                _too_deep(),
                start,
            )

    def _group(self, opening: Token) -> Operand:
        self._enter(opening.start)
        inside = self._or()
        if self.token.kind is Kind.SYMBOL and self.token.text == ",":
            self._fail(worded("a list can only follow 'in'"), self.token.start)
        self._need(")", worded("the parenthesis must be closed"))
        self.open -= 1
        return inside

    def _call(self, name: Token) -> Operand:
        self._refuse_word(name)
        function = name.text.lower()
        if function not in FUNCTIONS:
            message = worded(
                "unknown function {text}; there are {known}",
                text=name.text,
                known=", ".join(FUNCTIONS),
            )
            self._fail(message, name.start, nearest(name.text, FUNCTIONS))
        self._enter(name.start)
        self._need("(", worded("arguments are needed"))
        arguments: list[Operand] = []
        if not self._take(Kind.SYMBOL, ")"):
            arguments.append(self._or())
            while self._take(Kind.SYMBOL, ","):
                arguments.append(self._or())
            self._need(")", worded("the parenthesis must be closed"))
        self.open -= 1
        return self._shallow(self.build.call(function, arguments, name.start))

    def _field(self, name: Token) -> Operand:
        type_ = self.scope.type_of(name.text)
        if type_ is None:
            self._refuse_word(name)
            meant = self.scope.nearest(name.text) or nearest(name.text, KEYWORDS, cutoff=0.75)
            problem = Problem(
                worded("unknown name {text}", text=name.text), name.start, meant, name.text
            )
            self.build.problems.append(problem)
            field = Field(name.text, Type.ANY)
            return Operand(field, Type.ANY, name.start, name.text, unknown=True)
        return Operand(Field(name.text, type_), type_, name.start, name.text)

    def _refuse_word(self, name: Token) -> None:
        if message := _NOT_HERE.get(name.text.lower()):
            hint = "is unmeasured" if "unmeasured" in message else None
            self._fail(message, name.start, hint)

    def _fail_after(self) -> None:
        """Something follows a complete expression."""
        token = self.token
        if token.kind is Kind.WORD:
            self._refuse_word(token)
        if token.kind is Kind.SYMBOL and token.text == ")":
            self._fail(worded("this parenthesis was never opened"), token.start)
        message = worded("'and', 'or' or an operator is needed before {token}", token=_shown(token))
        hint = nearest(token.text, KEYWORDS, cutoff=0.75) if token.kind is Kind.WORD else None
        self._fail(message, token.start, hint)


def _shown(token: Token) -> str:
    if token.kind is Kind.END:
        return worded("the end")
    return f"'{token.text}'" if token.kind is Kind.TEXT else token.text


def _too_deep() -> Wording:
    return worded("nested deeper than {deepest}; name a part as a metric", deepest=DEEPEST)


def _no_value(token: Token) -> Wording:
    if token.kind is Kind.END:
        return worded("the expression stops too early; a name or value is needed")
    if token.text == "*":
        return worded("stars are not part of the language; a name or value is needed")
    return worded("a name or value is needed, not {token}", token=_shown(token))
