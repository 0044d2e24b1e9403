"""Definitions as sentences for people who don't read expressions: what a condition asks for, and
what a metric counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from banso.core.definitions import Definitions
from banso.core.definitions.metrics import (
    ActiveDays,
    Average,
    Breadth,
    Change,
    Count,
    Derived,
    DistinctUsers,
    Latest,
    Metric,
    Ratio,
    Recency,
    Sum,
    TimeToFirst,
)
from banso.core.definitions.model import Label
from banso.core.expressions import Leaf, leaves
from banso.core.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Field,
    Literal,
    Node,
    Not,
    Or,
)
from banso.core.health.describe import DAYS, Description, describe_field
from banso.core.metrics.plan import change_days, window_days

Describe = Callable[[str], Description]

_OPERATORS: Mapping[str, Label] = {
    "=": Label(en="{} is {}", ja="{}が{}"),
    "!=": Label(en="{} is not {}", ja="{}が{}以外"),
    "<": Label(en="{} is below {}", ja="{}が{}未満"),
    "<=": Label(en="{} is at most {}", ja="{}が{}以下"),
    ">": Label(en="{} is above {}", ja="{}が{}超"),
    ">=": Label(en="{} is at least {}", ja="{}が{}以上"),
    "in": Label(en="{} is one of {}", ja="{}が{}のいずれか"),
    "not in": Label(en="{} is none of {}", ja="{}が{}以外"),
    "between": Label(en="{} is {} to {}", ja="{}が{}〜{}"),
    "not between": Label(en="{} is outside {} to {}", ja="{}が{}〜{}の範囲外"),
    "is unmeasured": Label(en="{} is unmeasured", ja="{}が未計測"),
    "is not unmeasured": Label(en="{} is measured", ja="{}が計測済み"),
    "is true": Label(en="“{}”", ja="「{}」"),
    "is not true": Label(en="not “{}”", ja="「{}」ではない"),
}
_CALLS: Mapping[str, Label] = {
    "coalesce": Label(en="{} ({} where unmeasured)", ja="{}(未計測なら{})"),
    "greatest": Label(en="Greatest of {}", ja="{}のうち最大のもの"),
    "least": Label(en="Least of {}", ja="{}のうち最小のもの"),
    "abs": Label(en="{} without its sign", ja="{}の絶対値"),
    "round": Label(en="{} rounded", ja="{}を丸めた値"),
}
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_FILTER_FIELDS: Mapping[str, Label] = {
    "event": Label(en="event", ja="利用ログの種類"),
    "feature": Label(en="feature", ja="機能"),
    "product": Label(en="product", ja="製品"),
    "source": Label(en="source", ja="データソース"),
    "role": Label(en="role of the user", ja="利用者の役割"),
    "value": Label(en="value", ja="値"),
}


def condition_in_words(definitions: Definitions, text: str) -> Label:
    """A condition on accounts, as it stands in segments, journeys and rules."""
    root = definitions.condition(text).root
    return _condition(root, partial(describe_field, definitions))


def requirements(definitions: Definitions, text: str) -> tuple[Label, ...]:
    """The same as a list of what must all be true."""
    root = definitions.condition(text).root
    parts = root.operands if isinstance(root, And) else (root,)
    return tuple(_condition(part, partial(describe_field, definitions)) for part in parts)


def compared_in_words(operator: str, name: Label, value: str) -> Label:
    """`name` and a number, with = != < <= > or >= between them."""
    return _filled(_OPERATORS[operator], (name, _plain(value)))


def metric_in_words(definitions: Definitions, name: str) -> Label:
    """What a metric is, in one line."""
    metric = definitions.metrics[name]
    if isinstance(metric, Ratio):
        return _filled(Label(en="{} ÷ {}", ja="{} ÷ {}"), _of(definitions, metric.of, metric.by))
    if isinstance(metric, Change):
        days = str(change_days(metric, definitions.metrics))
        words = Label(
            en="{0} now against {1} days before: (now − then) ÷ then",
            ja="{0}の{1}日前との増減率: (今 − 前) ÷ 前",
        )
        return _filled(words, (*_of(definitions, metric.of), _plain(days)))
    if isinstance(metric, Derived):
        root = definitions.arithmetic(metric.expression).root
        describe = partial(describe_field, definitions)
        return _arithmetic(root, describe) or _operand(root, describe).label
    if isinstance(metric, Latest):
        return _latest(definitions, metric)
    return _measured(definitions, metric)


def _of(definitions: Definitions, *names: str) -> tuple[Label, ...]:
    return tuple(describe_field(definitions, name).label for name in names)


# metrics over facts

_DECLARED: Mapping[type[object], Label] = {
    Count: Label(en="Number of {facts}{window}", ja="{facts}の件数{window}"),
    DistinctUsers: Label(
        en="Number of different users in {facts}{window}", ja="{facts}の利用者数(重複なし){window}"
    ),
    ActiveDays: Label(
        en="Number of days with {facts}{window}", ja="{facts}が1件以上ある日数{window}"
    ),
    Breadth: Label(
        en="Number of different {of} in {facts}{window}",
        ja="{facts}に現れる{of}の数(重複なし){window}",
    ),
    Recency: Label(en="Days since the last of {facts}", ja="最後の{facts}からの日数"),
    TimeToFirst: Label(
        en="Days from the account's beginning to the first of {facts}",
        ja="利用開始から最初の{facts}までの日数",
    ),
    Sum: Label(en="Sum of {of} over {facts}{window}", ja="{facts}の{of}の合計{window}"),
    Average: Label(en="Mean of {of} over {facts}{window}", ja="{facts}の{of}の平均{window}"),
}
_TENURE = Label(
    en="Days since the account began: its declared start, first contract or first event, "
    "whichever came first",
    ja="利用開始からの日数(登録された開始日・最初の契約・最初の利用ログのうち最も早い日から)",
)
_COUNTED: Mapping[str, Label] = {
    "feature": Label(en="features", ja="機能"),
    "event": Label(en="kinds of events", ja="利用ログの種類"),
    "product": Label(en="products", ja="製品"),
    "value": Label(en="the value", ja="値"),
}


def _measured(definitions: Definitions, metric: Metric) -> Label:
    words = _DECLARED.get(type(metric))
    if words is None:
        return _TENURE
    of: str = getattr(metric, "of", "")
    return _named(
        words,
        facts=facts_in_words(definitions, getattr(metric, "facts", "events"), _where(metric)),
        window=_window(metric),
        of=_COUNTED.get(of) or _plain(of.removeprefix("properties.")),
    )


def _where(metric: Metric) -> str | None:
    where: str | None = getattr(metric, "where", None)
    return where


def facts_in_words(definitions: Definitions, facts: str, where: str | None) -> Label:
    """`events` or `record.KIND`, and which of them."""
    kind = facts.partition(".")[2]
    what = Label(en="usage events", ja="利用ログ")
    if kind:
        what = Label(en=f"records of kind {kind}", ja=f"{kind}の記録")
    if where is None:
        return what
    condition = _condition(definitions.event_filter(where).root, _filter_field)
    return _filled(Label(en="{} where {}", ja="{}({})"), (what, condition))


def _window(metric: Metric) -> Label:
    if not hasattr(metric, "window"):
        return _plain("")
    days = window_days(metric.window)
    if not days:
        return Label(en=", since the first one", ja="、全期間")
    return Label(en=f", last {days} days", ja=f"、直近{days}日")


def _filter_field(name: str) -> Description:
    return Description(_FILTER_FIELDS.get(name) or _plain(name.removeprefix("properties.")))


_CONTRACT: Mapping[str, Label] = {
    "contract.seats": Label(en="Seats of {}", ja="{}のライセンス数の合計"),
    "contract.arr": Label(en="ARR of {}", ja="{}の年間契約額の合計"),
    "contract.days_to_end": Label(en="Days to the end of {}", ja="{}の終了までの日数"),
}


def _latest(definitions: Definitions, metric: Latest) -> Label:
    group, _, name = metric.of.partition(".")
    if group == "attribute":
        return Label(en=f"Attribute {name} of the account", ja=f"顧客の属性「{name}」")
    if group == "record":
        facts = facts_in_words(definitions, metric.of, metric.where)
        window = _window(metric) if metric.window else _plain("")
        words = Label(en="Value of the last of {facts}{window}", ja="最後の{facts}の値{window}")
        return _named(words, facts=facts, window=window)
    contracts = Label(en="the contracts in force", ja="有効な契約")
    if metric.where is not None:
        condition = _condition(definitions.contract_filter(metric.where).root, _filter_field)
        contracts = _filled(Label(en="{} where {}", ja="{}({})"), (contracts, condition))
    return _filled(_CONTRACT[metric.of], (contracts,))


# conditions


def _condition(
    node: Node, describe: Describe, *, negated: bool = False, inside: bool = False
) -> Label:
    """negated: the opposite of it is told, the negation moved inwards. inside: it stands in
    another `and` or `or`, so that one of its own needs parentheses."""
    if isinstance(node, Not):
        return _condition(node.operand, describe, negated=not negated, inside=inside)
    if isinstance(node, And | Or):
        parts = [_condition(x, describe, negated=negated, inside=True) for x in node.operands]
        both = isinstance(node, And) is not negated
        joined = Label(
            en=(" and " if both else " or ").join(part.en for part in parts),
            ja=("、かつ" if both else "、または").join(part.ja for part in parts),
        )
        return _filled(Label(en="({})", ja="({})"), (joined,)) if inside else joined
    (leaf,) = leaves(Not(node) if negated else node)
    return _leaf(leaf, describe)


def _leaf(leaf: Leaf, describe: Describe) -> Label:
    operand = _operand(leaf.operand, describe)
    return _filled(_OPERATORS[leaf.effective], (operand.label, *_compared(leaf, operand, describe)))


def _compared(leaf: Leaf, operand: Description, describe: Describe) -> Sequence[Label]:
    """What the operand is compared with: one text, two for `between`, none for `is ...`."""
    if leaf.threshold is None:
        return [_operand(node, describe).label for node in _others(leaf)]
    if not isinstance(leaf.threshold, tuple):
        return [_value(leaf.threshold, operand)]
    values = [_value(x, operand) for x in leaf.threshold]
    if "between" in leaf.operator:
        return values
    return [Label(en=", ".join(x.en for x in values), ja="・".join(x.ja for x in values))]


def _others(leaf: Leaf) -> tuple[Node, ...]:
    node = leaf.node
    if isinstance(node, Compare):
        return (node.right if node.left is leaf.operand else node.left,)
    return (node.low, node.high) if isinstance(node, Between) else ()


def _operand(node: Node, describe: Describe) -> Description:
    """What stands on one side of a comparison. A function's values look like its first one's."""
    if isinstance(node, Field):
        return describe(node.name)
    if isinstance(node, Literal):
        return Description(_value(node.value, Description(_plain(""))))
    if (calculated := _arithmetic(node, describe)) is not None:
        return Description(_filled(Label(en="({})", ja="({})"), (calculated,)))
    if isinstance(node, Call):
        parts = [_operand(argument, describe) for argument in node.arguments]
        return replace(parts[0], label=_call(node, parts))
    return Description(_condition(node, describe, inside=True))


def _arithmetic(node: Node, describe: Describe) -> Label | None:
    """A calculation without parentheses around it; None for anything else."""
    if not isinstance(node, Arithmetic):
        return None
    words = f"{{}} {_SIGNS[node.operator]} {{}}"
    sides = [_operand(side, describe).label for side in (node.left, node.right)]
    return _filled(Label(en=words, ja=words), sides)


def _call(node: Call, parts: Sequence[Description]) -> Label:
    words, labels = _CALLS[node.function], [part.label for part in parts]
    if node.function == "coalesce":
        first, *rest = labels
        for stand_in in rest:
            first = _filled(words, (first, stand_in))
        return first
    if node.function in ("greatest", "least"):
        labels = [Label(en=", ".join(x.en for x in labels), ja="・".join(x.ja for x in labels))]
    return _filled(words, labels[:1])


def _value(value: float | str | bool, described: Description) -> Label:
    """A constant as people say it: with the unit, as a percentage, by the label of a stage."""
    if isinstance(value, bool):
        return Label(en="yes" if value else "no", ja="はい" if value else "いいえ")
    if isinstance(value, str):
        return described.words.get(value) or _plain(value)
    if described.form == "percent" and abs(value) < 10:
        return _plain(f"{_number(value * 100)}%")
    shown, unit = _number(value), described.unit
    if unit is None:
        return _plain(shown)
    if value == 1:  # units are the organisation's own plurals, except the day, which is ours
        return Label(en="1 day" if unit == DAYS else shown, ja=f"{shown}{unit.ja}")
    return Label(en=f"{shown} {unit.en}", ja=f"{shown}{unit.ja}")


def _number(value: float) -> str:
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _filled(words: Label, parts: Sequence[Label]) -> Label:
    return Label(
        en=words.en.format(*(part.en for part in parts)),
        ja=words.ja.format(*(part.ja for part in parts)),
    )


def _named(words: Label, **parts: Label) -> Label:
    return Label(
        en=words.en.format(**{name: part.en for name, part in parts.items()}),
        ja=words.ja.format(**{name: part.ja for name, part in parts.items()}),
    )


def _plain(text: str) -> Label:
    return Label(en=text, ja=text)
