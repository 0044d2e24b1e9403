"""The generated pages say what the code says, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from generate import differing, pages
from reference_pages import commands, json_output, settings
from reference_pages.language import LANGUAGES, Language, UntranslatedError, catalogue, said

from banso.core.definitions import reference_markdown
from banso.core.definitions.file import DefinitionFile

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "banso").rglob("*.py"))
VARIABLE = re.compile(r"[A-Z][A-Z0-9]+(_[A-Z0-9]+)*")


def test_committed_pages_are_those_of_the_code() -> None:
    assert differing() == []  # `./run docs` writes them anew


def test_a_page_that_was_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    for name, text in pages().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert differing(tmp_path) == []
    (tmp_path / "en/reference/commands.md").write_text("# Commands\n", encoding="utf-8")
    (tmp_path / "ja/reference/settings.md").unlink()
    assert differing(tmp_path) == ["en/reference/commands.md", "ja/reference/settings.md"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_parameter_is_on_the_page(language: Language) -> None:
    page = commands.page(language)
    sections = dict(re.findall(r"^## banso ([^\n]+)\n(.*?)(?=^## |\Z)", page, re.S | re.M))
    assert list(sections) == [command.name for command in commands.commands()]
    for command in commands.commands():
        for parameter in command.parameters:
            for flag in parameter.flags:
                assert f"`{flag}`" in sections[command.name], (command.name, flag)


def test_every_command_and_parameter_says_what_it_is() -> None:
    silent = [
        f"{command.name} {parameter.name}"
        for command in commands.commands()
        for parameter in command.parameters
        if not parameter.text
    ]
    silent += [command.name for command in commands.commands() if not command.text]
    assert silent == []


def test_the_japanese_catalogue_has_each_text_of_the_code_and_no_other() -> None:
    assert set(catalogue()) == {*commands.texts(), *json_output.texts()}


def test_a_text_without_japanese_is_an_error_that_names_it() -> None:
    with pytest.raises(UntranslatedError, match="Print nothing at all"):
        said("Print nothing\n    at all", "ja")


def test_every_json_field_has_a_meaning_in_both_languages() -> None:
    for name, field in json_output.fields():
        extra = field.json_schema_extra
        assert field.description, name
        assert isinstance(extra, dict), name
        assert extra.get("ja"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_json_shape_and_field_is_on_the_page(language: Language) -> None:
    page = json_output.page(language)
    for name, _ in json_output.fields():
        assert f"| `{name.partition('.')[2]}` |" in page, name
    assert len(re.findall(r"^##+ ", page, re.M)) == len(json_output.all_shapes()) + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_definition_field_is_on_the_page(language: Language) -> None:
    page = reference_markdown(language)
    schema = DefinitionFile.model_json_schema(by_alias=True)
    shapes = {
        name: shape for name, shape in schema["$defs"].items() if shape.get("type") == "object"
    }
    assert len(shapes) > 15
    for name, shape in shapes.items():
        for field in shape["properties"]:
            if field == "kind":
                assert f"`kind: {shape['properties']['kind']['const']}`" in page, name
            else:
                assert f"| `{field}` |" in page, (name, field)


def test_every_environment_variable_of_the_code_is_documented() -> None:
    used = {name for path in SOURCES for name in _variables(path)}
    assert "BANSO_HOME" in used
    assert used - settings.names() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_has_a_default_and_a_meaning(language: Language) -> None:
    page = settings.page(language)
    for group in settings.settings().values():
        for name, setting in group.items():
            assert setting["default"][language], name
            assert setting["meaning"][language], name
            assert f"| `{name}` |" in page


def _variables(path: Path) -> Iterator[str]:
    """Names of environment variables in a module: texts in capitals, in any function or
    statement of the module that asks the environment."""
    for statement in _statements(ast.parse(path.read_text(encoding="utf-8"))):
        nodes = list(ast.walk(statement))
        if any(isinstance(x, ast.Attribute) and x.attr in {"environ", "getenv"} for x in nodes):
            texts = (x.value for x in nodes if isinstance(x, ast.Constant))
            yield from (x for x in texts if isinstance(x, str) and VARIABLE.fullmatch(x))


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Of a module, with methods instead of their classes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _statements(node)
        else:
            yield node
