"""Invented names. Nobody would found companies of these names."""

from __future__ import annotations

import numpy as np


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


OWNERS = (
    ("sato@kaede.example", "佐藤 葵"),
    ("suzuki@kaede.example", "鈴木 蓮"),
    ("takahashi@kaede.example", "高橋 結衣"),
    ("tanaka@kaede.example", "田中 湊"),
    ("ito@kaede.example", "伊藤 陽菜"),
    ("watanabe@kaede.example", "渡辺 大和"),
    ("yamamoto@kaede.example", "山本 凛"),
    ("nakamura@kaede.example", "中村 樹"),
)

_FIRST = _words(
    "ねぼけ 三日月 雲の上 木もれび はらぺこ ほうき星 にじいろ ゆうやけ 花ふぶき しずく 砂時計 "
    "紙ひこうき さかさま 千年 まよなか ひだまり どんぐり 水たまり 金平糖 風まかせ うたたね"
)
_SECOND = _words(
    "ふくろう らっこ かわうそ ひつじ あなぐま つばめ やまねこ こうもり ペンギン くじら かめ もぐら "
    "きつね たぬき りす うさぎ はりねずみ かもしか いるか とんぼ ほたる くま"
)

INDUSTRIES = {
    "製造": ("製作所", "精機", "化成"),
    "物流": ("運輸", "物流", "倉庫"),
    "卸売": ("商事", "通商"),
    "小売": ("商店", "ストア"),
    "建設": ("建設", "工務店"),
    "情報通信": ("システムズ", "情報サービス"),
    "不動産": ("不動産", "地所"),
    "医療": ("医療サービス", "薬局"),
    "会計事務所": ("会計事務所", "税務会計"),
    "教育": ("学園", "予備校"),
}
SEASONAL_INDUSTRIES = ("会計事務所", "教育")
"""Whose work follows the fiscal year. Others may be seasonal too, and these need not be."""
REGIONS = ("北海道・東北", "関東", "中部", "関西", "中国・四国", "九州・沖縄")

_FAMILY = _words(
    "青木 石井 上田 遠藤 大野 加藤 木村 小林 斎藤 坂本 清水 杉山 千葉 土屋 中島 西村 野口 橋本 "
    "林 平野 福田 藤井 前田 松本 三浦 村上 森 山口 吉田 和田"
)
_GIVEN = _words(
    "明美 一郎 香織 和也 恵子 健太 さくら 翔太 誠 大輔 直樹 七海 花子 浩 真由美 美咲 優子 裕也 "
    "由紀 良太 玲奈 若菜"
)


def company_stems(rng: np.random.Generator, count: int) -> list[str]:
    """So many different stems, at most 462."""
    every = [first + second for first in _FIRST for second in _SECOND]
    return [every[i] for i in rng.permutation(len(every))[:count]]


def company_name(rng: np.random.Generator, *, stem: str, industry: str) -> str:
    """With the legal form before or behind, now and then abbreviated, as in real lists."""
    body = stem + str(rng.choice(INDUSTRIES[industry]))
    forms = (f"株式会社{body}", f"{body}株式会社", f"㈱{body}", f"有限会社{body}", f"{body}（株）")
    return str(rng.choice(forms, p=(0.45, 0.35, 0.08, 0.07, 0.05)))


def person_name(rng: np.random.Generator) -> str:
    return f"{rng.choice(_FAMILY)} {rng.choice(_GIVEN)}"
