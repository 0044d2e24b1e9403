import json

import pyarrow as pa
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from banso.pipeline.collect import MappingError
from banso.pipeline.collect.properties import json_objects, safe_names


def test_names_keep_japanese_and_lose_what_expressions_cannot_say() -> None:
    assert safe_names(["部署", "ﾌﾟﾗﾝ", "files changed", "件数(合計)", "a.b", "2024年", "%"]) == {
        "部署": "部署",
        "ﾌﾟﾗﾝ": "プラン",
        "files changed": "files_changed",
        "件数(合計)": "件数_合計",
        "a.b": "a_b",
        "2024年": "_2024年",
        "%": "column",
    }


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(MappingError) as refusal:
        safe_names(["プラン", "ﾌﾟﾗﾝ"])
    assert str(refusal.value) == (
        "The columns 'プラン' and 'ﾌﾟﾗﾝ' would both be called 'プラン'. "
        "Rename one of them, or leave one out with --ignore."
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("-1.5", "-1.5"),
        ("0.05", "0.05"),
        ("true", "true"),
        ("007", '"007"'),
        ("1.10", '"1.10"'),
        ("1,234", '"1,234"'),
        ("１２", '"１２"'),
        ("TRUE", '"TRUE"'),
        ("1234567890123456", '"1234567890123456"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("a\nb\x01", '"a\\nb\\u0001"'),
        ("日本", '"日本"'),
    ],
)
def test_a_cell_is_a_number_only_where_that_loses_nothing(text: str, value: str) -> None:
    table = pa.table({"b": [text], "a": pa.array([None], pa.string())})
    assert json_objects(table, {"b": "b", "a": "a"}).to_pylist() == [f'{{"b":{value}}}']


def test_keys_are_sorted_and_a_row_without_any_has_no_object() -> None:
    table = pa.table({"い": ["1", None, None], "z": ["x", "y", None], "あ": ["2", None, None]})
    names = {"い": "い", "z": "z", "あ": "あ"}
    assert json_objects(table, names).to_pylist() == ['{"z":"x","あ":2,"い":1}', '{"z":"y"}', None]
    assert json_objects(table, {}).to_pylist() == [None, None, None]


@settings(deadline=None)
@forall(st.lists(st.dictionaries(st.sampled_from("abc"), st.text(min_size=1)), min_size=1))
def test_objects_are_valid_json_that_says_the_same(rows: list[dict[str, str]]) -> None:
    table = pa.table(
        {name: pa.array([row.get(name) for row in rows], pa.string()) for name in "abc"}
    )
    objects = json_objects(table, {name: name for name in "abc"}).to_pylist()
    said = [json.loads(text, parse_int=str, parse_float=str) if text else {} for text in objects]
    truths = {True: "true", False: "false"}
    assert [{k: truths.get(v, v) if isinstance(v, bool) else v for k, v in row.items()}
            for row in said] == rows  # fmt: skip
