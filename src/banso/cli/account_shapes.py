"""What `--json` prints of accounts, their ids, and merges."""

from datetime import date, datetime

from banso.cli.shapes import Shape, said


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
