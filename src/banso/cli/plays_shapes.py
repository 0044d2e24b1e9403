"""What `--json` prints of plays and tasks."""

from datetime import date, datetime

from banso.cli.shapes import ExpectedItem, Shape, said


class PlayItem(Shape):
    """`banso plays list --json`: a list of these, as in the definitions."""

    name: str = said("Name of the play", "プレイブックの名前")
    label: dict[str, str] = said("Label by language", "言語ごとの名前")
    rules: list[str] = said("Rules that start it", "このプレイブックを始める対応ルール")
    steps: int = said("How many steps it has, those of branches included", "ステップ数(分岐を含む)")
    open: int = said("Runs that go on", "進行中の実行")
    parked: int = said("Runs that a problem has parked", "問題で止まっている実行")
    ended: int = said("Runs that have ended", "終了した実行")
    kept_out: int = said("How often an account was kept out", "始めなかった回数")
    draft_at: datetime | None = said(
        "When its draft was saved, UTC; null: it has none", "下書きの日時(UTC)。なければ null"
    )


class PlayChangeItem(Shape):
    """A field that differs from what is in force."""

    kind: str = said("play, template, ...", "play・template など")
    name: str = said("Of the definition", "定義の名前")
    field: str = said("Dotted; '' where all of it is new", "項目。全体が新しいものは空")
    old: str | float | bool | None = said("In force; null: not there", "適用中の値。なければ null")
    new: str | float | bool | None = said("In the draft; null: not there", "下書き。なければ null")
    affects_numbers: bool = said(
        "Whether a number, a colour or an alert may change", "数値・色・アラートが変わりうるか"
    )


class PlayComparisonItem(Shape):
    """`banso plays compare PLAY --json`."""

    play: str = said("Play", "プレイブック")
    changes: list[PlayChangeItem] = said("Beside what is in force", "適用中との違い")
    enters: int = said(
        "Accounts with an open alert of its rules that would enter now",
        "対応ルールのアラートがあり、いま始められる顧客数",
    )
    kept_out: int = said("Those that are kept out", "始められない顧客数")


class EntryItem(Shape):
    """`banso plays preview --json` and `banso plays start --json`: a list of these, by account."""

    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name, or key", "顧客名。なければキー")
    enters: bool = said("Whether it enters", "始めるかどうか")
    reason: str | None = said("Why it is kept out; null where it enters", "始めない理由")
    words: dict[str, str] | None = said("The same by language", "言語ごとの理由")
    until: date | None = said(
        "From when on this would keep it out no longer", "この理由がなくなる日"
    )


class PlayRunItem(Shape):
    """`banso plays runs --json`: a list of these; parked ones first, then the newest."""

    run: int = said("Number of the run", "実行の番号")
    play: str = said("Play", "プレイブック")
    fingerprint: str = said("Of the version that it keeps", "この実行が保つ版の指紋")
    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name, or key", "顧客名。なければキー")
    started_by: str = said("alert, play or member", "alert・play・member")
    rule: str | None = said("Rule of the alert", "アラートの対応ルール")
    state: str = said(
        "asked, open, parked, ended or kept_out", "asked・open・parked・ended・kept_out"
    )
    at: str | None = said("Key of the step that comes next", "次のステップの位置")
    tasks: int = said("How many of its tasks wait", "未完了のタスクの数")
    waits: str | None = said(
        "For what it rests: time, condition, unmeasured or no_facts",
        "待っているもの: time・condition・unmeasured・no_facts",
    )
    entered_on: date | None = said("Day on which it began", "始めた日")
    ended_on: date | None = said(
        "Day on which it ended or was kept out", "終えた日、始めなかった日"
    )
    because: str | None = said("Why it ended or was kept out", "終了または始めなかった理由")
    problem: dict[str, str] | None = said(
        "Why it is parked, and the mend, by language", "止まっている理由と直し方(言語ごと)"
    )
    expected: ExpectedItem | None = said(
        "Null: the play expects nothing, or nobody has looked yet",
        "期待した変化。何も期待していない、まだ判定していない場合は null",
    )


