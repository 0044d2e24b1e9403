"""The written pages: links resolve, commands exist, both languages have the same pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from reference_pages import commands

from banso.core.definitions import check

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BANSO = re.compile(r"^(?:\S*/)?banso(?: |$)")
TAKES_NO_VALUE = frozenset({"--help", "--version"})


def test_english_and_japanese_have_the_same_pages() -> None:
    assert _names("en") == _names("ja")
    assert "tutorial.md" in _names("en")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_resolves(page: Path) -> None:
    text = _without_fences(page.read_text(encoding="utf-8"))
    broken = [link for link in LINK.findall(text) if not _resolves(page, link)]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_banso_command_is_a_real_one_with_real_options(page: Path) -> None:
    mistakes = [
        f"{line}: {mistake}"
        for line in _command_lines(page.read_text(encoding="utf-8"))
        if (mistake := _mistake(line)) is not None
    ]
    assert mistakes == []


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("banso today --json", None),
        ("banso --version", None),
        (".venv/bin/banso run --as-of 2026-10-01", None),
        ("banso import events a.csv --map account=会社ID -y", None),
        ("banso members --json", None),
        ("banso members add aoi@example.com --no-revenue", None),
        ("banso toady", "no command 'toady'"),
        ("banso run --asof 2026-10-01", "no option '--asof'"),
        ("banso members invite aoi@example.com --role csm", "no option '--role'"),
    ],
)
def test_a_wrong_command_in_a_page_would_be_found(line: str, mistake: str | None) -> None:
    assert _mistake(line) == mistake


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_definitions_of_how_to_write_rules_have_no_mistakes(
    language: str, tmp_path: Path
) -> None:
    text = (DOCS / language / "how-to" / "write-rules.md").read_text(encoding="utf-8")
    for number, (kind, block) in enumerate(_fences(text)):  # the organisation is among them
        if kind == "yaml":
            (tmp_path / f"{number}.yaml").write_text(block, encoding="utf-8")
    definitions, mistakes = check(tmp_path)
    assert mistakes == ()
    assert definitions is not None
    assert list(definitions.rules) == [
        *("champion_gone", "nobody_uses_it", "few_use_it", "champion_rests"),
    ]


def test_the_conditions_of_how_to_write_rules_can_be_used(tmp_path: Path) -> None:
    text = (DOCS / "en" / "how-to" / "write-rules.md").read_text(encoding="utf-8")
    conditions = next(b for kind, b in _fences(text) if kind == "" and "seat_utilisation" in b)
    used = ("seat_utilisation", "days_to_renewal", "nps", "usage_change", "usage_change_year")
    (tmp_path / "all.yaml").write_text(
        "organisation: {name: Test}\nmetrics:\n"
        + "".join(f"  - {{name: {name}, kind: count}}\n" for name in used)
        + "segments: [{name: new_customer, where: nps > 0}]\n"
        + "journeys: [{name: adoption, stages: [{name: onboarding}, "
        + "{name: habit, enter: nps > 0}]}]\nrules:\n"
        + "".join(
            f'  - {{name: r{i}, action: {{en: x, ja: x}}, when: "{line}"}}\n'
            for i, line in enumerate(conditions.splitlines())
        ),
        encoding="utf-8",
    )
    definitions, mistakes = check(tmp_path)
    assert [x for x in mistakes if x.level == "error"] == []
    assert definitions is not None
    assert len(definitions.rules) == 5


def _names(language: str) -> list[str]:
    return sorted(str(x.relative_to(DOCS / language)) for x in (DOCS / language).rglob("*.md"))


def _fences(text: str) -> Iterator[tuple[str, str]]:
    """(language, content) of every fenced block."""
    inside: list[str] | None = None
    kind = ""
    for line in text.splitlines():
        if line.startswith("```"):
            if inside is None:
                inside, kind = [], line.removeprefix("```").strip()
            else:
                yield kind, "\n".join(inside) + "\n"
                inside = None
        elif inside is not None:
            inside.append(line)


def _without_fences(text: str) -> str:
    for _, block in _fences(text):
        text = text.replace(block, "")
    return text


def _resolves(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or anchor in _anchors(target.read_text(encoding="utf-8"))


def _anchors(text: str) -> set[str]:
    """Anchors of headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", _without_fences(text), re.M)
    return {re.sub(r"[^\w\- ]", "", x).lower().replace(" ", "-") for x in headings}


def _command_lines(text: str) -> Iterator[str]:
    """Lines of shell blocks that call banso, and inline code that does; comments cut off."""
    for kind, block in _fences(text):
        if kind == "sh":
            yield from (x.split("  #")[0].strip() for x in block.splitlines() if BANSO.match(x))
    for code in re.findall(r"`([^`\n]+)`", _without_fences(text)):
        if BANSO.match(code) and len(code.split()) > 1:
            yield code


def _mistake(line: str) -> str | None:
    words = re.sub(r"'[^']*'|\"[^\"]*\"", "VALUE", line).split()[1:]
    if words[0] in TAKES_NO_VALUE:
        return None
    known = {command.name: command for command in commands.commands()}
    command = known.get(" ".join(words[:2])) or known.get(words[0])
    if command is None:
        # `banso COMMAND --help` and its like stand for any command
        return None if not words[0].isascii() or words[0].isupper() else f"no command '{words[0]}'"
    flags = {flag for parameter in command.parameters for flag in parameter.flags}
    for word in words[1:]:
        flag = word.split("=")[0]
        if word.startswith("-") and flag not in flags | TAKES_NO_VALUE:
            return f"no option '{flag}'"
    return None
