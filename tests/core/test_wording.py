"""A sentence of the checker is plain text that can still be said in another language."""

import copy

from banso.core.definitions import check_texts
from banso.core.wording import worded

JA = {
    "{field}: {message}": "{field}：{message}",
    "unknown name {text}": "{text} という名前はありません",
}
WRONG = """
organisation: {name: Kaede, time_zone: Asia/Tokyo}
segments:
  - {name: quiet, where: quiet_day > 3}
"""


def test_a_wording_is_the_text_of_its_pattern_and_values() -> None:
    said = worded("stage {name!r} lasts {days:,} days {{}}", name="a", days=1200)
    assert said == "stage 'a' lasts 1,200 days {}"
    assert {said: 1}["stage 'a' lasts 1,200 days {}"] == 1


def test_it_is_translated_with_the_wordings_inside_it() -> None:
    said = worded(
        "{field}: {message}", field="when", message=worded("unknown name {text}", text="x")
    )
    assert said.translated(JA.__getitem__) == "when：x という名前はありません"


def test_a_copy_can_still_be_translated() -> None:
    said = copy.deepcopy(worded("unknown name {text}", text="x"))
    assert said.translated(JA.__getitem__) == "x という名前はありません"


def test_a_mistake_of_a_set_can_be_translated() -> None:
    _, (mistake,) = check_texts({"a.yaml": WRONG})
    assert mistake.message == "where: unknown name quiet_day"
    assert mistake.message.translated(JA.__getitem__) == "where：quiet_day という名前はありません"
