"""`/design`, in development only: every component in every state, to be looked at and tested.

`/design/?side=by` shows both languages in both colours beside each other,
`/design/?language=ja&theme=dark` one of the four, `/design/` the reader's own. Its texts are
samples, so they are here in both languages and not in the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin

from banso.core.unmeasured import Reason
from banso.web.tags import language as language_now

Text = Mapping[str, str]
LAST = date(2026, 10, 1)


@dataclass(frozen=True)
class SampleRow:
    name: str
    stage: Text
    colour: str
    score: float | None
    trend: float | None
    scores: tuple[float | None, ...]
    share: float | None
    arr: Decimal | None
    ends_on: date | None
    owner: str


def said(en: str, ja: str) -> Text:
    return {"en": en, "ja": ja}


STAGES = {
    "onboarding": said("Onboarding", "導入"),
    "habit": said("Habit", "定着"),
    "spread": said("Spread", "展開"),
}

ROWS = (
    SampleRow(
        name="株式会社東京エレクトロニクス製作所",
        stage=STAGES["habit"],
        colour="at_risk",
        score=23,
        trend=-31,
        scores=(74, 71, 69, 70, 62, 55, 54, 40, 31, 30, 26, 23),
        share=0.34,
        arr=Decimal(12_400_000),
        ends_on=date(2026, 12, 31),
        owner="佐藤 美香",
    ),
    SampleRow(
        name="北海道フーズ",
        stage=STAGES["onboarding"],
        colour="watch",
        score=52,
        trend=-4,
        scores=(None, None, None, 38, 45, 51, 56, 55, 58, 56, 54, 52),
        share=0.62,
        arr=Decimal(2_180_000),
        ends_on=date(2027, 3, 31),
        owner="田中 健",
    ),
    SampleRow(
        name="Seto Inland Logistics",
        stage=STAGES["spread"],
        colour="healthy",
        score=88,
        trend=6,
        scores=(70, 72, 76, 75, 79, 82, 84, 83, 82, 85, 87, 88),
        share=0.91,
        arr=Decimal(38_750_000),
        ends_on=date(2027, 9, 30),
        owner="佐藤 美香",
    ),
    SampleRow(
        name="みなと信用金庫",
        stage=STAGES["habit"],
        colour="unmeasured",
        score=None,
        trend=None,
        scores=(61, 60, 64, 66, 65, 63, 64, None, None, None, None, None),
        share=None,
        arr=None,
        ends_on=None,
        owner="田中 健",
    ),
)

TITLES = {
    "states": said("States", "状態"),
    "words": said("Words and numbers", "文字と数字"),
    "table": said("Table", "表"),
    "controls": said("Buttons and forms", "ボタンと入力欄"),
    "charts": said("Charts", "グラフ"),
    "empty": said("Empty", "空の画面"),
    "messages": said("Messages", "お知らせ"),
    "tabs": said("Tabs, facts, code", "タブ、項目、コード"),
}

TEXTS = {
    "title": said("Design", "デザイン"),
    "lead": said("Every component in every state.", "すべての部品を、すべての状態で。"),
    "long": said(
        "Weekly active users fell from 41 to 12 in four weeks. Nobody has opened a report since "
        "14 Sep 2026; the contract ends on 31 Dec 2026.",
        "週間アクティブユーザーが4週間で41人から12人に減りました。2026年9月14日以降、レポートを開いた"
        "利用者がいません。契約は2026年12月31日に終了します。",
    ),
    "link": said("See why", "理由を見る"),
    "account": said("Account", "顧客"),
    "stage": said("Stage", "ステージ"),
    "health": said("Health", "ヘルス"),
    "score": said("Score", "スコア"),
    "weeks": said("12 weeks", "12週間"),
    "change": said("28 days", "28日間"),
    "seats": said("Seats in use", "ライセンス利用率"),
    "ends": said("Contract ends", "契約終了日"),
    "owner": said("Owner", "担当CSM"),
    "name": said("Name", "名前"),
    "hint": said("As your own files name the person.", "お使いのファイルにある名前です。"),
    "wrong": said("This name is already taken.", "この名前はすでに使われています。"),
    "save": said("Save", "保存"),
    "cancel": said("Cancel", "キャンセル"),
    "delete": said("Delete", "削除"),
    "done": said("Done", "対応済みにする"),
    "more": said("More", "その他"),
    "open": said("Open a dialog", "ダイアログを開く"),
    "question": said("Snooze until when?", "いつまで保留しますか?"),
    "when": said("Date", "日付"),
    "none": said("Nothing needs you today", "今日の対応はありません"),
    "none_text": said(
        "Rules look at every account each day and put here what needs somebody.",
        "対応ルールが毎日すべての顧客を確認し、対応が必要なものをここに並べます。",
    ),
    "none_action": said("See the rules", "対応ルールを見る"),
    "done_message": said("Marked as done: 北海道フーズ", "対応済みにしました:北海道フーズ"),
    "failed": said(
        "No connection to Banso. Nothing was changed; try again.",
        "Bansoに接続できません。何も変更されていません。もう一度お試しください。",
    ),
    "users": said("Weekly active users", "週間アクティブユーザー"),
    "stage_mark": said("Habit", "定着"),
    "alert_mark": said("Alert", "アラート"),
    "distribution": said("Accounts by score", "スコア別の顧客数"),
    "day": said("Day", "日付"),
    "week": said("Week", "週"),
    "accounts": said("Accounts", "顧客数"),
    "overview": said("Overview", "概要"),
    "metrics": said("Metrics", "指標"),
    "timeline": said("Timeline", "履歴"),
}

MARKS = ((date(2026, 3, 9), "stage_mark"), (date(2026, 9, 15), "alert_mark"))


def _use() -> list[tuple[date, int | None]]:
    """Half a year that rises, breaks off unmeasured, and falls."""
    days = [LAST - timedelta(days=7 * back) for back in range(40, -1, -1)]
    figures = [12 + week if week < 22 else 34 - (week - 22) for week in range(41)]
    return [
        (day, None if 16 <= index <= 18 else figure)
        for index, (day, figure) in enumerate(zip(days, figures, strict=True))
    ]


def _line(language: str) -> dict[str, Any]:
    marks = [
        {"xAxis": day.isoformat(), "name": TEXTS[name][language], "label": {"formatter": "{b}"}}
        for day, name in MARKS
    ]
    return {
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "minInterval": 1},
        "dataZoom": [{"type": "slider"}],
        "series": [
            {
                "type": "line",
                "name": TEXTS["users"][language],
                "areaStyle": {"color": "--chart-band"},
                "data": [[day.isoformat(), figure] for day, figure in _use()],
                "markLine": {"data": marks},
            }
        ],
    }


def _bars(language: str) -> dict[str, Any]:
    counts = (3, 8, 14, 21, 34, 48, 61, 55, 38, 17)
    marks = ["--at-risk-mark"] * 4 + ["--watch-mark"] * 3 + ["--healthy-mark"] * 3
    return {
        "xAxis": {"type": "category", "data": [f"{low}–{low + 10}" for low in range(0, 100, 10)]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "name": TEXTS["accounts"][language],
                "data": [
                    {"value": count, "itemStyle": {"color": mark}}
                    for count, mark in zip(counts, marks, strict=True)
                ],
                "markLine": {"data": [{"xAxis": "40–50", "name": "50"}]},
            }
        ],
    }


def _samples(language: str) -> dict[str, Any]:
    here = {name: text[language] for name, text in TEXTS.items()}
    return {
        "titles": TITLES,
        "say": here,
        "rows": ROWS,
        "colours": ("healthy", "watch", "at_risk", "unmeasured", ""),
        "priorities": ("high", "medium", "low"),
        "reasons": [reason for reason in Reason if reason is not Reason.MEASURED],
        "deltas": (12.4, -31, 0, None),
        "line": _line(language),
        "line_table": (
            (here["week"], here["users"]),
            [(day.isoformat(), "–" if n is None else n) for day, n in _use()],
        ),
        "bars": _bars(language),
        "page": {"previous": "a", "next": "b"},
        "variants": [(name, theme) for name in ("en", "ja") for theme in ("light", "dark")],
    }


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def design(request: HttpRequest) -> HttpResponse:
    if not settings.DEVELOPMENT:
        raise Http404
    wanted = request.GET.get("language", "")
    language = wanted if wanted in ("en", "ja") else language_now()
    shown: dict[str, Any] = {**_samples(language), "side_by_side": "side" in request.GET}
    if "theme" in request.GET:
        shown["theme"] = request.GET["theme"]
    with translation.override(language):
        return render(request, "design.html", shown)


urlpatterns = [path("design/", design, name="design")]