class TaskItem(Shape):
    """`banso tasks list --json`: a list of these, what is due first comes first."""

    task: int = said("Number of the task", "タスクの番号")
    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name, or key", "顧客名。なければキー")
    member: str | None = said("Who is to do it (handle); null: nobody", "担当者。いなければ null")
    play: str = said("Play that asks for it", "プレイブック")
    run: int = said("Run of the play", "実行の番号")
    rule: str | None = said("Rule whose alert started the play", "きっかけの対応ルール")
    expected: ExpectedItem | None = said(
        "Of that alert; null: no alert started the play, its rule expects nothing, or nobody has "
        "looked yet",
        "そのアラートに期待した変化。アラート以外で始まった、ルールが何も期待していない、"
        "まだ判定していない場合は null",
    )
    play_expected: ExpectedItem | None = said(
        "Of the run of the play, whoever began it; null: the play expects nothing, or nobody has "
        "looked yet",
        "プレイブックの実行に期待した変化(始め方によらない)。何も期待していない、"
        "まだ判定していない場合は null",
    )
    label: dict[str, str] = said("What is to be done", "すること")
    instructions: dict[str, str] | None = said("How", "進め方")
    link: str | None = said("A page that helps", "役に立つページ")
    checklist: list[dict[str, str]] = said("What belongs to it", "含まれる作業")
    ticked: list[int] = said(
        "Points of it that are done, from 1, as `banso tasks tick` takes them",
        "終わった項目の番号(1から。`banso tasks tick` と同じ)",
    )
    made_on: date = said("Day on which it was made", "作成日")
    due_on: date = said("Day on which it is due", "期限")
    state: str = said(
        "open, done, snoozed, not_useful or withdrawn", "open・done・snoozed・not_useful・withdrawn"
    )
    until: date | None = said("A snoozed one is back from then on", "再表示する日")
    handling: int | None = said(
        "What was done last, for `banso tasks undo`", "最後の操作(`banso tasks undo` で使う)"
    )


class TextItem(Shape):
    """`banso plays preview-text --json`: a list of these, in the order of the steps."""

    step: str = said("Key of the step", "ステップの位置")
    kind: str = said("Its kind", "ステップの種類")
    part: str = said("Which of its texts", "どの文か")
    to: str = said("Address of a mail; '' for others", "メールの宛先。ほかは空")
    texts: dict[str, str] | None = said(
        "The text by language; null where it can't be filled", "言語ごとの文。埋められなければ null"
    )
    problem: dict[str, str] | None = said(
        "What stands in the way, and the mend, by language",
        "妨げになっていることと直し方(言語ごと)",
    )


class MailItem(Shape):
    """`banso mails list --json`: a list of these; drafts: the oldest first."""

    mail: int = said("Number of the mail", "メールの番号")
    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name, or key", "顧客名。なければキー")
    to: str = said("Address", "宛先")
    language: str = said("en or ja", "en・ja")
    subject: str = said("Subject", "件名")
    text: str = said("Text", "本文")
    edited: bool = said("Whether a member has changed it", "メンバーが直したかどうか")
    play: str = said("Play that wrote it", "書いたプレイブック")
    run: int = said("Run of the play", "実行の番号")
    state: str = said(
        "draft, waiting, sent, failed, refused, withdrawn or unwanted",
        "draft・waiting・sent・failed・refused・withdrawn・unwanted",
    )
    member: str | None = said("Who approved or refused it", "承認または却下したメンバー")
    note: str = said("Why it was refused", "却下した理由")
    made_on: date = said("Day on which it was written", "書いた日")
    due_at: datetime | None = said("When it leaves, once approved", "送る日時(承認後)")
    sent_at: datetime | None = said("When it left", "送った日時")
    answer: str = said("What the mail server answered", "メールサーバーの応答")


class UnsubscribedItem(Shape):
    """`banso mails unsubscribed --json`: a list of these, newest first."""

    address: str = said("Address that wants no mail", "配信を停止したアドレス")
    at: datetime = said("Since when", "停止した日時")
