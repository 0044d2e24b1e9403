"""What `--json` prints: the documented field names. The reference page is made from these."""

from datetime import date, datetime
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


class AccountItem(Shape):
    """`banso accounts --json`: one for each account and journey."""

    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name", "顧客名")
    owner: str | None = said("Responsible member", "担当CSM")
    journey: str = said("Journey", "ジャーニー")
    stage: str = said("Stage reached", "到達したステージ")
    days_in_stage: int = said("Days in that stage", "そのステージの日数")
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
    as_of: date = said("Day up to which facts were counted", "この日の0時までの事実で判断")


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


class MistakeItem(Shape):
    """`banso check --json`: a list of these."""

    file: str = said("File", "ファイル")
    line: int = said("Line, from 1", "行(1から)")
    column: int = said("Column, from 1", "列(1から)")
    message: str = said("What is wrong and what was expected", "誤りと、期待されるもの")
    suggestion: str | None = said("The mend, if one is near", "直し方(近いものがあれば)")
    level: str = said("error or warning", "error または warning")


class DoctorItem(Shape):
    """`banso doctor --json`."""

    facts: dict[str, str] = said(
        "Versions, paths, database, disk, zone", "版・場所・DB・空き容量・時間帯"
    )
    problems: list[dict[str, str]] = said("Each problem: what, mend", "問題と直し方")


class MoveItem(Shape):
    """An account whose stage or colour would be another."""

    account: str = said("Key of the account", "顧客のキー")
    journey: str = said("Journey", "ジャーニー")
    stage_before: str | None = said("Stage now; null: not on it", "今のステージ。対象外なら null")
    stage_after: str | None = said("Stage under the new set", "新しい定義でのステージ")
    colour_before: str | None = said("Colour now", "今のヘルス")
    colour_after: str | None = said("Colour under the new set", "新しい定義でのヘルス")


class RuleLoadItem(Shape):
    """One rule's alerts, replayed under both sets."""

    rule: str = said("Rule", "対応ルール")
    week_before: int = said("Opened in the last 7 days, old set", "直近7日の発生数(今の定義)")
    week_after: int = said("Opened in the last 7 days, new set", "直近7日の発生数(新しい定義)")
    quarter_before: int = said("Opened in the last 90 days, old set", "直近90日の発生数(今の定義)")
    quarter_after: int = said("Opened in the last 90 days, new set", "直近90日の発生数(新しい定義)")
    open_before: int = said("Open now, old set", "開いている数(今の定義)")
    open_after: int = said("Open now, new set", "開いている数(新しい定義)")
    would_open: list[str] = said("Accounts whose alert would open", "新たに開く顧客")
    would_close: list[str] = said("Accounts whose alert would close", "閉じる顧客")


class PlanItem(Shape):
    """`banso plan --json`."""

    as_of: date = said("Day of the comparison", "比較した日")
    changes: list[str] = said("Definitions that differ", "変わった定義")
    moves: list[MoveItem] = said("Accounts that would change", "変わる顧客")
    rules: list[RuleLoadItem] = said("Alerts by rule", "対応ルールごとのアラート")


class QuarantineItem(Shape):
    """`banso quarantine list --json`: a list of these."""

    id: int = said("Number of the row in quarantine", "隔離行の番号")
    state: str = said(
        "open, replaying, replayed or discarded", "open・replaying・replayed・discarded"
    )
    came_at: datetime = said("When it came first, UTC", "最初に届いた日時(UTC)")
    received_at: datetime = said("When it came last, UTC", "最後に届いた日時(UTC)")
    source: str = said("Source", "データソース")
    dataset: str = said(
        "events, records, identities, or the kind of file",
        "events・records・identities・ファイルの種類",
    )
    origin: str = said("File; `live` for live events", "ファイル。リアルタイムの利用ログは `live`")
    row: int = said("Row there", "その中の行")
    reason: str = said("Why it was not taken", "取り込めなかった理由")
    payload: str = said("What it said, or was edited to", "行の内容(編集した場合は編集後)")
    seen: int = said("How often it came", "届いた回数")


