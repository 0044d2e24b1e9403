"""Evidence in words, in both languages."""

import pytest

from banso.core.definitions.model import Label
from banso.core.health.describe import DAYS
from banso.core.health.evidence import Evidence, Form, Scalar, Threshold
from banso.core.rules.sentence import sentence
from banso.core.unmeasured import Reason

PLAN = {"pro": Label(en="Pro", ja="プロ"), "free": Label(en="Free", ja="無料")}
YEN = Label(en="JPY", ja="円")


def item(
    value: Scalar | None,
    operator: str,
    threshold: Threshold,
    *,
    form: Form = "number",
    unit: Label | None = None,
    reason: Reason | None = None,
) -> Evidence:
    return Evidence(
        field="users",
        label=Label(en="Users", ja="利用者"),
        value=value,
        operator=operator,
        threshold=threshold,
        form=form,
        unit=unit,
        words=PLAN,
        supports=True,
        reason=reason,
    )


@pytest.mark.parametrize(
    ("operator", "threshold", "english", "japanese"),
    [
        ("<", 5.0, "Users 3 (below 5)", "利用者 3(5未満)"),
        ("<=", 5.0, "Users 3 (at most 5)", "利用者 3(5以下)"),
        (">", 1.0, "Users 3 (above 1)", "利用者 3(1超)"),
        (">=", 3.0, "Users 3 (at least 3)", "利用者 3(3以上)"),
        ("=", 3.0, "Users 3", "利用者 3"),
        ("!=", 5.0, "Users 3 (not 5)", "利用者 3(5以外)"),
        ("in", (3.0, 4.0), "Users 3 (one of 3, 4)", "利用者 3(3・4のいずれか)"),
        ("not in", (5.0, 6.0), "Users 3 (none of 5, 6)", "利用者 3(5・6以外)"),
        ("between", (1.0, 4.0), "Users 3 (1 to 4)", "利用者 3(1〜4)"),
        ("not between", (5.0, 9.0), "Users 3 (outside 5 to 9)", "利用者 3(5〜9の範囲外)"),
        ("is not unmeasured", None, "Users 3", "利用者 3"),
        ("<", None, "Users 3", "利用者 3"),
    ],
)
def test_a_number_is_told_with_what_it_is_compared_with(
    operator: str, threshold: Threshold, english: str, japanese: str
) -> None:
    evidence = [item(3.0, operator, threshold)]
    assert sentence(evidence, "en") == english
    assert sentence(evidence, "ja") == japanese


@pytest.mark.parametrize(
    ("value", "threshold", "form", "shown"),
    [
        (3.0, 5.0, "number", "Users 3 (below 5)"),
        (3.456, 5.0, "number", "Users 3.46 (below 5)"),
        (0.5, 1.0, "number", "Users 0.5 (below 1)"),
        (1234567.0, 2e6, "number", "Users 1,234,567 (below 2,000,000)"),
        (12.345, 20.0, "number", "Users 12.3 (below 20)"),
        (4.9996, 5.0, "number", "Users 4.9996 (below 5)"),
        (-0.4, -0.3, "percent", "Users -40% (below -30%)"),
        (0.425, 0.5, "percent", "Users 42.5% (below 50%)"),
        (0.39999, 0.4, "percent", "Users 39.999% (below 40%)"),
        (-0.00001, 0.4, "percent", "Users 0% (below 40%)"),
        (12.5, 20.0, "percent", "Users 12.5 (below 20)"),
    ],
)
def test_a_number_has_as_many_decimals_as_tell_it_from_its_threshold(
    value: float, threshold: float, form: Form, shown: str
) -> None:
    assert sentence([item(value, "<", threshold, form=form)], "en") == shown


def test_units_stand_after_the_number_as_the_language_writes_them() -> None:
    evidence = [item(1.0, "<", 7.0, unit=DAYS), item(5e5, ">", 1e5, unit=YEN)]
    assert sentence(evidence, "en") == ("Users 1 day (below 7); Users 500,000 JPY (above 100,000)")
    assert sentence(evidence, "ja") == "利用者 1日(7日未満)、利用者 500,000円(100,000円超)"


def test_one_of_a_unit_that_is_a_plural_stands_alone_in_english() -> None:
    answers = Label(en="answers", ja="件")
    assert sentence(item(1.0, ">=", 1.0, unit=answers), "en") == "Users 1 (at least 1)"
    assert sentence(item(1.0, ">=", 1.0, unit=answers), "ja") == "利用者 1件(1件以上)"
    assert sentence(item(2.0, ">=", 1.0, unit=answers), "en") == "Users 2 answers (at least 1)"


def test_a_text_is_told_by_its_label_and_only_once() -> None:
    for operator, threshold in (("=", "pro"), ("in", ("pro", "x"))):
        evidence = [item("pro", operator, threshold, form="text")]
        assert sentence(evidence, "en") == "Users: Pro"
        assert sentence(evidence, "ja") == "利用者:プロ"
    evidence = [item("pro", "!=", "free", form="text")]
    assert sentence(evidence, "en") == "Users: Pro (not Free)"
    assert sentence(evidence, "ja") == "利用者:プロ(無料以外)"
    evidence = [item("pro", "not in", ("free", "x"), form="text")]
    assert sentence(evidence, "en") == "Users: Pro (none of Free, x)"
    assert sentence(evidence, "ja") == "利用者:プロ(無料・x以外)"


def test_yes_is_the_label_alone() -> None:
    assert sentence([item(True, "is true", None, form="truth")], "en") == "Users"
    assert sentence([item(True, "is true", None, form="truth")], "ja") == "利用者"
    assert sentence([item(False, "is not true", None, form="truth")], "en") == "Users: no"
    assert sentence([item(False, "is not true", None, form="truth")], "ja") == "利用者:該当しない"


@pytest.mark.parametrize(
    ("reason", "english", "japanese"),
    [
        (Reason.NOT_APPLICABLE, "not applicable", "対象外"),
        (Reason.BEFORE_FIRST_DATA, "before the first data", "データ開始前"),
        (Reason.NO_SOURCE, "no data source", "データソースなし"),
        (Reason.SOURCE_LATE, "data source is late", "データソースの遅延"),
    ],
)
def test_what_is_unmeasured_says_why(reason: Reason, english: str, japanese: str) -> None:
    evidence = [item(None, "is unmeasured", None, reason=reason)]
    assert sentence(evidence, "en") == f"Users: unmeasured ({english})"
    assert sentence(evidence, "ja") == f"利用者:未計測({japanese})"


def test_one_piece_alone_is_told_the_same() -> None:
    evidence = item(3.0, "<", 5.0)
    for language in ("en", "ja"):
        assert sentence(evidence, language) == sentence([evidence], language)


def test_no_evidence_is_an_empty_sentence() -> None:
    assert sentence([], "en") == ""
