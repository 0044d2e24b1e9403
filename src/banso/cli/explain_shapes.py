"""What `--json` prints of why a number is what it is."""

from datetime import date, datetime

from banso.cli.shapes import Shape, TodayItem, Why, said


class ConditionItem(Shape):
    """One health condition of the stage."""

    condition: str = said("The condition", "条件")
    label: dict[str, str] = said("Name for people", "表示名")
    holds: bool | None = said("Whether it holds; null if unmeasured", "成り立つか。未計測なら null")
    unmeasured: str | None = said("Why it is unmeasured", "未計測の理由")
    weight: float = said("Share in the score", "スコアでの重み")
    points: float | None = said("0 to 1; null if unmeasured", "0〜1。未計測なら null")
    critical: bool = said("Not holding makes the colour at_risk", "成り立たないと必ず at_risk")
    evidence: list[Why] = said("The comparisons behind it", "もとになった比較")


class JourneyItem(Shape):
    """Stage and health of one journey, with reasons."""

    journey: str = said("Journey", "ジャーニー")
    label: dict[str, str] = said("Name for people", "表示名")
    stage: str = said("Stage reached", "到達したステージ")
    stage_label: dict[str, str] = said("Name of the stage for people", "ステージの表示名")
    days_in_stage: int = said("Days in that stage", "そのステージの日数")
    expected_days: int | None = said("How long it should take", "想定日数")
    overdue: bool | None = said(
        "Longer than expected; null if unmeasured", "想定日数を超過。未計測なら null"
    )
    score: float | None = said(
        "0 to 100; null if nothing is measured", "0〜100。何も計測できなければ null"
    )
    confidence: float = said("Measured share of the weight, 0 to 1", "計測できた重みの割合(0〜1)")
    colour: str = said(
        "healthy, watch, at_risk or unmeasured", "healthy・watch・at_risk・unmeasured"
    )
    conditions: list[ConditionItem] = said("Conditions of the stage", "ステージの条件")


class LedgerItem(Shape):
    """One part of a change of score; the parts sum to the change exactly."""

    kind: str = said("What made the part", "変化の種類")
    condition: str = said("Condition it belongs to", "どの条件か")
    label: dict[str, str] = said("Name for people", "表示名")
    amount: float = said("Points of score", "スコアの増減")
    before: float | None = said("Value before", "前の値")
    after: float | None = said("Value after", "後の値")


class ChangeItem(Shape):
    """How a journey's score came from the earlier date to this one (`--against`)."""

    journey: str = said("Journey", "ジャーニー")
    against: date = said("The earlier date", "比較した日")
    score_before: float | None = said("Score then", "そのときのスコア")
    score_after: float | None = said("Score now", "今のスコア")
    delta: float | None = said(
        "Difference; null if a score is missing", "差。スコアがなければ null"
    )
    stage_before: str | None = said("Stage then", "そのときのステージ")
    stage_after: str | None = said("Stage now", "今のステージ")
    parts: list[LedgerItem] = said("What made it", "内訳")


class FactItem(Shape):
    """One fact (event or record) that counts."""

    time: datetime = said("When, UTC", "日時(UTC)")
    user: str | None = said("Who", "利用者")
    event: str = said("What", "利用ログ・記録の種類")
    feature: str = said("Feature", "機能")
    product: str = said("Product", "製品")
    source: str = said("Source", "データソース")
    value: float | None = said("Number, if it has one", "数値(あれば)")
    properties: str | None = said("Properties, JSON", "属性(JSON)")
    message_id: str | None = said("The source's id", "ソースでの ID")


class MetricItem(Shape):
    """One metric of the account, with the facts behind it."""

    metric: str = said("Metric", "指標")
    label: dict[str, str] = said("Name for people", "表示名")
    value: float | str | None = said("Its value; null if unmeasured", "値。未計測なら null")
    unmeasured: str | None = said("Why there is no value", "値がない理由")
    kind: str = said("Kind of metric", "指標の種類")
    as_of: date = said("Day looked at", "この日の0時時点")
    where: str | None = said("Which facts count, as defined", "数える条件(定義のまま)")
    sql: str | None = said("The same as SQL", "同じ条件の SQL")
    inputs: list[str] = said("Metrics it is made of", "もとになる指標")
    since: datetime | None = said("Window start (included), UTC", "期間の始まり(含む、UTC)")
    until: datetime | None = said("Window end (excluded), UTC", "期間の終わり(含まない、UTC)")
    facts: list[FactItem] = said("Newest facts that count", "数えた事実(新しい順)")


class ExplainItem(Shape):
    """`banso explain ACCOUNT --json`."""

    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name", "顧客名")
    owner: str | None = said("Responsible member", "担当CSM")
    as_of: date = said("Day up to which facts were counted", "この日の0時までの事実で判断")
    provisional: bool = said(
        "With `--now`: the day in progress counts as far as it is known",
        "`--now` のとき true。進行中の日を、分かっている分だけ数える",
    )
    fingerprint: str = said("Version of the definitions", "定義の版")
    journeys: list[JourneyItem] = said("Stage and health", "ステージとヘルス")
    changes: list[ChangeItem] = said("Against another date", "別の日との比較")
    alerts: list[TodayItem] = said("Alerts open on that day", "その日に開いていたアラート")
    metrics: list[MetricItem] = said("Metrics and their facts", "指標とその事実")