class DeedItem(Shape):
    """One thing that was done with a row of quarantine."""

    at: datetime = said("When, UTC", "日時(UTC)")
    by: str = said("Who", "行った人")
    kind: str = said("replay, discard or restore", "replay・discard・restore")
    note: str = said("Why; empty where nobody said", "理由。なければ空")
    payload: str | None = said(
        "What the row said before it was edited; null: it was not", "編集前の内容。未編集なら null"
    )
    reason: str = said("Why the row was in quarantine then", "そのとき隔離されていた理由")
    outcome: str | None = said(
        "Of a replay: stored, duplicate, waiting or quarantined; null while it is under way",
        "再取り込みの結果: stored・duplicate・waiting・quarantined。途中なら null",
    )


class QuarantineDetail(QuarantineItem):
    """`banso quarantine show --json`."""

    deeds: list[DeedItem] = said("What was done with it, in order", "行ったこと(古い順)")


class ReplayItem(Shape):
    """`banso quarantine replay --json`: replayed = stored + duplicate + waiting + quarantined."""

    replayed: int = said("Rows that were tried again", "再取り込みした行")
    stored: int = said("Stored now", "保存した行")
    duplicate: int = said("Stored before", "重複")
    waiting: int = said("Wait for their account", "顧客が分かるまで待つ行")
    quarantined: int = said("In quarantine still", "まだ隔離のままの行")


class LedgerHour(Shape):
    """`banso ledger --json`: received = stored + duplicate + quarantined."""

    source: str = said("Source", "データソース")
    dataset: str = said("events or records", "events または records")
    hour: datetime = said("Hour of receipt, UTC", "受け取った時間(UTC)")
    received: int = said("Rows received", "受け取った行")
    stored: int = said("Stored", "保存した行")
    duplicate: int = said("Stored before", "重複")
    quarantined: int = said("Not taken", "隔離")


class ImportCounts(Shape):
    """Rows of one file, or of all. In a dry run `good` stands for stored and duplicate."""

    file: str | None = said("File; null in the total", "ファイル。合計では null")
    received: int = said("Rows received", "受け取った行")
    stored: int | None = said("Stored; null in a dry run", "保存した行。試行では null")
    duplicate: int | None = said("Stored before; null in a dry run", "重複。試行では null")
    quarantined: int = said("Not taken", "隔離")
    good: int | None = said("Would be taken (dry run only)", "取り込み可能な行(試行のみ)")


class ImportItem(Shape):
    """`banso import --json`: received = stored + duplicate + quarantined."""

    source: str = said("Source", "データソース")
    dry_run: bool = said("Whether nothing was stored on purpose", "試行かどうか")
    files: list[ImportCounts] = said("By file", "ファイルごと")
    total: ImportCounts = said("All files", "合計")


class MemberItem(Shape):
    """`banso members --json`: a list of these, by handle."""

    handle: str = said(
        "E-mail address or name; what they sign in with",
        "メールアドレスまたは名前。サインインに使う",
    )
    name: str = said("Name to show", "表示名")
    email: str = said("E-mail address; empty where unknown", "メールアドレス。不明なら空")
    role: str = said("admin, cs_ops, manager, csm or viewer", "admin・cs_ops・manager・csm・viewer")
    team: str | None = said("Team, if one", "チーム(あれば)")
    reach: str = said(
        "Whose accounts they see: own, team or all", "見られる顧客の範囲: own・team・all"
    )
    sees_revenue: bool = said("Whether they see amounts of money", "金額を見られるか")
    active: bool = said("false: they have left", "false なら退職・停止")
    can_sign_in: bool = said("Active, and has a password", "有効で、パスワード設定済み")
    accounts: int = said("Accounts they own", "担当する顧客の数")


class KeyItem(Shape):
    """`banso keys list --json`: a list of these, by source."""

    source: str = said("Source that the key stands for", "このキーが表すデータソース")
    start: str = said("First characters of the key", "キーの先頭の文字")
    rate: int = said("Events a second that are taken with it", "1秒あたりに受け付ける利用ログの数")
    created_at: datetime = said("When it was given out", "発行した日時")
    revoked_at: datetime | None = said(
        "When it was revoked; null while it is valid", "失効した日時。有効なら null"
    )


