"""Words of `banso rules`, `banso backtest`, `banso pull` and of where rules are missing, in both
languages."""

WORDS: dict[str, tuple[str, str]] = {
    "state": ("State", "状態"),
    "precision_short": ("Right", "的中率"),
    "found_useful": ("Found useful", "役立った"),
    "as_before": ("as defined before", "以前の定義による"),
    "draft": ("Draft", "下書き"),
    "in_force_rule": ("In force", "適用中"),
    "rule.on": ("on", "稼働中"),
    "rule.paused": ("paused", "一時停止中"),
    "rule.muted": ("muted until {day}", "{day}までミュート"),
    "rule.draft_only": ("draft only", "下書きのみ"),
    "saved_by": ("{at:%Y-%m-%d} {who}", "{at:%Y-%m-%d} {who}"),
    "draft_saved": (
        "Saved the draft of {rule}. `banso rules compare {rule}` replays it beside the rule in "
        "force (a worker does so by itself); `banso rules switch-on {rule}` puts it in force.",
        "{rule}の下書きを保存しました。`banso rules compare {rule}` で適用中のルールと並べて再生"
        "できます(ワーカーが動いていれば自動で再生します)。`banso rules switch-on {rule}` で"
        "適用します。",
    ),
    "play_draft_saved": (
        "Saved the draft of {play}. `banso plays compare {play}` shows what it changes; `banso "
        "plays switch-on {play}` puts it in force.",
        "{play}の下書きを保存しました。`banso plays compare {play}` で違いを確認し、`banso plays "
        "switch-on {play}` で適用します。",
    ),
    "play_would_enter": (
        "Of the accounts with an open alert of its rules {enters} would enter now, {kept_out} are "
        "kept out.",
        "対応ルールのアラートがある顧客のうち、いま始められるのは{enters}社、始められないのは"
        "{kept_out}社です。",
    ),
    "no_alert_of_its_rules": (
        "Nobody: no account has an open alert of a rule that starts this play. --account or "
        "--segment says for whom.",
        "対象の顧客はありません。このプレイブックを始める対応ルールのアラートは、どの顧客でも開いていません。"
        "--account か --segment で対象を指定できます。",
    ),
    "segment_is_empty": (
        "Nobody: the segment has no account as of the newest run.",
        "対象の顧客はありません。最新の実行の時点で、このセグメントに顧客がいません。",
    ),
    "new_play_drafts": (
        "Drafts of plays that are not in force: {names}",
        "まだ適用していないプレイブックの下書き: {names}",
    ),
    "draft_dropped": (
        "Dropped the draft of {rule}. Its text is kept among the versions.",
        "{rule}の下書きを破棄しました。内容は版の履歴に残ります。",
    ),
    "switched_on": (
        "In force: {rule}, in set {fingerprint}. The folder that was applied last does not have "
        "it yet: `banso pull FOLDER` writes it there.",
        "{rule}を適用しました(定義 {fingerprint})。直前に適用したフォルダにはまだありません。"
        "`banso pull FOLDER` で書き込めます。",
    ),
    "rule_paused": (
        "Paused: {rule} tells nobody from the next run on. `banso rules resume {rule}` ends it.",
        "{rule}を一時停止しました。次の実行から誰にも通知しません。"
        "`banso rules resume {rule}` で再開します。",
    ),
    "rule_resumed": (
        "Resumed: {rule}. The next run tells what still holds.",
        "{rule}を再開しました。まだ成立しているアラートは次の実行で通知します。",
    ),
    "compared_days": (
        "{rule}: {first} – {last}, judged by {outcome}",
        "{rule}: {first} – {last}、照合する成果: {outcome}",
    ),
    "compared_days_alone": (
        "{rule}: {first} – {last}; no outcome is defined, so nothing is judged",
        "{rule}: {first} – {last}。成果の定義がないため、的中率は計算しません",
    ),
    "all_alerts": ("Alerts in all", "アラート総数"),
    "their_accounts": ("Accounts", "顧客数"),
    "alerts_a_week": ("Alerts a week (last 26)", "週平均(直近26週)"),
    "by_chance": ("By chance (lift)", "偶然なら(リフト)"),
    "right_fitting": ("Right on earlier days (to fit to)", "的中率: 前半(ルール作り用)"),
    "right_untouched": ("Right on later days (untouched)", "的中率: 後半(手を付けていない)"),
    "shrinkage": ("Change between the two, points", "前半から後半への変化(ポイント)"),
    "coming": ("A next period, 95 of 100", "次の期間(100回中95回)"),
    "open_beside": ("Open beside its alerts", "同時に開いていたルール"),
    "lead_days": ("Days ahead (middle)", "何日前か(中央値)"),
    "not_there": ("not in force", "適用なし"),
    "for_each_owner": ("Alerts a week by owner (busiest week)", "担当別の週平均(最多の週)"),
    "in_both": (
        "{both} accounts in both, {live} only in the rule in force, {draft} only in the draft.",
        "両方: {both}社、適用中のルールのみ: {live}社、下書きのみ: {draft}社。",
    ),
    "only_draft": ("Only in the draft", "下書きのみ"),
    "only_live": ("Only in the rule in force", "適用中のルールのみ"),
    "last_alert": ("Last alert", "最後のアラート"),
    "would_do": (
        "Switched on now, the next run would open {opens} alerts and close {closes}.",
        "いま適用すると、次の実行でアラートが{opens}件開き、{closes}件閉じます。",
    ),
    "candidates": ("A rule here would have helped", "ここにルールがあれば役立った"),
    "missed": ("Not seen in time", "予見できなかった数"),
    "of_losses": ("Of losses from there", "そこからの損失"),
    "pulled": ("wrote {path}", "{path} を書き込みました"),
    "nothing_to_pull": (
        "{folder} says what is in force already.",
        "{folder} は適用中の定義と同じです。",
    ),
    "would_lose": (
        "warning: not in {folder}, but switched on since it was last applied: {names}. `banso "
        "pull {folder}` writes it there.",
        "注意: 前回の適用後に画面などで適用され、{folder} にない定義があります: {names}。"
        "`banso pull {folder}` で書き込めます。",
    ),
    "replays_kept": (
        "{count} rules replayed; their pages show what came of it.",
        "{count}件の対応ルールを再生しました。結果は各ルールの画面に表示されます。",
    ),
    "base_rate": ("By chance", "偶然なら"),
    "busiest_week": ("Busiest week", "最多の週"),
    "hits": ("Right", "的中"),
    "late_alerts": ("Too late", "遅すぎ"),
    "lift": ("Lift", "リフト"),
    "misses": ("Wrong", "外れ"),
    "not_judged": ("Not known", "不明"),
    "outcome_on": ("Outcome on", "成果の日"),
    "overlap": ("Open too", "同時"),
    "overlaps": ("Other rules beside its alerts", "同時に開いていたほかのルール"),
    "period": ("Period", "期間"),
    "whole": ("outcome known", "成果が確定"),
    "replayed_rule": (
        "{alerts} alerts; {held} of them would not have been told in their week.",
        "アラート{alerts}件。うち{held}件は、上限のため、その週には届きません。",
    ),
    "no_outcome": (
        "Precision: unmeasured. No outcome is defined (`outcomes` in the definitions).",
        "的中率: 未計測。成果が定義されていません(定義の `outcomes`)。",
    ),
    "not_held_out": (
        "The history is too short to hold a period out: the rule may have been fitted to these "
        "very days, and the next ones will probably show less.",
        "履歴が短く、ルール作りに使わない期間を分けられません。"
        "この的中率は高めに出ているおそれがあります。",
    ),
    "held_out": (
        "Shrinkage from the fitting to the untouched period: {shrinkage}. A next period as long "
        "will show between {low} and {high} (95 of 100 cases, if nothing changes).",
        "ルール作り用の期間から未使用の期間への変化: {shrinkage}。"
        "同じ長さの次の期間は、変化がなければ100回中95回{low}〜{high}に入ります。",
    ),
    "leads": (
        "Days from alert to outcome: middle {q50}, half of them {q25} to {q75}, most {q10} to "
        "{q90}.",
        "アラートから成果まで: 中央値{q50}日、半数が{q25}〜{q75}日、大半が{q10}〜{q90}日。",
    ),
    "newest_alerts": ("The newest {shown}", "新しい順に{shown}件"),
}
