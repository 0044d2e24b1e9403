"""From files to a checked set, and every mistake at once."""

import pickle
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso.core.definitions import (
    DefinitionError,
    Mistake,
    check,
    check_texts,
    loads,
    read,
)
from banso.core.expressions import ExpressionError, Type

from .sets import SET, shown


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return folder


def mistakes(files: dict[str, str]) -> list[str]:
    return [f"{mistake.file}:{shown(mistake)}" for mistake in check_texts(files)[1]]


def test_a_text_in_one_language_is_shown_in_both() -> None:
    rule = "rules: [{name: n, when: true = true, label: {ja: 休眠, en: }, action: {en: Call}}]"
    found = loads({"all.yaml": f"organisation: {{name: Kaede}}\n{rule}"}).rules["n"]
    assert found.label is not None
    assert (found.label.en, found.label.ja, found.action.ja) == ("休眠", "休眠", "Call")
    neither = mistakes({"all.yaml": f"organisation: {{name: K}}\n{rule.replace('en: Call', '')}"})
    assert [x.partition(": ")[2] for x in neither] == [
        "field 'en' is missing",
        "field 'ja' is missing",
    ]


def test_a_name_of_the_data_is_called_once_and_by_its_family() -> None:
    names = "[{of: record.nps, en: NPS}, {of: record.nps, en: Answer}, {of: nps, en: X}, {en: Y}]"
    found = mistakes({"all.yaml": f"organisation: {{name: K, names: {names}}}"})
    assert [x.partition(": ")[2] for x in found] == [
        "names[3].of: 'nps' is not a name that comes with the data, such as attribute.industry or "
        "record.ticket",
        "field 'of' is missing",
    ]
    twice = mistakes({"all.yaml": "organisation: {name: K, names: [{of: record.nps, en: NPS}, "
                                  "{of: record.nps, en: Answer}]}"})  # fmt: skip
    assert [x.partition(": ")[2] for x in twice] == ["record.nps is called by two names"]


def test_a_folder_of_files_is_one_set(tmp_path: Path) -> None:
    parts = SET.partition("segments:")
    folder = write(
        tmp_path,
        {
            "a.yaml": parts[0],
            "deeper/b.yml": parts[1] + parts[2],
            ".hidden.yaml": "nonsense: 1",
            "notes.txt": "not yaml: [",
            "empty.yaml": "# nothing yet\n",
        },
    )
    made = read(folder)
    assert made == loads({"set.yaml": SET})
    assert list(made.metrics) == [
        *("weekly_users", "seats", "seat_use", "last_use", "users_change", "twice", "industry")
    ]
    assert made.organisation.time_zone == "Asia/Tokyo"
    assert made.rules["fading"].for_ == "3 of 5 days"


def test_mistakes_of_all_files_come_at_once_in_order() -> None:
    files = {
        "z.yaml": "metrics:\n  - {name: users, kind: count, windw: 7d}\n  - 5\n",
        "b.yaml": "a: [1\n",
        "m.yaml": "organisation: {name: x}\norganisation: {name: y}\nrules: {}\n",
    }
    assert mistakes(files) == [
        "b.yaml:2:1: not YAML: a list in [ ] is not closed or lacks a comma",
        "m.yaml:2:1: 'organisation' stands here twice; first on line 1",
        "m.yaml:3:8: rules: a list is needed (lines that begin with -)",
        "z.yaml:2:32: unknown field 'windw' -> window",
        "z.yaml:3:5: this definition: a mapping is needed (lines such as name: value)",
    ]


def test_names_that_may_stand_in_an_unreadable_file_are_not_called_unknown() -> None:
    files = {
        "metrics.yaml": "metrics: [\n",
        "rules.yaml": "organisation: {name: x}\nsegments:\n"
        "  - {name: a, where: users > 1 and attribute.x = 1 and 'a' > 2}\n",
    }
    told = mistakes(files)
    assert [line.split(":")[0] for line in told] == ["metrics.yaml", "rules.yaml"]
    assert "'a' is text and 2 is a number" in told[1]