class TokenItem(Shape):
    """`banso tokens list --json`: a list of these, oldest first."""

    member: str = said("Handle of the member whose rights it has", "権限のもとになるメンバー")
    name: str = said("What it is for", "用途")
    start: str = said("First characters of the token", "トークンの先頭の文字")
    created_at: datetime = said("When it was given out", "発行した日時")
    revoked_at: datetime | None = said(
        "When it was revoked; null while it is valid", "失効した日時。有効なら null"
    )


class ChannelItem(Shape):
    """`banso channels list --json`: a list of these, by name."""

    name: str = said("Name of the channel", "チャネル名")
    kind: str = said(
        "webhook, email, slack, service, line_works or chatwork",
        "webhook・email・slack・service・line_works・chatwork",
    )
    address: str = said(
        "Where to; empty: to the customer's owner in person", "宛先。空なら担当CSM本人"
    )
    least: str = said("Alerts of this priority and above", "送るアラートの優先度の下限")
    language: str = said("en or ja, where a member has not chosen", "本人の設定がないときの言語")
    revenue: bool = said("Whether amounts of money are told", "金額を含めるか")
    tasks: bool = said("Whether tasks are told, too", "タスクも送るか")
    disabled_at: datetime | None = said(
        "Since when nothing is sent; null while it works", "停止した日時。使えていれば null"
    )
    disabled_because: str = said("What the receiver answered then", "停止の理由(相手の応答)")
    waiting: int = said("Messages it owes", "未送信の数")
    delivered: int = said("Messages that were taken", "送信済みの数")
    failed: int = said("Dead letters", "送信できなかった数")
    last_delivered_at: datetime | None = said(
        "When a message was taken last", "最後に送信できた日時"
    )
    last_failed_at: datetime | None = said(
        "When a message became a dead letter last", "最後に送信できなかった日時"
    )


class DeliveryItem(Shape):
    """`banso outbox list --json`: a list of these, newest first."""

    id: int = said("Number, for `banso outbox replay`", "番号(`banso outbox replay` で使う)")
    message: str = said("Its id at the receiver", "相手側でのID")
    channel: str = said("Channel", "チャネル")
    kind: str = said(
        "alert.opened, alert.closed, alert.handled or test",
        "alert.opened・alert.closed・alert.handled・test",
    )
    account: str | None = said("Key of the account; null for a test", "顧客のキー。テストは null")
    member: str | None = said("Who gets it in person", "本人宛の場合の相手")
    state: str = said("waiting, delivered or failed", "waiting・delivered・failed")
    attempts: int = said("How often it was tried", "試した回数")
    created_at: datetime = said("Since when it is owed", "発生日時")
    due_at: datetime = said("When it is tried (again)", "次に送る日時")
    answer: str = said("What the receiver last answered", "相手の最後の応答")


class AccountIdItem(Shape):
    """`banso ids list --json`: a list of these, by account."""

    account: str = said("The account's key", "顧客のキー")
    name: str = said("The attribute that said so", "このIDを示した属性")
    value: str = said("The id", "ID")
    created_at: datetime = said("Since when it is known", "登録した日時")


class MergeItem(Shape):
    """`banso accounts merges --json`: a list of these, newest first."""

    account: str = said("Key of the account that turned out to be another", "統合した顧客のキー")
    account_name: str = said("Its name", "その名前")
    into: str = said("Key of the account that stays", "統合先の顧客のキー")
    into_name: str = said("Its name", "その名前")
    at: datetime = said("When", "統合した日時")
    member: str | None = said("By whom; null: on the command line", "誰が。nullはコマンドから")
    undone_at: datetime | None = said(
        "When it was split again; null: not", "分けた日時。なければ null"
    )
    undone_by: str | None = said("By whom", "誰が")
    ended_plays: list[str] = said(
        "Plays whose run at the account the merge ended; splitting does not resume them",
        "統合で終わったプレイブック。分けても再開しない",
    )
