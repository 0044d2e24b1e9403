"""Words of the commands that look after the house, in both languages: members, tokens, keys,
channels, ids, serving."""

WORDS: dict[str, tuple[str, str]] = {
    "member_name": ("Name", "名前"),
    "role": ("Role", "役割"),
    "team": ("Team", "チーム"),
    "reach": ("Sees accounts of", "見られる顧客"),
    "revenue": ("Sees money", "金額"),
    "can_sign_in": ("Can sign in", "サインイン"),
    "owns": ("Owns", "担当数"),
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
    "in_clear": (
        "note: {address} is not https, so passwords cross the network readably. Put a proxy that "
        "speaks HTTPS in front, and name it in BANSO_URL.",
        "注: {address} はhttpsではないため、パスワードが暗号化されずに流れます。"
        "HTTPSのプロキシを前に置き、そのURLをBANSO_URLに指定してください。",
    ),
    "key": ("Key", "キー"),
    "answer": ("Answer", "相手の応答"),
    "attempts": ("Attempts", "試行"),
    "channel": ("Channel", "チャネル"),
    "channel_state": ("State", "状態"),
    "channel_works": ("in use", "使用中"),
    "delivered": ("Delivered", "送信済み"),
    "in_person": ("the owner in person", "担当CSM本人"),
    "kind": ("Kind", "種類"),
    "channel_added": (
        "Channel '{name}' is there. Alerts of the next runs go there; `banso channels test "
        "{name}{whom}` sends a first message.",
        "チャネル「{name}」を追加しました。次の実行からアラートが届きます。"
        "`banso channels test {name}{whom}` で試せます。",
    ),
    "customers_added": (
        "Channel '{name}' is there. Plays write to people at customers by it, after a member has "
        "approved each mail; members are told nothing by it.",
        "チャネル「{name}」を追加しました。プレイブックから顧客に送るメールに使います"
        "(1通ごとにメンバーが承認します)。メンバーへの通知には使いません。",
    ),
    "channel_changed": ("Channel '{name}' is changed.", "チャネル「{name}」を変更しました。"),
    "channel_disabled": (
        "Channel '{name}' sends nothing until it is enabled.",
        "チャネル「{name}」を停止しました。再開するまで何も送りません。",
    ),
    "disabled_by_hand": ("disabled by hand", "手動で停止"),
    "channel_enabled": (
        "Channel '{name}' is in use again.",
        "チャネル「{name}」を再開しました。",
    ),
    "channel_removed": ("Channel '{name}' is gone.", "チャネル「{name}」を削除しました。"),
    "webhook_secret": (
        "The secret with which the receiver checks signatures (Standard Webhooks). It is shown "
        "this once:",
        "受け手が署名の検証に使う秘密鍵(Standard Webhooks)。表示は今回だけです。",
    ),
    "test_owed": (
        "A test message waits. The server sends it within seconds; without one: `banso outbox "
        "send`.",
        "テスト送信を受け付けました。サーバーが数秒で送ります。"
        "サーバーがなければ `banso outbox send`。",
    ),
    "digests_owed": ("{count} morning mails wait.", "朝のメール{count}通を用意しました。"),
    "outbox_tried": ("{count} messages tried.", "{count}件の送信を試しました。"),
    "outbox_replayed": (
        "{count} dead letters are sent again.",
        "{count}件を再送します。",
    ),
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
    "token": ("Token", "トークン"),
    "token_name": ("What for", "用途"),
    "token_added": (
        "Token of {member}. It is not shown again. A program sends it as `Authorization: Bearer` "
        "to {address}/api/v1/:",
        "{member}のトークンです。二度と表示されません。"
        "プログラムは {address}/api/v1/ へ `Authorization: Bearer` として送ります。",
    ),
    "token_revoked": (
        "Revoked: {start}… of {member}. Nothing is answered to it any more.",
        "{member}のトークン{start}…を失効しました。今後このトークンには応答しません。",
    ),
    "key_revoked_now": (
        "Revoked: {start}… of {source}. Nothing is accepted with it any more; what it has sent "
        "stays.",
        "{source}のキー{start}…を失効しました。今後このキーでは受け付けません。"
        "届いたデータは残ります。",
    ),
}