def test_what_can_not_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "sjis.yaml": b"organisation:\n  name: " + "楓".encode("shift_jis"),
            "big.yaml": "#" * 2_000_001,
            "ok.yaml": "metrics:\n  - {name: a, kind: cnt}\n",
        },
    )
    made, found = check(folder)
    assert made is None
    assert [(m.file, m.line, m.column) for m in found] == [
        ("big.yaml", 1, 1),
        ("ok.yaml", 2, 21),
        ("sjis.yaml", 2, 9),
    ]
    assert [m.message.split(";")[0] for m in found] == [
        "larger than 2,000,000 bytes",
        "unknown kind 'cnt'",
        "not UTF-8 (byte 0x95)",
    ]


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_folder_without_definitions_says_what_to_do(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DefinitionError, match="banso init") as caught:
        read(tmp_path / folder)
    assert len(caught.value.mistakes) == 1


def test_an_error_reads_as_editors_understand_it() -> None:
    with pytest.raises(DefinitionError) as caught:
        loads({"set.yaml": SET.replace("window: 7d", "windw: 7d")})
    assert str(caught.value) == (
        "set.yaml:9:5: error: unknown field 'windw'; did you mean 'window'?"
    )
    assert caught.value.mistakes == (Mistake("set.yaml", 9, 5, "unknown field 'windw'", "window"),)


def test_warnings_do_not_stop_a_set() -> None:
    made, found = check_texts({"set.yaml": SET.replace(" and industry = 'retail'", "")})
    assert made is not None
    assert [mistake.level for mistake in found] == ["warning"]
    with pytest.raises(DefinitionError, match="no organisation"):
        loads({})


def test_two_organisations_are_one_too_many() -> None:
    assert mistakes({"a.yaml": SET, "b.yaml": "organisation: {name: Other}"}) == [
        "b.yaml:1:15: a second organisation; the first is in a.yaml"
    ]


def test_expressions_are_parsed_in_their_scope_and_kept() -> None:
    made = loads({"set.yaml": SET})
    rule = made.condition(made.rules["fading"].when)
    assert rule is made.condition(made.rules["fading"].when)
    assert made.event_filter("event = 'a' and properties.x > 2").type is Type.BOOLEAN
    assert made.contract_filter("product = 'core'").type is Type.BOOLEAN
    assert made.arithmetic("weekly_users / seats").type is Type.NUMBER
    with pytest.raises(ExpressionError, match="unknown name event"):
        made.condition("event = 'a'")
    with pytest.raises(ExpressionError, match="needs a number"):
        made.arithmetic("weekly_users > 3")


def test_metrics_come_after_what_they_need() -> None:
    text = SET.replace(
        "  - {name: large,", "  - {name: huge, where: segment.large}\n  - {name: large,"
    ).replace("metrics:\n", "metrics:\n  - {name: four, kind: derived, expression: twice * 2}\n")
    made = loads({"set.yaml": text})
    assert made.metric_order == (
        *("weekly_users", "seats", "last_use", "industry", "seat_use", "users_change", "twice"),
        "four",
    )
    assert made.metric_needs("twice") == ("seat_use", "weekly_users")


def test_a_set_travels_to_other_processes() -> None:
    made = loads({"set.yaml": SET})
    made.condition("segment.large")
    sent = pickle.loads(pickle.dumps(made))  # noqa: S301 - made one line above
    assert sent == made
    assert sent.fingerprint == made.fingerprint


PIECES = [
    *("organisation", "metrics", "rules", "journeys", "stages", "name", "kind", "count", "of"),
    *(": ", ":\n  ", "\n", "\n- ", "- ", "  ", "\t", "{", "}", "[", "]", ",", '"', "'", "|", ">"),
    *("&a ", "*a", "!!str ", "#", "---\n", "null", "7d", "0x1f", "1e999", "\x00", "\ud800", "楓"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_text_is_a_set_or_is_told_where_it_is_wrong(pieces: list[str]) -> None:
    made, found = check_texts({"f.yaml": "".join(pieces)})
    assert (made is None) == any(mistake.level == "error" for mistake in found)
    assert all(mistake.line >= 1 and mistake.column >= 1 for mistake in found)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_correct_set_with_a_typing_error_is_read_or_told(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SET)))
    cut = data.draw(st.integers(0, 5))
    text = SET[:at] + data.draw(st.sampled_from(PIECES)) + SET[at + cut :]
    begun = time.perf_counter()
    made, found = check_texts({"f.yaml": text})
    assert (made is None) == any(mistake.level == "error" for mistake in found)
    assert check_texts({"f.yaml": text})[1] == found
    assert time.perf_counter() - begun < 10
