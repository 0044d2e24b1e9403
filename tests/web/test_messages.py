"""Everything that people read exists in English and in Japanese."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from tools.messages import SOURCE, found, translated

TEMPLATES = sorted((SOURCE / "web/templates").rglob("*.html"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*(?:![rs])?(?::[^{}]*)?\}")
NAMES = {"Banso", "CSV", "SQL", "YAML", "English", "ARR", "NPS", "UTC", "JSON"}
SHOWN = re.compile(r"""\b(?:aria-label|title|placeholder|alt)=(?:"([^"]*)"|'([^']*)')""")


def texts(message: Message, which: str) -> list[str]:
    said = getattr(message, which)
    return [said] if isinstance(said, str) else list(said)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_every_message_of_the_sources_is_in_the_catalogue_and_nothing_else() -> None:
    wanted = {(message.context, str(message.id)) for message in found() if message.id}
    known = {(message.context, str(message.id)) for message in translated() if message.id}
    assert (wanted - known, known - wanted) == (set(), set()), "`./run messages` mends this"


def test_every_message_has_a_japanese_translation() -> None:
    empty = [str(m.id) for m in translated() if m.id and not all(texts(m, "string"))]
    assert empty == []


def test_no_message_is_fuzzy() -> None:
    assert [str(message.id) for message in translated() if message.id and message.fuzzy] == []


def test_a_translation_has_the_placeholders_of_its_message() -> None:
    said = [
        (str(message.id), placeholders(texts(message, "id")[-1]), placeholders(text))
        for message in translated()
        if message.id
        for text in texts(message, "string")
    ]
    assert [name for name, wanted, there in said if wanted != there] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_says_nothing_that_is_not_translated(path: Path) -> None:
    assert untranslated(path.read_text()) == []


def untranslated(template: str) -> list[str]:
    """Words (two letters or more, any script) that stand in a template by themselves."""
    text = re.sub(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}", " ", template, flags=re.S)
    text = re.sub(r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}", " ", text, flags=re.S)
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.S)
    text = re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.S)
    shown = " ".join(a or b for a, b in SHOWN.findall(text))
    text = re.sub(r"<(code|kbd)\b[^>]*>.*?</\1>", " ", text, flags=re.S)
    plain = re.sub(r"<[^>]*>|&\w+;", " ", text, flags=re.S)
    return sorted(set(re.findall(r"[^\W\d_]{2,}", f"{plain} {shown}")) - NAMES)


def test_a_word_left_untranslated_in_a_template_is_found() -> None:
    template = """<p title="Hint">{% translate "Known" %} plain 顧客</p> <b>{{ x }}</b>"""
    assert untranslated(template) == ["Hint", "plain", "顧客"]
