"""Definitions in words, in both languages."""

import pytest

from banso.core.definitions import Definitions, loads
from banso.core.definitions.model import Label
from banso.core.health.in_words import condition_in_words, metric_in_words, requirements

SET = """
organisation: {name: Kaede, currency: JPY}
metrics:
  - {name: users, kind: distinct_users, window: 7d, label: {en: Users, ja: 利用者数},
     unit: {en: people, ja: 人}}
  - {name: uses, kind: count, where: "event in ('a', 'b') and not product = 'bi'"}
  - {name: days, kind: active_days, facts: record.visit, window: 28d}
  - {name: features, kind: breadth, where: role = 'champion', window: 28d}
  - {name: quiet, kind: recency, label: {en: Quiet days, ja: 静かな日数}}
  - {name: tenure, kind: tenure}
  - {name: first, kind: time_to_first, where: event = 'a'}
  - {name: pages, kind: sum, of: properties.pages, window: 28d}
  - {name: mean, kind: avg, of: value, facts: record.csat, where: value > 0}
  - {name: seats, kind: latest, of: contract.seats, where: product = 'web'}
  - {name: arr, kind: latest, of: contract.arr}
  - {name: ends, kind: latest, of: contract.days_to_end}
  - {name: trade, kind: latest, of: attribute.trade}
  - {name: nps, kind: latest, of: record.nps, window: 365d}
  - {name: use, kind: ratio, of: users, by: seats, label: {en: Seat use, ja: 利用率}}
  - {name: change, kind: change, of: users}
  - {name: best, kind: derived, expression: "greatest(change, coalesce(change, use)) * 2 - 0.5"}
segments:
  - {name: large, where: seats >= 50, label: {en: Large, ja: 大口}}
journeys:
  - name: adoption
    label: {en: Adoption, ja: 活用}
    stages:
      - {name: start, label: {en: Start, ja: 導入}}
      - {name: habit, enter: users >= 3}
"""


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return loads({"x": SET})


@pytest.mark.parametrize(
    ("text", "en", "ja"),
    [
        ("users >= 3", "Users is at least 3 people", "利用者数が3人以上"),
        ("users < 1", "Users is below 1", "利用者数が1人未満"),
        ("quiet <= 1", "Quiet days is at most 1 day", "静かな日数が1日以下"),
        ("5 < quiet", "Quiet days is above 5 days", "静かな日数が5日超"),
        ("use > 0.055", "Seat use is above 5.5%", "利用率が5.5%超"),
        ("change < -0.4", "change is below −40%", "changeが−40%未満"),
        ("users = 3", "Users is 3 people", "利用者数が3人"),
        ("seats >= 12000", "seats is at least 12,000", "seatsが12,000以上"),
        ("users between 1 and 3", "Users is 1 to 3 people", "利用者数が1人〜3人"),
        ("users not between 2 and 3", "Users is outside 2 people to 3 people",
         "利用者数が2人〜3人の範囲外"),
        ("nps is unmeasured", "nps is unmeasured", "npsが未計測"),
        ("not nps is unmeasured", "nps is measured", "npsが計測済み"),
        ("attribute.業種 in ('教育', '金融')", "業種 is one of 教育, 金融",
         "業種が教育・金融のいずれか"),
        ("trade != 'retail'", "trade is not retail", "tradeがretail以外"),
        ("segment.large", "“Large”", "「大口」"),
        ("not segment.large", "not “Large”", "「大口」ではない"),
        ("journey.adoption.stage = 'start'", "Adoption stage is Start", "活用のステージが導入"),
        ("journey.adoption.colour = 'at_risk'", "Adoption health is At risk", "活用のヘルスが危険"),
        ("users > seats", "Users is above seats", "利用者数がseats超"),
        ("abs(change) > 0.5", "change without its sign is above 50%", "changeの絶対値が50%超"),
        ("coalesce(arr, 0) > 0", "arr (0 where unmeasured) is above 0",
         "arr(未計測なら0)が0超"),
        ("users / seats >= 0.5", "(Users ÷ seats) is at least 0.5", "(利用者数 ÷ seats)が0.5以上"),
        ("users > 1 and (nps < 7 or segment.large)",
         "Users is above 1 and (nps is below 7 or “Large”)",
         "利用者数が1人超、かつ(npsが7未満、または「大口」)"),
        ("not (users > 1 and nps < 7)", "Users is at most 1 or nps is at least 7",
         "利用者数が1人以下、またはnpsが7以上"),
    ],
)  # fmt: skip
def test_conditions(definitions: Definitions, text: str, en: str, ja: str) -> None:
    assert condition_in_words(definitions, text) == Label(en=en, ja=ja)


@pytest.mark.parametrize(
    ("name", "en", "ja"),
    [
        ("users", "Number of different users in usage events, last 7 days",
         "利用ログの利用者数(重複なし)、直近7日"),
        ("uses", "Number of usage events where event is one of a, b and product is not bi, "
         "since the first one",
         "利用ログ(利用ログの種類がa・bのいずれか、かつ製品がbi以外)の件数、全期間"),
        ("days", "Number of days with records of kind visit, last 28 days",
         "visitの記録が1件以上ある日数、直近28日"),
        ("features", "Number of different features in usage events where role of the user is "
         "champion, last 28 days",
         "利用ログ(利用者の役割がchampion)に現れる機能の数(重複なし)、直近28日"),
        ("quiet", "Days since the last of usage events", "最後の利用ログからの日数"),
        ("tenure", "Days since the account began: its declared start, first contract or first "
         "event, whichever came first",
         "利用開始からの日数(登録された開始日・最初の契約・最初の利用ログのうち最も早い日から)"),
        ("first", "Days from the account's beginning to the first of usage events where event "
         "is a", "利用開始から最初の利用ログ(利用ログの種類がa)までの日数"),
        ("pages", "Sum of pages over usage events, last 28 days",
         "利用ログのpagesの合計、直近28日"),
        ("mean", "Mean of the value over records of kind csat where value is above 0, since the "
         "first one", "csatの記録(値が0超)の値の平均、全期間"),
        ("seats", "Seats of the contracts in force where product is web",
         "有効な契約(製品がweb)のライセンス数の合計"),
        ("arr", "ARR of the contracts in force", "有効な契約の年間契約額の合計"),
        ("ends", "Days to the end of the contracts in force", "有効な契約の終了までの日数"),
        ("trade", "Attribute trade of the account", "顧客の属性「trade」"),
        ("nps", "Value of the last of records of kind nps, last 365 days",
         "最後のnpsの記録の値、直近365日"),
        ("use", "Users ÷ seats", "利用者数 ÷ seats"),
        ("change", "Users now against 7 days before: (now − then) ÷ then",
         "利用者数の7日前との増減率: (今 − 前) ÷ 前"),
        ("best", "(Greatest of change, change (Seat use where unmeasured) × 2) − 0.5",
         "(change・change(未計測なら利用率)のうち最大のもの × 2) − 0.5"),
    ],
)  # fmt: skip
def test_metrics(definitions: Definitions, name: str, en: str, ja: str) -> None:
    assert metric_in_words(definitions, name) == Label(en=en, ja=ja)


def test_what_must_all_be_true_is_a_list(definitions: Definitions) -> None:
    assert requirements(definitions, "users > 2 and (nps < 7 or segment.large)") == (
        Label(en="Users is above 2 people", ja="利用者数が2人超"),
        Label(en="nps is below 7 or “Large”", ja="npsが7未満、または「大口」"),
    )
    assert requirements(definitions, "segment.large") == (Label(en="“Large”", ja="「大口」"),)
