"""What `banso rules --json` prints: the documented field names."""

from datetime import date, datetime

from banso.cli.backtest_shapes import IntervalItem
from banso.cli.shapes import Shape, said


class RuleItem(Shape):
    """`banso rules list --json`: a list of these."""

    rule: str = said("Rule", "対応ルール")
    state: str = said(
        "on, paused, muted (for all accounts) or draft_only",
        "on・paused・muted(全顧客)・draft_only",
    )
    until: date | None = said("Last day of the mute; else null", "ミュートの期限。なければ null")
    reason: str | None = said("Why it is paused; else null", "一時停止の理由。なければ null")
    precision: float | None = said(
        "Share of its alerts that were right, replayed; null: not judged",
        "再生したアラートの的中率。未計測なら null",
    )
    low: float | None = said("Lower end of its 95% interval", "95%区間の下限")
    high: float | None = said("Upper end", "上限")
    outdated: bool = said(
        "Whether that was replayed with other definitions than those in force",
        "適用中でない定義で再生した結果か",
    )
    useful: float | None = said(
        "Share that members found useful: done, of those done or not useful (26 weeks)",
        "メンバーが役立ったとした割合: 対応済み/(対応済み+不要)、26週間",
    )
    useful_low: float | None = said("Lower end of its 95% interval", "95%区間の下限")
    useful_high: float | None = said("Upper end", "上限")
    alerts_a_week: float | None = said(
        "In the last 26 weeks, replayed; null: not replayed yet",
        "直近26週の週平均(再生)。未再生なら null",
    )
    draft_by: str | None = said(
        "Who saved its draft; null: no draft, or from the command line",
        "下書きを保存した人。下書きがないか、コマンドからなら null",
    )
    draft_at: datetime | None = said("When, UTC; null: no draft", "日時(UTC)。なければ null")
    compared_at: datetime | None = said(
        "When the draft was replayed; null: not yet", "下書きを再生した日時。まだなら null"
    )


class OwnerLoadItem(Shape):
    """New alerts of one owner."""

    owner: str | None = said("Owner; null: accounts of nobody", "担当CSM。いなければ null")
    a_week: float = said("Alerts a week", "週平均")
    most: int = said("In the busiest week", "最多の週の件数")


class WeekItem(Shape):
    """Alerts of one week."""

    week: date = said("Its Monday", "週の月曜日")
    alerts: int = said("Alerts that opened", "開いたアラート")


class PartItem(Shape):
    """How often a rule was right on some of the days."""

    first: date = said("First day", "最初の日")
    last: date = said("Last day", "最後の日")
    judged: int = said("Alerts that count", "照合したアラート")
    precision: float | None = said(
        "Share that was right; null: not judged", "的中率。なければ null"
    )
    low: float | None = said("Lower end of its 95% interval", "95%区間の下限")
    high: float | None = said("Upper end", "上限")


class SideItem(Shape):
    """One of the two rules."""

    alerts: int = said("Alerts in the whole history", "全期間のアラート")
    accounts: int = said("Of so many accounts", "顧客数")
    held_back: int = said(
        "Not told in their week, by the weekly limit", "上限のためその週に届かなかった数"
    )
    a_week: float = said("Alerts a week, in the last 26 weeks", "週平均(直近26週)")
    owners: list[OwnerLoadItem] = said("By owner, the busiest first", "担当別(多い順)")
    weeks: list[WeekItem] = said("By week", "週別")
    precision: float | None = said(
        "Share that was right; null: not judged", "的中率。なければ null"
    )
    low: float | None = said("Lower end of its 95% interval", "95%区間の下限")
    high: float | None = said("Upper end", "上限")
    judged: int = said("Alerts that count for it", "照合したアラート")
    lead: float | None = said(
        "Days from alert to outcome, of the middle hit", "アラートから成果までの日数(中央値)"
    )
    base: float | None = said(
        "The same share for customers and days taken by chance",
        "顧客と日を無作為に選んだときの同じ割合",
    )
    lift: float | None = said("precision / base", "precision ÷ base")
    fitting: PartItem | None = said(
        "Days that the rule may have been fitted to; null: history too short",
        "ルール作りに使ってよい期間。履歴が短ければ null",
    )
    untouched: PartItem | None = said(
        "Later days, whose outcomes the fitting period does not know",
        "その後の、手を付けていない期間",
    )
    shrinkage: float | None = said(
        "precision of the untouched period less that of the fitting one",
        "手を付けていない期間の的中率 − ルール作りの期間の的中率",
    )
    coming: IntervalItem | None = said(
        "Between what the precision of a next period as long will lie, in 95 of 100 cases",
        "同じ長さの次の期間の的中率が、100回中95回入る範囲",
    )
    overlap: dict[str, float] = said(
        "Other rule -> share of the alerts beside which it was open too",
        "ほかのルール → 同時に開いていたアラートの割合",
    )


class OnlyItem(Shape):
    """An account that only one of the two speaks of."""

    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name", "顧客名")
    opened_on: date = said("Its last alert", "最後のアラート")


class ComparisonItem(Shape):
    """`banso rules compare RULE --json`."""

    rule: str = said("Rule", "対応ルール")
    outcome: str | None = said("Judged by it; null: by none", "照合した成果。なければ null")
    first: date = said("First day replayed", "再生した最初の日")
    last: date = said("Last day", "最後の日")
    live: SideItem | None = said(
        "The rule in force; null: there is none", "適用中のルール。なければ null"
    )
    draft: SideItem = said("The draft", "下書き")
    in_both: int = said("Accounts that both speak of", "両方に出る顧客数")
    only_live: list[OnlyItem] = said(
        "Accounts only in the rule in force, the newest first", "適用中のルールだけの顧客(新しい順)"
    )
    only_draft: list[OnlyItem] = said(
        "Accounts only in the draft, the newest first", "下書きだけの顧客(新しい順)"
    )
    more_live: int = said("How many more there are", "ほかの件数(適用中)")
    more_draft: int = said("How many more there are", "ほかの件数(下書き)")
    would_open: list[str] = said(
        "Keys of accounts whose alert the next run would open", "次の実行で開く顧客のキー"
    )
    would_close: list[str] = said(
        "Keys of accounts whose alert it would close", "次の実行で閉じる顧客のキー"
    )
