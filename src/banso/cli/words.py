"""Words of the terminal screens in both languages. The same words as in docs and definitions."""

import os

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
    "late": (
        "source '{source}' is late: its last fact is of {last}, and it may be silent for {days} "
        "days. Its metrics are unmeasured and no rule fires from them.",
        "データソース「{source}」が遅れています。最後の事実は{last}、許容は{days}日です。"
        "このデータによる指標は未計測となり、対応ルールも発動しません。",
    ),
    "silent_source": (
        "source '{source}' has fallen silent: its last fact is of {last}, and it may be silent for "
        "{days} days. Its metrics are unmeasured and no rule fires from them.",
        "データソース「{source}」が途絶しています。最後の事実は{last}、許容は{days}日です。"
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
    "never": ("no day", "なし"),
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
    "member_name": ("Name", "名前"),
    "role": ("Role", "役割"),
    "role.admin": ("administrator", "管理者"),
    "role.cs_ops": ("CS operations", "CSオペレーション"),
    "role.manager": ("manager", "マネージャー"),
    "role.csm": ("CSM", "CSM"),
    "role.viewer": ("viewer", "閲覧者"),
    "team": ("Team", "チーム"),
    "reach": ("Sees accounts of", "見られる顧客"),
    "reach.own": ("own", "自分の担当"),
    "reach.team": ("team", "チーム"),
    "reach.all": ("all", "すべて"),
    "revenue": ("Sees money", "金額"),
    "can_sign_in": ("Can sign in", "サインイン"),
    "owns": ("Owns", "担当数"),
    "left": ("left", "停止中"),
    "member_added": (
        "Added {handle}: {role}, sees accounts: {reach}, sees money: {revenue}.",
        "{handle}を追加しました。役割: {role}、見られる顧客: {reach}、金額の表示: {revenue}。",
    ),
    "member_changed": (
        "{handle} is now: {role}, sees accounts: {reach}, sees money: {revenue}.",
        "{handle}を変更しました。役割: {role}、見られる顧客: {reach}、金額の表示: {revenue}。",
    ),
    "member_left": (
        "{handle} can no longer sign in. {owned} accounts still belong to them.",
        "{handle}はサインインできなくなりました。担当中の顧客は{owned}社です。",
    ),
    "invite_next": (
        "Next: `banso members invite {handle}` prints the link with which they set a password.",
        "次は `banso members invite {handle}` で、パスワードを設定するリンクを発行してください。",
    ),
    "invited": (
        "Give {handle} this link. It works once, for {days} days:",
        "次のリンクを{handle}に渡してください。{days}日間、1回だけ使えます。",
    ),
    "serving": (
        "Banso is at {address} (Ctrl-C stops it).",
        "Bansoを {address} で開けます(Ctrl-Cで終了)。",
    ),
    "first_admin": (
        "Nobody can sign in yet. Open this link to become the administrator; it works once, for "
        "{hours} hours:",
        "まだ誰もサインインできません。次のリンクを開いて管理者を登録してください。"
        "{hours}時間以内に1回だけ使えます。",
    ),
    "demo_sign_in": (
        "Sign in as one of these, password {password} (only this demo has it):",
        "次の誰かでサインインできます。パスワードは {password}(このデモ専用)です。",
    ),
    "demo.admin": ("sees and may do everything", "すべて見られ、すべてできる"),
    "demo.cs_ops": ("sees all accounts", "全顧客を見られる"),
    "demo.manager": ("sees the accounts of a team", "チームの顧客を見られる"),
    "demo.csm": ("sees the accounts they own", "自分の担当顧客を見られる"),
    "demo.viewer": ("sees all accounts, but no amounts", "全顧客を見られる(金額を除く)"),
    "in_clear": (
        "note: {address} is not https, so passwords cross the network readably. Put a proxy that "
        "speaks HTTPS in front, and name it in BANSO_URL.",
        "注: {address} はhttpsではないため、パスワードが暗号化されずに流れます。"
        "HTTPSのプロキシを前に置き、そのURLをBANSO_URLに指定してください。",
    ),
    "key": ("Key", "キー"),
    "id_name": ("Attribute", "属性"),
    "id_value": ("Id", "ID"),
    "id_created": ("Since (UTC)", "登録(UTC)"),
    "id_removed": (
        "{value} is no id of the account {account} any more.",
        "{value} は、顧客 {account} のIDではなくなりました。",
    ),
    "key_rate": ("Events/s", "件/秒"),
    "key_created": ("Given out (UTC)", "発行(UTC)"),
    "key_revoked": ("Revoked (UTC)", "失効(UTC)"),
    "key_added": (
        "Key of the source {source}. It is not shown again; give it to the application, with the "
        "address {address}:",
        "データソース{source}のキーです。二度と表示されません。"
        "送り先のアドレス {address} とともに、アプリケーションに設定してください。",
    ),
    "key_revoked_now": (
        "Revoked: {start}… of {source}. Nothing is accepted with it any more; what it has sent "
        "stays.",
        "{source}のキー{start}…を失効しました。今後このキーでは受け付けません。"
        "届いたデータは残ります。",
    ),
    "no_definition_change": (
        "Nothing would change: the same definitions are in force.",
        "変更はありません。同じ定義が適用されています。",
    ),
}


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
