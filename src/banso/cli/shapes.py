"""What `--json` prints: the documented field names, and the shapes that several nouns share. Each
noun has a module of its own (`NOUN_shapes`); the reference page is made from all of them."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def said(en: str, ja: str) -> Any:
    """A field with its meaning in both languages."""
    return Field(description=en, json_schema_extra={"ja": ja})


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Why(Shape):
    """One reason: a comparison that held, with its numbers."""

    metric: str = said(
        "Metric, attribute or journey field compared", "比べた指標・属性・ジャーニーの項目"
    )
    value: float | str | bool | None = said(
        "Its value then; null if unmeasured", "そのときの値。未計測なら null"
    )
    operator: str = said("How it was compared", "比べ方")
    threshold: float | str | bool | list[Any] | None = said(
        "What it was compared with", "比べた相手の値"
    )
    supports: bool | None = said("Whether it helps the condition to hold", "条件の成立に働くか")
    unmeasured: str | None = said("Why there is no value", "値がない理由")
    format: str = said("number, percent, text or truth", "number・percent・text・truth")
    label: dict[str, str] = said("Name for people, by language", "表示名(言語ごと)")
    unit: dict[str, str] | None = said("Unit after the number", "単位")
    words: dict[str, dict[str, str]] = said("Names of stages and colours", "ステージ・色の表示名")
    text: dict[str, str] = said("The reason in words, by language", "理由の文章(言語ごと)")


class ExpectedItem(Shape):
    """Whether what is expected of an alert, or of a run of a play, has come true."""

    came: str = said("open, reached, not_reached or unmeasured", "期限前・実現・未実現・未計測")
    due_on: date = said("By when", "期限")
    reached_on: date | None = said("On which day", "実現した日")


class TodayItem(Shape):
    """`banso today --json`: a list of these, most urgent first, without those that are handled."""

    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name", "顧客名")
    rule: str = said("Rule that holds", "該当した対応ルール")
    label: dict[str, str] = said("The rule's name for people", "ルールの表示名")
    journey: str | None = said(
        "Journey the rule is about, if one", "ルールが見るジャーニー(あれば)"
    )
    action: dict[str, str] = said("What the owner should do", "担当CSMがすること")
    why: list[Why] = said("Evidence, frozen on `opened_on`", "根拠(`opened_on` 時点で固定)")
    owner: str | None = said("Responsible member", "担当CSM")
    priority: str = said("high, medium or low", "high・medium・low")
    opened_on: date = said("Since when", "いつから")
    expected: ExpectedItem | None = said(
        "Null: its rule expects nothing, or nobody has looked yet",
        "ルールに期待の記述がないか、まだ調べていなければ null",
    )
    arr: float | None = said(
        "Annual revenue at stake; null if unmeasured", "かかっている年間契約額。未計測なら null"
    )
    currency: str = said("ISO 4217 code of `arr`", "`arr` の通貨(ISO 4217)")
    as_of: date = said("Day up to which facts were counted", "この日の0時までの事実で判断")


class DoctorItem(Shape):
    """`banso doctor --json`."""

    facts: dict[str, str] = said(
        "Versions, paths, database, disk, zone", "版・場所・DB・空き容量・時間帯"
    )
    problems: list[dict[str, str]] = said("Each problem: what, mend", "問題と直し方")
