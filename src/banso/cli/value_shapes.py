"""What `banso value` prints with `--json`, as in shapes."""

from datetime import date, datetime
from typing import Literal

from banso.cli.shapes import Shape, said


class EffectItem(Shape):
    """What a rule changes, of one grade."""

    target: str | None = said("Outcome; null: what the rule expects", "成果。nullなら期待した変化")
    grade: str = said(
        "A: holdout; B: roll-out by stages; C: comparison of those acted on with others; "
        "D: before and after, never value",
        "A: くじによる対照群、B: 段階的な展開、C: 対応した顧客としなかった顧客の比較、"
        "D: 前後の比較(効果ではない)",
    )
    verdict: str = said(
        "helps, harms, differs, unclear, too_little, suggests, fragile or before_after",
        "helps・harms・differs・unclear・too_little・suggests・fragile・before_after",
    )
    value: float | None = said(
        "Difference as a share: told less held out; null if too little is known",
        "差(割合): 知らせた顧客 − 対照群。データ不足なら null",
    )
    low: float | None = said(
        "Lower end. Grade A: holds however often one looks", "下限。Aは何度見ても成り立つ"
    )
    high: float | None = said("Upper end", "上限")
    details: dict[str, object] = said(
        "Counts, the sensitivity line, and of grade B its reasons as codes (`because`)",
        "件数と感度。Bはその理由のコード(`because`)",
    )


class ExpectationsItem(Shape):
    """Told alerts of a rule, or runs of a play, by what became of what was expected."""

    reached: int = said("Came true in time", "期限内に実現した数")
    not_reached: int = said("Did not", "実現しなかった数")
    unmeasured: int = said("Nobody can say", "判定できない数")
    open: int = said("There is still time", "まだ期限前の数")


class RuleValueItem(Shape):
    """`banso value --json`: a list of these, for each rule, and each play that was entered or
    holds accounts out."""

    kind: str = said("rule or play", "rule(対応ルール)か play(プレイブック)")
    rule: str = said("Name of the rule or play", "対応ルール、またはプレイブックの名前")
    label: dict[str, str] = said("Name for people", "表示名")
    holdout: float | None = said("Share held out; null: none", "対照群の割合。なければ null")
    told: int = said("Accounts drawn to be told", "知らせる側に割り当てた顧客数")
    held_out: int = said("Accounts drawn to be left alone", "対照群の顧客数")
    expected: ExpectationsItem | None = said(
        "Of alerts that were told, of a play its runs; null: nothing is expected",
        "知らせたアラート(プレイブックは実行)の結果。期待を書いていなければ null",
    )
    effects: list[EffectItem] = said("Best grade first", "等級の高い順")


class PaceItem(Shape):
    """Median days of each step; null where none has been taken."""

    decided: float | None = said("From the alert to the first decision", "アラートから判断まで")
    acted: float | None = said("From then until it was done", "判断から完了まで")
    reached: float | None = said("From then until it came true", "完了から実現まで")
    slowest: str | None = said("The slowest of them", "最も時間のかかる段")


class DominoItem(Shape):
    """Accounts by how far they have come; each is counted at every earlier step too."""

    accounts: int | None = said("All; null in parts", "すべて。内訳では null")
    measured: int | None = said("Health is known; null in parts", "ヘルス判明。内訳では null")
    flagged: int = said("An alert opened", "アラートが出た")
    decided: int = said(
        "A member did anything about one, or about a task of its play",
        "アラートかそのプレイブックのタスクについて、担当が何らかの判断をした",
    )
    acted: int = said(
        "One, or a task of its play, is done", "アラートかそのプレイブックのタスクを完了した"
    )
    reached: int = said("What was expected came true", "期待した変化が実現した")
    proven: int = said(
        "... by a rule or play whose effect is proven",
        "うち効果が実証されたルールやプレイブックによる",
    )
    held_out: int = said("With an alert told to nobody, by lot", "対照群として知らせなかった")
    held_back: int = said("With an alert held back by the weekly budget", "週の上限で待機中")
    by_hand: int = said(
        "Beside the dominoes: a member began a play for them without any alert",
        "ドミノとは別: アラートなしに手動でプレイブックを始めた",
    )
    by_hand_acted: int = said("... and a task of it is done", "うちそのタスクを完了した")
    pace: PaceItem | None = said(
        "Of a part; that of the whole stands beside it", "内訳の所要日数。全体の分は別にある"
    )


class AfterItem(Shape):
    """Alerts by what came after them."""

    alerts: int = said("How many", "件数")
    right: int = said(
        "The outcome that the rule is there for came in its time", "ルールの成果が期限内に起きた"
    )
    wrong: int = said("It did not", "起きなかった")
    open: int = said("That time is not over", "まだ期限前")
    unmeasured: int = said(
        "Nobody can say, or the rule names no outcome", "判定できない、または成果の指定がない"
    )


class HeldBackItem(Shape):
    """`banso value --held-back --json`: a list of these, fifteen months, the newest first."""

    month: str = said("Month in which the alerts opened, YYYY-MM", "アラートが出た月(YYYY-MM)")
    held_back: AfterItem = said(
        "Not told in the week in which they could have been first, or never",
        "知らせられた最初の週に知らせなかったもの(最後まで知らせなかったものを含む)",
    )
    told: AfterItem = said("The rest", "それ以外")


