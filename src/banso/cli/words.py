"""Words of the terminal screens in both languages. The same words as in docs and definitions."""

import os

from banso.cli import house_words, mail_words, rule_words, value_words

WORDS: dict[str, tuple[str, str]] = {
    "account": ("Account", "顧客"),
    "action": ("Action", "すること"),
    "accounts": ("accounts", "社"),
    "against": ("Against", "比較"),
    "alerts": ("Alerts", "アラート"),
    "arr": ("ARR", "年間契約額"),
    "as_of": ("as of", "時点"),
    "at_risk": ("at risk", "危険"),
    "before_first_data": ("before first data", "データが始まる前"),
    "colour": ("Health", "ヘルス"),
    "condition": ("Condition", "条件"),
    "confidence": ("Confidence", "信頼度"),
    "dataset": ("Dataset", "種別"),
    "duplicate": ("Duplicate", "重複"),
    "hour": ("Hour (UTC)", "時間(UTC)"),
    "number": ("Number", "番号"),
    "origin": ("Origin", "取り込み元"),
    "payload": ("Content", "内容"),
    "quarantined": ("Quarantined", "隔離"),
    "reason": ("Reason", "理由"),
    "received": ("Received", "受け取り"),
    "row": ("Row", "行"),
    "stored": ("Stored", "保存"),
    "alert": ("Alert", "アラート"),
    "amount": ("Amount", "増減"),
    "definitions": ("definitions", "定義"),
    "days": ("days", "日"),
    "days_in_stage": ("Days in stage", "ステージ日数"),
    "event": ("Event", "利用ログ"),
    "expected": ("expected", "想定"),
    "column": ("Column", "列"),
    "field": ("Field", "項目"),
    "good": ("Good", "取り込み可能"),
    "samples": ("Samples", "値の例"),
    "facts": ("Facts that count", "数えた事実"),
    "feature": ("Feature", "機能"),
    "healthy": ("healthy", "健全"),
    "high": ("high", "高"),
    "holds": ("Holds", "成立"),
    "journey": ("Journey", "ジャーニー"),
    "low": ("low", "低"),
    "medium": ("medium", "中"),
    "metric": ("Metric", "指標"),
    "no": ("no", "いいえ"),
    "no_source": ("no source", "データソースなし"),
    "not_applicable": ("not applicable", "対象外"),
    "opened_on": ("Since", "発生日"),
    "overdue": ("overdue", "期間超過"),
    "owner": ("Owner", "担当CSM"),
    "part": ("Part", "内訳"),
    "points": ("Points", "得点"),
    "priority": ("Priority", "優先度"),
    "product": ("Product", "製品"),
    "rule": ("Rule", "対応ルール"),
    "score": ("Score", "スコア"),
    "source": ("Source", "データソース"),
    "source_late": ("source late", "データ遅延"),
    "stage": ("Stage", "ステージ"),
    "time": ("Time", "日時"),
    "today": ("Today", "今日の対応"),
    "unmeasured": ("unmeasured", "未計測"),
    "user": ("User", "利用者"),
    "value": ("Value", "値"),
    "watch": ("watch", "注意"),
    "weight": ("Weight", "重み"),
    "why": ("Why", "理由"),
    "why_then": ("Why (on that day)", "理由(発生日時点)"),
    "yes": ("yes", "はい"),
    "kind.data": ("data changed", "データの変化"),
    "kind.weight": ("weight changed", "重みの変更"),
    "kind.threshold": ("thresholds changed", "しきい値の変更"),
    "kind.became_measured": ("became measured", "計測開始"),
    "kind.became_unmeasured": ("became unmeasured", "計測不能"),
    "kind.stage": ("stage changed", "ステージの変化"),
    "kind.definition": ("definition changed", "定義の変更"),
    "last_7_days": ("Last 7 days", "直近7日"),
    "last_90_days": ("Last 90 days", "直近90日"),
    "moves": ("Stage or health would change", "ステージかヘルスが変わる顧客"),
    "open_now": ("Open now", "現在開いている"),
    "would_close": ("Would close", "閉じる顧客"),
    "would_open": ("Would open", "新たに開く顧客"),
    "days_decided": ("rules decided {first} to {last}", "{first}〜{last}の対応ルールを判定"),
    "days_known": (
        "its rules had been decided before and stay as they were",
        "対応ルールは判定済みのため変更なし",
    ),
    "days_unknown": (
        "nothing is known yet to decide rules on: the first run after facts have come does, and "
        "tells nobody of what it finds",
        "対応ルールの判定に使える事実がまだないため判定なし"
        "(事実が届いたあとの最初の実行で判定し、その分はだれにも知らせない)",
    ),
    "already_in_force": (
        "Nothing changed: these very definitions are in force.",
        "変更はありません。同じ定義が適用済みです。",
    ),
    "late_run": (
        "note: computed as of {as_of}; today is {today}. `banso run` brings it up to date.",
        "注: {as_of}時点の計算です(今日は{today})。`banso run` で最新になります。",
    ),
    "in_force": (
        "In force: {fingerprint}. `banso run` uses it.",
        "定義 {fingerprint} を適用しました。次の `banso run` から使われます。",
    ),
    "run_done": (
        "As of {as_of}: {accounts} accounts, {days}; {opened} alerts opened, {closed} closed.",
        "{as_of}時点: {accounts}社、{days}。アラート 発生{opened}件、終了{closed}件。",
    ),
    "so_far": ("now, the day in progress included so far", "現在(今日の途中まで)"),
    "since_ignored": (
        "note: --since {since} counts in the very first run only; days that were decided before "
        "stay as they were shown.",
        "注: --since {since} は最初の実行だけに効きます。"
        "判定済みの日は、表示したときのまま変わりません。",
    ),
    "same_alerts": ("No alert would open or close.", "アラートの増減はありません。"),
    "silence_days": ("{n} days", "{n}日"),
    "silence_hours": ("{n} hours", "{n}時間"),
    "silence_minutes": ("{n} minutes", "{n}分"),
    "late": (
        "source '{source}' is late: its last fact is of {last}, and it may be silent for "
        "{silence}. Its metrics are unmeasured and no rule fires from them.",
        "データソース「{source}」が遅れています。最後の事実は{last}、許容は{silence}です。"
        "このデータによる指標は未計測となり、対応ルールも発動しません。",
    ),
    "silent_source": (
        "source '{source}' has fallen silent: its last fact is of {last}, and it may be silent for "
        "{silence}. Its metrics are unmeasured and no rule fires from them.",
        "データソース「{source}」が途絶しています。最後の事実は{last}、許容は{silence}です。"
        "このデータによる指標は未計測となり、対応ルールも発動しません。",
    ),
    "tenfold": (
        "source '{source}' has sent ten times as much as usual, or more. Its metrics are "
        "unmeasured and no rule fires from them.",
        "データソース「{source}」から、いつもの10倍以上の量が届きました。"
        "このデータによる指標は未計測となり、対応ルールも発動しません。",
    ),
    "tenth": (
        "source '{source}' has sent a tenth of the usual, or less. Its metrics are unmeasured and "
        "no rule fires from them.",
        "データソース「{source}」から届いた量が、いつもの10分の1以下です。"
        "このデータによる指標は未計測となり、対応ルールも発動しません。",
    ),
    "doubled": (
        "source '{source}' has sent the same content twice. Its metrics are unmeasured and no "
        "rule fires from them.",
        "データソース「{source}」から、同じ内容が2回届きました。"
        "このデータによる指標は未計測となり、対応ルールも発動しません。",
    ),
    "late_never": (
        "source '{source}' has sent nothing of any day that is over. Its metrics are unmeasured "
        "and no rule fires from them.",
        "データソース「{source}」からは、終わった日のデータがまだ届いていません。"
        "このデータによる指標は未計測となり、対応ルールも発動しません。",
    ),
    "no_customer": (
        "Not a customer on that day: not yet begun, or its contract ended long before.",
        "この日は顧客ではありません(開始前、または契約終了から日数が経過)。",
    ),
    "warning": ("warning", "注意"),
    "nothing_today": (
        "Nothing to do: no rule holds for any account.",
        "対応が必要な顧客はありません(該当する対応ルールなし)。",
    ),
    "open_alerts": ("open alerts", "件のアラート"),
    "member": ("Member", "メンバー"),
    "role.admin": ("administrator", "管理者"),
    "role.cs_ops": ("CS operations", "CSオペレーション"),
    "role.manager": ("manager", "マネージャー"),
    "role.csm": ("CSM", "CSM"),
    "role.viewer": ("viewer", "閲覧者"),
    "reach.own": ("own", "自分の担当"),
    "reach.team": ("team", "チーム"),
    "reach.all": ("all", "すべて"),
    "left": ("left", "停止中"),
    "working": ("The worker runs (Ctrl-C ends it).", "ワーカーを実行中です(Ctrl-Cで終了)。"),
    "demo_sign_in": (
        "Sign in as one of these, password {password} (only this demo has it):",
        "次の誰かでサインインできます。パスワードは {password}(このデモ専用)です。",
    ),
    "demo.admin": ("sees and may do everything", "すべて見られ、すべてできる"),
    "demo.cs_ops": ("sees all accounts", "全顧客を見られる"),
    "demo.manager": ("sees the accounts of a team", "チームの顧客を見られる"),
    "demo.csm": ("sees the accounts they own", "自分の担当顧客を見られる"),
    "demo.viewer": ("sees all accounts, but no amounts", "全顧客を見られる(金額を除く)"),
    "failed": ("Failed", "失敗"),
    "to": ("To", "宛先"),
    "waiting": ("Waiting", "未送信"),
    "state.delivered": ("delivered", "送信済み"),
    "state.failed": ("failed", "失敗"),
    "state.waiting": ("waiting", "未送信"),
    "merged_into": ("Into", "統合先"),
    "merged_at": ("Merged", "統合した日時"),
    "split_at": ("Split again", "分けた日時"),
    "merged_now": (
        "{account} is {into} now; `banso run` counts its facts there. To split them again: "
        "banso accounts unmerge {account}",
        "{account} を {into} に統合しました。`banso run` から、利用データも統合先で数えます。"
        "分けるには: banso accounts unmerge {account}",
    ),
    "unmerged_now": (
        "{account} and {into} are two accounts again, as of the next `banso run`.",
        "{account} と {into} を、次の `banso run` から別々の顧客に戻しました。",
    ),
    "play_stays_ended": (
        "The merge ended the play {play}, and it does not go on by itself. To start it again: "
        "banso plays start {play} --account {account}",
        "プレイブック {play} は統合で終わり、自動では再開しません。もう一度始めるには: "
        "banso plays start {play} --account {account}",
    ),
    "replayed": (
        "Replayed {replayed}: {stored} stored, {duplicate} duplicate, {waiting} waiting for their "
        "account, {quarantined} in quarantine still.",
        "{replayed}件を再取り込みしました: 保存 {stored}、重複 {duplicate}、顧客待ち {waiting}、"
        "隔離のまま {quarantined}。",
    ),
    "discarded": (
        "Discarded: {rows}. They are kept; `banso quarantine restore` takes it back.",
        "{rows}件を除外しました。内容は残り、`banso quarantine restore`で戻せます。",
    ),
    "restored": ("Row {row} is in quarantine again.", "行{row}を隔離に戻しました。"),
    "a_week": ("A week", "週平均"),
    "against_outcome": ("Against the outcome", "成果との照合"),
    "day": ("Day", "日"),
    "gaps_found": (
        "{since} – {until}: {foreseen} seen in time, {late} too late, {unseen} by no rule "
        "({outcomes}).",
        "{since} – {until}: 予見{foreseen}件、遅すぎ{late}件、予見なし{unseen}件({outcomes})。",
    ),
    "muted": (
        "Muted: {rule}. Its new alerts come snoozed and are back on {until}. `banso mutes end "
        "{number}` ends it.",
        "{rule}をミュートしました。新しいアラートは保留になり、{until}に戻ります。"
        "`banso mutes end {number}` で解除できます。",
    ),
    "unmuted": ("No longer muted: {rule}.", "{rule}のミュートを解除しました。"),
    "until": ("Until", "期限"),
    "nobody_saw": ("no rule", "予見なし"),
    "seen_by": ("Seen by (days before)", "予見したルール(何日前)"),
    "was_then": ("Stood then", "その時点の状態"),
    "closed_on": ("Until", "終了日"),
    "fitting": ("to fit to", "ルール作り用"),
    "held_back": ("Held back", "上限超過"),
    "outcome": ("Outcome", "成果"),
    "precision": ("Precision (95%)", "的中率(95%区間)"),
    "untouched": ("untouched", "未使用"),
    "verdict": ("Verdict", "判定"),
    "verdict.hit": ("right", "的中"),
    "verdict.late": ("too late", "遅すぎ"),
    "verdict.miss": ("wrong", "外れ"),
    "verdict.unknown": ("not known", "不明"),
    "verdict.not_applicable": ("not applicable", "対象外"),
    "all": ("All accounts", "全体"),
    "decided": ("Decided", "判断"),
    "expectation": ("expectation", "期待した変化"),
    "effect.helps": ("helps", "効果あり"),
    "effect.harms": ("harms", "逆効果"),
    "effect.differs": ("differs", "差あり"),
    "effect.unclear": ("no difference seen", "差は見えない"),
    "effect.too_little": ("too little data", "データ不足"),
    "effect.suggests": ("suggests a difference", "差を示唆"),
    "effect.fragile": ("fragile", "見かけの差の疑い"),
    "effect.before_after": ("before and after, no proof", "前後比較(効果とは言えない)"),
    "right": ("Right", "的中"),
    "review.retire": ("to retire", "やめる候補"),
    "review.watch": ("to watch", "見守る"),
    "review.keep": ("to keep", "続ける"),
    "why.did_worse": ("did worse than those held out", "対照群より悪い"),
    "why.no_effect": ("no difference seen, by {n} accounts", "{n}社で差が見えない"),
    "why.seldom_right": ("right in {share} only", "的中は{share}だけ"),
    "why.nobody_acted": ("nobody acted on {n} accounts", "{n}社に誰も対応していない"),
    "why.did_better": ("proven by holdout", "対照群との比較で実証"),
    "why.often_right": ("right in {share}", "的中{share}"),
    "why.not_used": ("no account in 90 days", "90日間に該当なし"),
    "why.too_little": ("too little is known", "データ不足"),
    "why.came_true": (
        "expectation came true for {share} (no proof)",
        "期待の実現{share}(証明ではない)",
    ),
    "label": ("Label", "名前"),
    "play": ("Play", "プレイブック"),
    "step": ("Step", "ステップ"),
    "told": ("Note", "備考"),
    "task": ("Task", "タスク"),
    "due_on": ("Due", "期限"),
    "enters": ("Enters", "始める"),
    "kept_out": ("Kept out", "始めなかった"),
    "kept_out_because": ("Kept out because", "始めない理由"),
    "open_runs": ("Going on", "進行中"),
    "parked_runs": ("Parked", "停止"),
    "ended_runs": ("Ended", "終了"),
    "run_state": ("State", "状態"),
    "run.asked": ("asked for", "開始待ち"),
    "run.open": ("goes on", "進行中"),
    "run.parked": ("parked", "停止"),
    "run.ended": ("ended", "終了"),
    "run.kept_out": ("kept out", "始めなかった"),
    "run_stopped": ("Stopped: {play} for {account}.", "停止しました: {account}の{play}。"),
    "runs_resumed": (
        "{count} runs go on; {left} are parked still (`banso plays runs --state parked`).",
        "{count}件の実行を再開しました。{left}件はまだ停止しています"
        "(`banso plays runs --state parked`)。",
    ),
    "task.done": (
        "Task {number} is done. Back: `banso tasks undo {number} --handling {handling}`.",
        "タスク{number}を対応済みにしました。"
        "取り消し: `banso tasks undo {number} --handling {handling}`",
    ),
    "task.snoozed": (
        "Task {number} is back on {until}. "
        "Earlier: `banso tasks undo {number} --handling {handling}`.",
        "タスク{number}を{until}まで保留しました。"
        "取り消し: `banso tasks undo {number} --handling {handling}`",
    ),
    "task.not_useful": (
        "Task {number} was not useful. Back: `banso tasks undo {number} --handling {handling}`.",
        "タスク{number}を「不要」としました。"
        "取り消し: `banso tasks undo {number} --handling {handling}`",
    ),
    "task_ticked": (
        "{done} of {all_} points are done.",
        "{all_}項目のうち{done}項目が終わりました。",
    ),
    "task_passed": (
        "Task {number} is {to}'s now. Back: `banso tasks undo {number} --handling {handling}`.",
        "タスク{number}を{to}さんに渡しました。"
        "取り消し: `banso tasks undo {number} --handling {handling}`",
    ),
    "task_undone": ("Task {number} is as it was before.", "タスク{number}を元に戻しました。"),
    "no_definition_change": (
        "Nothing would change: the same definitions are in force.",
        "変更はありません。同じ定義が適用されています。",
    ),
}

WORDS |= rule_words.WORDS | mail_words.WORDS | value_words.WORDS | house_words.WORDS


def language() -> str:
    """`ja` or `en`: BANSO_LANGUAGE, else the terminal's own (LC_ALL, LC_MESSAGES, LANG)."""
    for name in ("BANSO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


def word(key: str) -> str:
    """The word in the reader's language; a key that is no word of ours stays as it is."""
    if key not in WORDS:
        return key
    return WORDS[key][language() == "ja"]
