"""What `--json` prints of who and what may come in: members, keys, tokens."""

from datetime import datetime

from banso.cli.shapes import Shape, said


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