class HeldItem(Shape):
    """As of when figures hold: they are read once a run."""

    as_of: date = said("Alerts up to this day are counted", "この日までのアラートを数える")
    read_at: datetime = said(
        "When they were read; what members have done since is not in them",
        "集計した時刻。その後の対応は含まない",
    )
    definitions: str = said("Fingerprint of the definitions then", "その時の定義の指紋")


class BoardItem(Shape):
    """`banso value --board --json`."""

    since: date = said("First day of alerts counted", "数えたアラートの最初の日")
    until: date = said("Last day", "最後の日")
    held: HeldItem = said("As of when this holds", "いつの時点の数字か")
    total: DominoItem = said("All accounts", "すべての顧客")
    pace: PaceItem = said("How long the steps take", "各段の所要日数")
    rules: dict[str, DominoItem] = said("By rule", "対応ルールごと")
    plays: dict[str, DominoItem] = said(
        "By play, of alerts that started one, or begun by hand",
        "アラートまたは手動で始まったプレイブックごと",
    )
    owners: dict[str, DominoItem] = said("By owner (handle; empty: nobody)", "担当ごと(空: なし)")
    segments: dict[str, DominoItem] = said("By segment", "セグメントごと")
    months: dict[str, DominoItem] = said("By month of the alert", "アラートの月ごと")


class WhyItem(Shape):
    """Why a rule or play is kept, watched or retired."""

    code: str = said(
        "did_worse, no_effect, seldom_right, nobody_acted, did_better, often_right, not_used, "
        "too_little, came_true",
        "逆効果、差なし、的中が少ない、誰も対応していない、効果あり、的中が多い、該当なし、データ不足、"
        "期待が実現",
    )
    number: float | None = said(
        "A share; of nobody_acted and no_effect accounts",
        "割合。nobody_acted と no_effect では顧客数",
    )


class ReviewedItem(Shape):
    """A rule or a play in the monthly review."""

    kind: Literal["rule", "play"] = said("What it is", "種類")
    rule: str = said("Name of the rule or play", "ルールかプレイブックの名前")
    where: Literal["retire", "watch", "keep"] = said("What to do with it", "やめる・見守る・続ける")
    flagged: int = said(
        "Accounts, in 90 days; of a play those that entered it",
        "90日間の顧客数。プレイブックでは始めた顧客数",
    )
    acted: int = said(
        "Accounts of which an alert or a task is done", "アラートかタスクを完了した顧客数"
    )
    precision: float | None = said(
        "Share right when replayed; null: not judged", "過去に当てはめた的中率。なければ null"
    )
    why: list[WhyItem] = said("Why", "理由")


class UnseenItem(Shape):
    """A loss that no rule saw."""

    account: str = said("Key", "顧客のキー")
    outcome: str = said("Which outcome", "成果")
    on: date = said("On which day", "日付")


class LostItem(Shape):
    """Losses of the last 90 days."""

    foreseen: int = said("A rule saw them in time", "間に合うように検知した数")
    late: int = said("One did, too late", "検知したが遅かった数")
    unseen: list[UnseenItem] = said("None did; the newest first", "どのルールも検知しなかったもの")


class HeldBackRuleItem(Shape):
    """As HeldBackItem, of one rule in all fifteen months."""

    rule: str = said("Name of the rule", "対応ルールの名前")
    held_back: AfterItem = said("Held back by the weekly limit", "週の上限で待機したもの")
    told: AfterItem = said("The rest", "それ以外")


class OrderItem(Shape):
    """Whether what was held back was right less often than what was told."""

    verdict: str = said(
        "less_right (those were told first that mattered), more_right, alike, too_little (under "
        "ten judged on a side) or nothing (held back)",
        "less_right(大事なものから知らせた)・more_right・alike・too_little(判定済みが片方で10件未満)・"
        "nothing(待機なし)",
    )
    value: float | None = said(
        "Share of right ones held back, less that of those told", "待機と通知の的中率の差"
    )
    low: float | None = said("Lower end", "下限")
    high: float | None = said("Upper end", "上限")
    held_back: AfterItem = said("Held back in these months", "この期間に待機したもの")
    told: AfterItem = said("Told in these months", "この期間に知らせたもの")


class ReviewItem(Shape):
    """`banso value --review --json`."""

    until: date = said("Last day of the 90", "90日間の最後の日")
    held: HeldItem = said("As of when this holds", "いつの時点の数字か")
    rules: list[ReviewedItem] = said("Rules, then plays", "ルール、プレイブックの順")
    lost: LostItem | None = said(
        "Null: nobody has looked back yet, or nothing says what a loss is",
        "まだ調べていないか、損失の定義がなければ null",
    )
    held_back_of_rules: list[HeldBackRuleItem] = said(
        "Rules of which any alert was held back in fifteen months, most right ones first",
        "15か月に待機があったルール(的中の多い順)",
    )
    order: OrderItem = said("Whether holding these back was right", "待機させた順序が正しかったか")
