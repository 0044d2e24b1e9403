"""Words of `banso mails` and `banso plays preview-text`, in both languages."""

WORDS: dict[str, tuple[str, str]] = {
    "subject": ("Subject", "件名"),
    "part": ("Part", "部分"),
    "said": ("Text", "文"),
    "mail_state": ("State", "状態"),
    "mail.draft": ("to be approved", "承認待ち"),
    "mail.waiting": ("waits to be sent", "送信待ち"),
    "mail.sent": ("sent", "送信済み"),
    "mail.failed": ("not delivered", "届かなかった"),
    "mail.refused": ("refused", "却下"),
    "mail.withdrawn": ("withdrawn: its play is over", "取り下げ(プレイブックの終了)"),
    "mail.unwanted": ("its reader wants no mail", "配信停止"),
    "mail_approved": (
        "Approved: to {to}, sent from {due} on.",
        "承認しました: {to}宛て、{due}以降に送信。",
    ),
    "mail_refused": ("Refused: to {to}.", "却下しました: {to}宛て。"),
    "mail_unsubscribed": ("No more mail to {to}.", "{to}へのメールを停止しました。"),
    "mail_subscribed": ("Mail goes to {to} again.", "{to}へのメールを再開しました。"),
    "mail_never_unsubscribed": (
        "{to} had not been unsubscribed.",
        "{to}は配信停止になっていませんでした。",
    ),
}
