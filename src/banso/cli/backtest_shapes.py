"""What `banso backtest`, `gaps` and `mutes` print with `--json`, as in shapes."""

from datetime import date, datetime

from banso.cli.shapes import Shape, said


class IntervalItem(Shape):
    """Between what a share lies, in 95 of 100 cases."""

    low: float = said("Lower end", "下限")
    high: float = said("Upper end", "上限")


class PeriodItem(Shape):
    """Alerts that opened in a period, against the outcome."""

    first: date = said("First day", "最初の日")
    last: date = said("Last day", "最後の日")
    alerts: int = said("Alerts that opened", "発生したアラート")
    hits: int = said("Followed by the outcome in time", "余裕をもって成果を予見した数")
    late: int = said("Followed by it before there was time to act", "遅すぎた数")
    misses: int = said("Not followed by it", "外れた数")
    unknown: int = said("Not known yet, or not measured", "まだ不明、または未計測の数")
    not_applicable: int = said(
        "The outcome could not come (no contract, already gone)",
        "成果が起きえない数(契約なし、解約済みなど)",
    )
    accounts: int = said("Accounts of the judged alerts", "判定できたアラートの顧客数")
    precision: float | None = said(
        "hits / (hits + late + misses); null if none is judged",
        "hits ÷ (hits + late + misses)。判定できたものがなければ null",
    )
    interval: IntervalItem | None = said("Of the precision", "的中率の区間")
    base_rate: float | None = said(
        "The same share for customers and days taken by chance",
        "顧客と日を無作為に選んだときの同じ割合",
    )
    lift: float | None = said("precision / base_rate", "precision ÷ base_rate")
    lift_interval: IntervalItem | None = said("Of the lift", "リフトの区間")


class FiredItem(Shape):
    """One alert of the replay."""

    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name", "顧客名")
    owner: str | None = said(
        "Owner on that day; before the first that is known: that one",
        "その日の担当CSM。記録より前の日は、最初に記録された担当",
    )
    opened_on: date = said("Opened", "発生日")
    closed_on: date | None = said("Closed; null while open", "終了日。継続中なら null")
    told_on: date | None = said(
        "Reached the owner; null: held back by the weekly budget",
        "担当に届く日。週の上限で届かなければ null",
    )
    verdict: str | None = said(
        "hit, late, miss, unknown or not_applicable; null without an outcome",
        "hit・late・miss・unknown・not_applicable。成果の指定がなければ null",
    )
    outcome_on: date | None = said("Day of the outcome (hit, late)", "成果の日(hit・late)")
    arr: float | None = said("ARR at stake; null if unmeasured", "年間契約額。未計測なら null")


class LoadItem(Shape):
    """Alerts of the rule by owner and week."""

    owner: str | None = said("Owner; null: nobody", "担当CSM。いなければ null")
    week: date = said("Monday of the week", "週の月曜日")
    alerts: int = said("Alerts that opened", "発生したアラート")
    held_back: int = said(
        "Of these, not told in that week because of the budget", "うち、上限でその週に届かない数"
    )


class BacktestItem(Shape):
    """`banso backtest RULE --json`."""

    rule: str = said("Rule", "対応ルール")
    label: dict[str, str] = said("Its name for people", "ルールの表示名")
    outcome: str | None = said("Outcome it is judged by", "判定に使う成果")
    lead_days: int | None = said("Least lead time that counts", "数える最短の日数")
    within_days: int | None = said("Longest lead time that counts", "数える最長の日数")
    fingerprint: str = said("Version of the definitions", "定義の版")
    first: date = said("First day replayed", "再生した最初の日")
    last: date = said("Last day replayed", "再生した最後の日")
    accounts: int = said("Accounts", "顧客の数")
    budget: int | None = said(
        "New alerts an owner gets in a week, of all rules; null: no limit",
        "担当1人に1週間に届くアラートの上限(全ルール)。なければ null",
    )
    whole: PeriodItem | None = said(
        "Days whose outcomes are sure by now; null without an outcome",
        "成果が確定した全期間。成果の指定がなければ null",
    )
    fitting: PeriodItem | None = said(
        "Days that the rule may have been fitted to; null: history too short",
        "ルール作りに使ってよい期間。履歴が短ければ null",
    )
    untouched: PeriodItem | None = said(
        "Later days, whose outcomes the fitting period does not know",
        "その後の、手を付けていない期間",
    )
    shrinkage: float | None = said(
        "precision of the untouched period less that of the fitting one",
        "手を付けていない期間の的中率 − ルール作りの期間の的中率",
    )
    next_period: IntervalItem | None = said(
        "Precision that a next period as long as the untouched one will show, in 95 of 100 cases",
        "同じ長さの次の期間の的中率が、100回中95回入る範囲",
    )
    lead_quantiles: dict[str, float] | None = said(
        "Days from alert to outcome, of the hits: 0.5 is the middle one",
        "アラートから成果までの日数の分位点(0.5が中央値)",
    )
    overlap: dict[str, float] = said(
        "Other rule -> share of the alerts beside which it was open too",
        "ほかのルール → 同時に開いていたアラートの割合",
    )
    loads: list[LoadItem] = said("By owner and week", "担当と週ごと")
    fired: list[FiredItem] = said("Every alert, oldest first", "すべてのアラート(古い順)")


