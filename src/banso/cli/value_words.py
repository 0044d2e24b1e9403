"""Words of `banso value`, in both languages."""

WORDS: dict[str, tuple[str, str]] = {
    "measured": ("Measured", "計測"),
    "flagged": ("Flagged", "検知"),
    "acted": ("Acted", "対応"),
    "reached": ("Came true", "実現"),
    "left_alone": ("Held out", "対照群"),
    "grade": ("Grade", "等級"),
    "target": ("On", "対象"),
    "difference": ("Difference (95%)", "差(95%区間)"),
    "arms": ("Told / held out", "知らせる/対照群"),
    "expectations": ("Came true / settled", "実現/判定済み"),
    "health": ("health", "ヘルス"),
    "no_effect_kept": (
        "nothing to judge by, or told to nobody",
        "判定する成果がない、またはまだ知らせていない",
    ),
    "grades_told": (
        "A: accounts held out by lot. B: rolled out by stages, for one look. "
        "C: acted on against not acted on; nobody drew lots. "
        "D: before and after; never value. Arms and details: --json.",
        "A: くじによる対照群。B: 段階的な展開(一度だけ見る場合)。"
        "C: 対応した顧客としなかった顧客の比較(くじではない)。"
        "D: 前後の比較で、効果ではない。詳しくは --json。",
    ),
    "proven_now": (
        "Step 6: {judged} alerts and runs of plays looked at; {effects} effects kept. "
        "`banso value` shows them.",
        "第6段: アラートとプレイブックの実行を{judged}件判定し、効果を{effects}件保存しました。"
        "`banso value` で表示します。",
    ),
    "month": ("Month", "月"),
    "slowest": ("Slowest step", "最も遅い段"),
    "slowest_days": ("{step}: {days} days", "{step}: {days}日"),
    "order.nothing": ("Nothing was held back.", "待機はありませんでした。"),
    "order.too_little": (
        "{n} alerts were held back; of {judged} it is known what came after them: too few to say "
        "whether that was right.",
        "{n}件が待機しました。結果が分かったのは{judged}件で、待機が正しかったかを言うには足りません。",
    ),
    "order.less_right": (
        "{n} alerts were held back. Of those judged {share} were right, of those told {told}: "
        "those were told first that mattered. {right} right ones were not told in time.",
        "{n}件が待機しました。判定済みの的中率は待機{share}、通知{told}で、大事なものから知らせていました。"
        "間に合わなかった的中は{right}件です。",
    ),
    "order.more_right": (
        "{n} alerts were held back. Of those judged {share} were right, of those told only {told}: "
        "the order is wrong. {right} right ones were not told in time.",
        "{n}件が待機しました。判定済みの的中率は待機{share}、通知{told}で、知らせる順序が誤っています。"
        "間に合わなかった的中は{right}件です。",
    ),
    "order.alike": (
        "{n} alerts were held back. Of those judged {share} were right, of those told {told}: the "
        "order is not seen to be better than chance. {right} right ones were not told in time.",
        "{n}件が待機しました。判定済みの的中率は待機{share}、通知{told}で、順序が偶然よりよいとは言えません。"
        "間に合わなかった的中は{right}件です。",
    ),
    "wrong": ("Wrong", "外れ"),
    "still_open": ("Still open", "期限前"),
    "told_in_time": ("Told in time", "その週に通知"),
    "review": ("Review", "見直し"),
    "lost_unknown": (
        "Losses that no rule saw: not known; `banso backtest` looks back.",
        "ルールが検知しなかった損失: 不明です。`banso backtest` で調べられます。",
    ),
    "lost_told": (
        "Lost in these 90 days: {foreseen} seen in time, {late} too late, {unseen} by no rule.",
        "この90日の損失: 間に合った検知 {foreseen}、遅い検知 {late}、検知なし {unseen}。",
    ),
    "held_back_told": (
        "Right: the outcome that the rule is there for came about in its time. Unmeasured: nobody "
        "can say, or the rule names no outcome.",
        "的中: ルールの成果が期限内に起きたもの。"
        "未計測: 判定できないか、ルールに成果の指定がない。",
    ),
    "pace_told": (
        "Median days: to a decision {decided}, from there to done {acted}, from there until it "
        "came true {reached}. Slowest: {slowest}.",
        "所要日数の中央値: 判断まで{decided}、判断から完了まで{acted}、完了から実現まで{reached}。"
        "最も遅い段: {slowest}。",
    ),
    "figures_held": (
        "Counted up to {as_of}, with what had been done by {at}.",
        "{as_of}まで。対応の状況は{at}時点。",
    ),
    "by_hand_told": (
        "Begun by hand without an alert, beside the dominoes: {by_hand} accounts, {by_hand_acted} "
        "of them with a task done.",
        "アラートなしに手動で始めたプレイブック(ドミノの外): {by_hand}社、"
        "うちタスク完了{by_hand_acted}社。",
    ),
}
