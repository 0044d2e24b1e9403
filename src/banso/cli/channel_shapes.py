"""What `--json` prints of channels and what they owe."""

from datetime import datetime

from banso.cli.shapes import Shape, said


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
