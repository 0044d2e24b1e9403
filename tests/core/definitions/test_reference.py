"""The generated reference covers every field, in both languages."""

import json

import pytest

from banso.core.definitions import json_schema, reference_markdown
from banso.core.definitions.ja import FIELDS
from banso.core.definitions.reference import Language, documented


def test_every_field_is_described_in_english() -> None:
    assert [key for key, text in documented() if not text] == []


def test_every_field_is_described_in_japanese_and_nothing_else() -> None:
    assert {key for key, _ in documented()} == set(FIELDS)
    japanese = [
        text for text in FIELDS.values() if not any("\u3040" <= c <= "\u9fff" for c in text)
    ]
    assert japanese == []


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_has_a_row_for_every_field(lang: Language) -> None:
    page = reference_markdown(lang)
    for key, text in documented():
        shown = FIELDS[key] if lang == "ja" else text
        name = key.partition(".")[2]
        if name:
            assert f"| `{name}` | " in page
            assert f" | {shown.replace('|', chr(92) + '|')} |" in page
        else:
            assert shown in page
    assert page.count("### `kind: ") == 30
    assert page == reference_markdown(lang)


def test_types_and_defaults_are_shown() -> None:
    page = reference_markdown("en")
    assert "| `for` | text | `1 of 1 days` | Opens when" in page
    assert "| `stages` | list of `Stage` | *required* |" in page
    assert "| `critical` | true / false | `false` |" in page
    assert "| `window` | days (`7d`) |  |" in page
    assert "| `priority` | one of `high`, `medium`, `low` | `medium` |" in page
    assert "| `expected_days` | whole number |  |" in page


def test_the_schema_is_json_with_names_as_written() -> None:
    schema = json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert list(schema["properties"]) == [
        *("organisation", "sources", "metrics", "segments", "journeys", "rules", "outcomes"),
        "plays",
        "templates",
    ]
    assert "for" in schema["$defs"]["Rule"]["properties"]
    assert schema["$defs"]["Rule"]["additionalProperties"] is False