class SightItem(Shape):
    """An alert that saw an outcome coming."""

    rule: str = said("Rule", "対応ルール")
    days_before: int = said("Days from the alert to the outcome", "アラートから成果までの日数")
    in_time: bool = said(
        "Whether these are at least the outcome's lead_days", "成果のlead_days以上前か"
    )


class WasItem(Shape):
    """Where an account stood on a journey."""

    journey: str = said("Journey", "ジャーニー")
    stage: str = said("Stage", "ステージ")
    colour: str = said(
        "healthy, watch, at_risk or unmeasured", "healthy・watch・at_risk・unmeasured"
    )


class LossItem(Shape):
    """One outcome, and the alerts before it."""

    outcome: str = said("Outcome", "成果")
    account: str = said("Key of the account", "顧客のキー")
    account_name: str = said("Its name", "顧客名")
    owner: str | None = said("Owner on that day", "その日の担当CSM")
    on: date = said("Day of the outcome", "成果の日")
    arr: float | None = said(
        "ARR in force on the day before; null if unmeasured", "前日の年間契約額。未計測なら null"
    )
    foreseen: bool = said(
        "Whether any alert saw it in time", "余裕をもって予見したアラートがあるか"
    )
    sights: list[SightItem] = said("Alerts that saw it, earliest first", "予見したアラート(早い順)")
    was: list[WasItem] = said(
        "Stage and health lead_days before: a rule over these would have helped",
        "lead_days前のステージとヘルス。ここに合うルールがあれば役立った",
    )


class CandidateItem(Shape):
    """Where customers stood whom no rule saw leaving in time: a rule there would have helped."""

    journey: str = said("Journey", "ジャーニー")
    stage: str = said("Stage", "ステージ")
    colour: str = said(
        "healthy, watch, at_risk or unmeasured", "healthy・watch・at_risk・unmeasured"
    )
    missed: int = said("Losses from there that none saw in time", "そこから予見できなかった損失")
    losses: int = said("All losses from there", "そこからの損失すべて")
    arr: float | None = said(
        "ARR of the missed ones; null if unmeasured",
        "予見できなかった分の年間契約額。未計測なら null",
    )


class GapsItem(Shape):
    """`banso gaps --json`."""

    since: date = said("First day", "最初の日")
    until: date = said("Last day", "最後の日")
    outcomes: list[str] = said("Outcomes looked for", "調べた成果")
    foreseen: int = said("Seen in time by some rule", "余裕をもって予見した数")
    late: int = said("Seen too late only", "遅すぎた数")
    unseen: int = said("Seen by none", "予見できなかった数")
    candidates: list[CandidateItem] = said(
        "Where a rule would have helped, most missed first", "ルールがあれば役立った所(多い順)"
    )
    losses: list[LossItem] = said("Each of them, newest first", "それぞれ(新しい順)")


class MuteItem(Shape):
    """`banso mutes list --json`: a list of these, newest first."""

    number: int = said("Number of the mute", "ミュートの番号")
    rule: str = said("Rule", "対応ルール")
    account: str | None = said("Only this account (key); null: all", "対象の顧客。すべてなら null")
    until: date = said("Day on which its alerts are back", "アラートが戻る日")
    reason: str = said("Why", "理由")
    member: str | None = said("Who; null: from the command line", "誰が。コマンドからなら null")
    at: datetime = said("When, UTC", "日時(UTC)")
