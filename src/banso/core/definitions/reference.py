"""The reference of definitions, made from the models: they can't say different things."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import get_annotations
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from banso.core.definitions.assign import Assign
from banso.core.definitions.file import DefinitionFile
from banso.core.definitions.ja import FIELDS
from banso.core.definitions.metrics import Metric, Recency, Tenure
from banso.core.definitions.model import (
    Called,
    Condition,
    Journey,
    Label,
    Name,
    Organisation,
    Rule,
    Segment,
    Silence,
    Source,
    Stage,
    Tracking,
    Window,
)
from banso.core.definitions.outcomes import Churn, Outcome
from banso.core.definitions.plays import Play, Step
from banso.core.definitions.proof import Expect, Reached
from banso.core.definitions.template import Template
from banso.core.expressions import DEEPEST, FUNCTIONS, LONGEST

Language = Literal["en", "ja"]

METRICS: tuple[type[BaseModel], ...] = get_args(get_args(Metric)[0])
BEFORE_METRICS: tuple[type[BaseModel], ...] = (Organisation, Called, Source, Tracking)
AFTER_METRICS: tuple[type[BaseModel], ...] = (
    Segment,
    Journey,
    Stage,
    Condition,
    Rule,
    Assign,
    Expect,
    Reached,
)
OUTCOMES: tuple[type[BaseModel], ...] = get_args(get_args(Outcome)[0])
STEPS: tuple[type[BaseModel], ...] = get_args(get_args(Step)[0])


def json_schema() -> dict[str, Any]:
    """JSON Schema of one file, for editors that complete and check YAML."""
    return DefinitionFile.model_json_schema(by_alias=True)


def reference_markdown(lang: Language) -> str:
    """The page docs/{lang}/reference/definitions.md."""
    words = _WORDS[lang]
    blocks = [f"# {words.title}", words.intro]
    for model in BEFORE_METRICS:
        blocks += _section(model, lang, 2)
    blocks += [f"## {words.metrics}", words.metrics_intro, _table(Tenure, lang)]
    blocks += [words.facts_intro, _table(Recency, lang, declared_by="_Facts")]
    for kind in METRICS:
        blocks += _section(kind, lang, 3)
    for model in AFTER_METRICS:
        blocks += _section(model, lang, 2)
    blocks += [f"## {words.outcomes}", words.outcomes_intro]
    blocks += [_table(Churn, lang, declared_by="_Outcome")]
    blocks += [words.contracts_intro, _table(Churn, lang, declared_by="_OfContracts")]
    for kind in OUTCOMES:
        blocks += _section(kind, lang, 3)
    blocks += [*_section(Play, lang, 2), f"### {words.steps}", words.steps_intro]
    for kind in STEPS:
        blocks += _section(kind, lang, 4)
    blocks += [*_section(Template, lang, 2)]
    blocks += [*_section(Label, lang, 2), f"## {words.expressions}", words.language]
    return "\n\n".join(blocks) + "\n"


def documented() -> Iterator[tuple[str, str]]:
    """Every class and field with its English text, under the keys of the Japanese catalogue."""
    models: list[type[BaseModel]] = [*BEFORE_METRICS, *METRICS, *AFTER_METRICS, *OUTCOMES]
    models += [Play, *STEPS, Template, Label]
    for model in models:
        yield model.__name__, _sentence(model.__doc__ or "")
        for name, field in model.model_fields.items():
            if name != "kind":
                yield _key(model, name, field), field.description or ""


@dataclass(frozen=True)
class _Words:
    title: str
    intro: str
    metrics: str
    metrics_intro: str
    facts_intro: str
    reads_facts: str
    outcomes: str
    outcomes_intro: str
    contracts_intro: str
    steps: str
    steps_intro: str
    expressions: str
    language: str
    header: str
    needed: str
    text: str
    number: str
    whole: str
    truth: str
    name: str
    window: str
    silence: str
    many: str
    step: str
    one_of: str


_WORDS = {
    "en": _Words(
        title="Definitions",
        intro="Definitions are YAML files (`*.yaml`, UTF-8) in one folder. Each file may hold any "
        "of `organisation`, `sources`, `metrics`, `segments`, `journeys`, `rules`, `outcomes` "
        "and `plays`; all files together are one set. All mistakes are told at once, with file, "
        "line and column.",
        metrics="metrics",
        metrics_intro="`kind` says how a metric is measured, and which other fields it has. "
        "All have these:",
        facts_intro="Kinds that read facts also have these:",
        reads_facts="Reads facts.",
        outcomes="outcomes",
        outcomes_intro="What rules are judged by (`banso backtest`): something that happens to an "
        "account on a day. Outcomes open no alert and colour nothing. All have these:",
        contracts_intro="Kinds that read contracts also have this:",
        steps="steps of a play",
        steps_intro="`kind` says what a step does, and which other fields it has. Steps are done "
        "in order; a run rests at a step that waits, and goes on after a later `banso run`. "
        "[How plays run](../how-to/plays.md).",
        expressions="Expressions",
        language="Conditions are written as in SQL:\n\n"
        "- compare: `=` `!=` `<` `<=` `>` `>=`; `between 1 and 5`; `in ('a', 'b')`\n"
        "- join: `and`, `or`, `not`, parentheses\n"
        "- calculate: `+` `-` `*` `/`; "
        f"{', '.join(f'`{name}()`' for name in FUNCTIONS)}\n"
        "- `x is unmeasured`, `x is not unmeasured`: nothing is known of x\n"
        "- text in single quotes, `'it''s'`; numbers as `0.4`; `true`, `false`\n\n"
        "A comparison with something unmeasured is unmeasured, never false and never 0; "
        "`and` with a false and `or` with a true are still decided. From a late source nothing "
        "is concluded, not even `is unmeasured`. Division by zero is unmeasured. Nothing else is "
        f"part of the language. At most {LONGEST:,} characters and {DEEPEST} levels.",
        header="| Field | Type | Default | Meaning |",
        needed="*required*",
        text="text",
        number="number",
        whole="whole number",
        truth="true / false",
        name="name",
        window="days (`7d`)",
        silence="days, hours or minutes (`2d`, `4h`, `45m`)",
        many="list of {}",
        step="step",
        one_of="one of {}",
    ),
    "ja": _Words(
        title="定義",
        intro="定義は、1つのフォルダーに置くYAMLファイル(`*.yaml`、UTF-8)です。どのファイルにも"
        "`organisation`、`sources`、`metrics`、`segments`、`journeys`、`rules`、"
        "`outcomes`、`plays`を書けます。"
        "すべてのファイルを合わせて1つの一式になります。"
        "誤りは、ファイル・行・列とともに一度にすべて示されます。",
        metrics="metrics(指標)",
        metrics_intro="`kind`が測り方を決め、使えるほかの項目も決まります。どの指標にも次の項目があります。",
        facts_intro="事実を読む種類には、次の項目もあります。",
        reads_facts="事実を読む。",
        outcomes="outcomes(成果)",
        outcomes_intro="対応ルールの良し悪しを測る物差しです(`banso backtest`)。"
        "ある日に顧客に起きることを書きます。アラートも色も変えません。どの種類にも次の項目があります。",
        contracts_intro="契約を読む種類には、次の項目もあります。",
        steps="steps(プレイブックのステップ)",
        steps_intro="`kind`がステップの動作を決め、使えるほかの項目も決まります。ステップは順に実行されます。"
        "待つステップで止まった実行は、以後の`banso run`で先へ進みます。"
        "[プレイブックの動き方](../how-to/plays.md)",
        expressions="条件の書き方",
        language="条件はSQLと同じように書きます。\n\n"
        "- 比較: `=` `!=` `<` `<=` `>` `>=`、`between 1 and 5`、`in ('a', 'b')`\n"
        "- 組み合わせ: `and`、`or`、`not`、かっこ\n"
        f"- 計算: `+` `-` `*` `/`、{'、'.join(f'`{name}()`' for name in FUNCTIONS)}\n"
        "- `x is unmeasured`、`x is not unmeasured`: xについて何もわからない(未計測)かどうか\n"
        "- 文字列は半角の一重引用符で`'定着'`、数は`0.4`のように書く。`true`、`false`\n\n"
        "記号・かっこ・空白は半角で書きます。未計測のものとの比較は未計測になり、偽にも0にもなりません。"
        "ただし、偽を含む`and`と真を含む`or`は決まります。遅れているデータソースからは何も結論せず、"
        "`is unmeasured`も成り立ちません。0での割り算は未計測です。これ以外の書き方はありません。"
        f"長さは{LONGEST:,}文字、入れ子は{DEEPEST}段までです。",
        header="| 項目 | 型 | 既定 | 意味 |",
        needed="必須",
        text="文字列",
        number="数値",
        whole="整数",
        truth="true / false",
        name="名前",
        window="日数(`7d`)",
        silence="日数、時間、分(`2d`、`4h`、`45m`)",
        many="{}の一覧",
        step="ステップ",
        one_of="{}のいずれか",
    ),
}


def _section(model: type[BaseModel], lang: Language, level: int) -> Iterator[str]:
    kind = model.model_fields.get("kind")
    title = f"`kind: {get_args(kind.annotation)[0]}`" if kind else _TITLES[model.__name__][lang]
    yield f"{'#' * level} {title}"
    sentence = FIELDS[model.__name__] if lang == "ja" else _sentence(model.__doc__ or "")
    reads = f" {_WORDS[lang].reads_facts}" if "facts" in model.model_fields else ""
    yield sentence + reads
    if table := _table(model, lang, declared_by=model.__name__ if kind else None):
        yield table


def _table(model: type[BaseModel], lang: Language, *, declared_by: str | None = None) -> str:
    """declared_by: only the fields of that class; '' where it has none."""
    words = _WORDS[lang]
    rows = [words.header, "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        key = _key(model, name, field)
        if name != "kind" and declared_by in (None, key.partition(".")[0]):
            text = FIELDS[key] if lang == "ja" else field.description or ""
            either = name in Label.model_fields and issubclass(model, Label)  # one is enough
            default = "" if either else _default(field, words)
            shown = (f"`{field.alias or name}`", _type(field, words), default, text)
            rows.append("| " + " | ".join(cell.replace("|", r"\|") for cell in shown) + " |")
    return "\n".join(rows) if len(rows) > 2 else ""


_TITLES: dict[str, dict[Language, str]] = {
    "Organisation": {"en": "organisation", "ja": "organisation(会社)"},
    "Called": {"en": "names of the organisation", "ja": "names(データの呼び名)"},
    "Source": {"en": "sources", "ja": "sources(データソース)"},
    "Tracking": {"en": "tracking of a source", "ja": "tracking(利用ログの受信)"},
    "Segment": {"en": "segments", "ja": "segments(セグメント)"},
    "Journey": {"en": "journeys", "ja": "journeys(ジャーニー)"},
    "Stage": {"en": "stages of a journey", "ja": "stages(ジャーニーのステージ)"},
    "Condition": {"en": "health of a stage", "ja": "health(ステージのヘルススコア条件)"},
    "Rule": {"en": "rules", "ja": "rules(対応ルール)"},
    "Template": {"en": "templates", "ja": "templates(ひな形)"},
    "Play": {"en": "plays", "ja": "plays(プレイブック)"},
    "Assign": {"en": "assign of a rule", "ja": "assign(対応ルールのアラートを渡す相手)"},
    "Reached": {
        "en": "a stage of `rollout`",
        "ja": "rollout(段階的な展開)の1段",
    },
    "Expect": {
        "en": "expect of a rule or play",
        "ja": "expect(対応ルールやプレイブックに期待する変化)",
    },
    "Label": {"en": "Texts for people", "ja": "人に見せる文"},
}


def _key(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    """The class that declares the field, and the name as written in YAML."""
    owner = next(c for c in reversed(model.__mro__) if name in get_annotations(c))
    return f"{owner.__name__}.{field.alias or name}"


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _default(field: FieldInfo, words: _Words) -> str:
    if field.default is PydanticUndefined:
        return words.needed
    if field.default in (None, ()):
        return ""
    shown = str(field.default).lower() if isinstance(field.default, bool) else f"{field.default}"
    return f"`{shown}`"


def _type(field: FieldInfo, words: _Words) -> str:
    for constraint in field.metadata:
        if constraint in _named(Window):
            return words.window
        if constraint in _named(Name):
            return words.name
    return _annotation(field.annotation, words)


def _named(alias: object) -> list[StringConstraints]:
    return [part for part in get_args(alias) if isinstance(part, StringConstraints)]


def _annotation(annotation: object, words: _Words) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _annotation(arguments[0], words)
    if origin is Annotated:
        named: dict[object, str] = {
            Window: words.window,
            Silence: words.silence,
            Name: words.name,
            Step: words.step,
        }
        shown = named.get(annotation, words.text)
    elif origin is Literal:
        shown = words.one_of.format(", ".join(f"`{value}`" for value in arguments))
    elif origin is tuple:
        shown = words.many.format(_annotation(arguments[0], words))
    else:
        simple: dict[object, str] = {
            str: words.text,
            float: words.number,
            int: words.whole,
            bool: words.truth,
        }
        shown = simple.get(annotation) or f"`{getattr(annotation, '__name__', annotation)}`"
    return shown
