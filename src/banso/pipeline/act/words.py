"""The words of messages, in the language of whoever reads them."""

from typing import Literal

from banso.core.definitions.model import Label

Language = Literal["en", "ja"]

WORDS = {
    "since": Label(en="since {day}", ja="{day}から"),
    "high": Label(en="high priority", ja="優先度: 高"),
    "medium": Label(en="medium priority", ja="優先度: 中"),
    "low": Label(en="low priority", ja="優先度: 低"),
    "owner": Label(en="Owner: {owner}", ja="担当: {owner}"),
    "nobody": Label(en="nobody", ja="なし"),
    "why": Label(en="Why", ja="理由"),
    "do": Label(en="What to do", ja="すること"),
    "at_stake": Label(en="At stake: {arr}", ja="影響額(年間契約額): {arr}"),
    "done": Label(en="Done", ja="対応済みにする"),
    "snooze": Label(en="In a week", ja="1週間後に再表示"),
    "not_useful": Label(en="Not useful", ja="不要"),
    "undo": Label(en="Undo", ja="取り消す"),
    "open": Label(en="Open in Banso", ja="Bansoで開く"),
    "state.done": Label(en="Done by {by}", ja="{by}さんが対応済みにしました"),
    "state.snoozed": Label(en="{by} put it off until {until}", ja="{by}さんが{until}まで保留"),
    "state.not_useful": Label(en="{by} found it not useful", ja="{by}さんが不要と判断しました"),
    "reason.known": Label(en="Already knew", ja="すでに把握している"),
    "reason.wrong_data": Label(en="The data is wrong", ja="データが誤っている"),
    "reason.no_action": Label(en="Nothing to be done", ja="対応の必要がない"),
    "reason.other": Label(en="Another reason", ja="その他の理由"),
    "state.open": Label(
        en="{by} took it back: to do again", ja="{by}さんが取り消し、未対応に戻しました"
    ),
    "closed": Label(
        en="Over since {day}: the rule no longer holds.",
        ja="{day}に終了: 対応ルールの条件に該当しなくなりました。",
    ),
    "task.opened": Label(en="A task for you", ja="新しいタスクがあります"),
    "task.given": Label(en="Passed on to you by {by}", ja="{by}さんから渡されました"),
    "task.due": Label(en="Due today", ja="本日が期限のタスクです"),
    "task.due_on": Label(en="Due {day}", ja="期限: {day}"),
    "task.late": Label(en="Past due since {day}", ja="期限超過: {day}"),
    "task.member": Label(en="For: {member}", ja="担当: {member}"),
    "task.owner": Label(en="the owner", ja="顧客の担当者"),
    "task.play": Label(en="Play: {play}", ja="プレイブック: {play}"),
    "task.pass": Label(en="Pass on to…", ja="渡す相手…"),
    "task.link": Label(en="Open the link", ja="リンクを開く"),
    "task.passed": Label(en="{by} passed it on to {to}", ja="{by}さんが{to}さんに渡しました"),
    "task.withdrawn": Label(
        en="Withdrawn: its play is over.", ja="取り下げ: プレイブックが終了しました。"
    ),
    "task.footer": Label(
        en="You get this since the task is yours in Banso.",
        ja="Bansoでこのタスクの担当になっているため、お送りしています。",
    ),
    "incident.late": Label(
        en="Data source {source} is late", ja="データソース「{source}」の受信が遅れています"
    ),
    "incident.silent": Label(
        en="Data source {source} has fallen silent",
        ja="データソース「{source}」からの受信が途絶えています",
    ),
    "incident.tenfold": Label(
        en="Data source {source} has sent ten times as much as usual, or more",
        ja="データソース「{source}」から、いつもの10倍以上の量が届きました",
    ),
    "incident.tenth": Label(
        en="Data source {source} has sent a tenth of the usual, or less",
        ja="データソース「{source}」から、いつもの10分の1以下の量しか届いていません",
    ),
    "incident.doubled": Label(
        en="Data source {source} has sent the same content twice",
        ja="データソース「{source}」から、同じ内容が2回届きました",
    ),
    "incident.spoils": Label(
        en="Figures as of {day} and later. Metrics that are unmeasured: {metrics}. Rules that do "
        "not fire: {rules}. Both come back by themselves once the source is as promised and its "
        "backlog has drained.",
        ja="{day}以降の数値について: 未計測になる指標 {metrics}件、発動しない対応ルール {rules}件。"
        "データソースが元に戻り、たまった分の処理が終わると、自動的に再開します。",
    ),
    "incident.over": Label(
        en="Data source {source} is as promised again",
        ja="データソース「{source}」が元に戻りました",
    ),
    "incident.since": Label(
        en="Figures as of {day} and later are measured again, and rules fire.",
        ja="{day}以降の数値は再び計測され、対応ルールも発動します。",
    ),
    "incident.open": Label(en="See the sources", ja="データソースを見る"),
    "incident.footer": Label(
        en="You get this since you look after Banso.",
        ja="Bansoの運用を担当しているため、お送りしています。",
    ),
    "home.title": Label(en="Today, {day}", ja="今日の対応 {day}"),
    "home.nothing": Label(en="Nothing is waiting for you.", ja="対応待ちのものはありません。"),
    "mails": Label(en="Mails to customers to approve", ja="承認待ちの顧客へのメール"),
    "mail.read": Label(en="Read and approve", ja="読んで承認する"),
    "tasks": Label(en="Tasks", ja="タスク"),
    "alerts": Label(en="Alerts", ja="アラート"),
    "checklist": Label(en="Checklist", ja="チェックリスト"),
    "somebody": Label(en="Somebody", ja="誰か"),
    "digest.subject": Label(en="Today: {count} things to do", ja="今日の対応: {count}件"),
    "digest.more": Label(en="and {count} more", ja="ほか{count}件"),
    "digest.open": Label(en="Open Today", ja="「今日の対応」を開く"),
    "digest.footer": Label(
        en="You get this in the morning since you own customers in Banso.",
        ja="Bansoで顧客を担当しているため、毎朝お送りしています。",
    ),
    "unsubscribe": Label(
        en="You get this as a customer of {organisation}. No more of these mails: {address}",
        ja="{organisation}のお客様にお送りしています。配信停止はこちら: {address}",
    ),
    "unsubscribe.page": Label(
        en="You get this as a customer of {organisation}.",
        ja="{organisation}のお客様にお送りしています。",
    ),
    "unsubscribe.link": Label(en="No more of these mails", ja="配信を停止する"),
    "message.footer": Label(
        en="You get this since a play about this customer is to tell you.",
        ja="この顧客のプレイブックで宛先になっているため、お送りしています。",
    ),
    "test.customers": Label(
        en="A test of the channel “{channel}”, by which plays write to customers.",
        ja="チャネル「{channel}」のテストです。プレイブックからお客様へのメールはこの経路で届きます。",
    ),
    "test.subject": Label(en="Banso: this channel works", ja="Banso: このチャネルは使えます"),
    "test": Label(
        en="A test of the channel “{channel}”. Alerts will come here.",
        ja="チャネル「{channel}」のテストです。アラートはここに届きます。",
    ),
    "footer": Label(
        en="You get this since you are the owner of this customer in Banso.",
        ja="Bansoでこの顧客の担当になっているため、お送りしています。",
    ),
}


def say(name: str, language: Language, **values: object) -> str:
    label = WORDS[name]
    text = label.ja if language == "ja" else label.en
    return text.format(**values)
