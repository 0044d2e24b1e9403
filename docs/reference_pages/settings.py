"""Environment variables, from settings.yaml beside this file."""

from collections.abc import Mapping, Sequence
from functools import cache

from ruamel.yaml import YAML

from reference_pages.language import FOLDER, Language, table

Group = Sequence[Mapping[str, Mapping[str, str]]]

TITLE = {"en": "Settings", "ja": "設定"}
INTRO = {
    "en": "What concerns the organisation (time zone, currency, thresholds, rules) stands in the "
    "[definitions](definitions.md). What concerns the machine is said by environment variables. "
    "None is needed.",
    "ja": "組織に関すること(タイムゾーン、通貨、しきい値、対応ルール)は[定義](definitions.md)に、"
    "動かす環境に関することは環境変数に書きます。どれも省略できます。",
}
GROUPS: Mapping[str, Mapping[Language, str]] = {
    "banso": {"en": "Banso", "ja": "Banso"},
    "installation": {"en": "Installation and libraries", "ja": "インストールとライブラリー"},
    "tests": {"en": "Only for tests and development", "ja": "テストと開発用"},
}
HEADER = {"en": ("Variable", "Default", "Meaning"), "ja": ("変数", "既定値", "意味")}


@cache
def settings() -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]:
    """Group -> variable -> `default` and `meaning`, each by language."""
    found: Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]] = YAML(typ="safe").load(
        (FOLDER / "settings.yaml").read_text(encoding="utf-8")
    )
    return found


def names() -> frozenset[str]:
    return frozenset(name for group in settings().values() for name in group)


def page(language: Language) -> str:
    blocks = [f"# {TITLE[language]}", INTRO[language]]
    for group, variables in settings().items():
        rows = [
            (f"`{name}`", each["default"][language], each["meaning"][language])
            for name, each in variables.items()
        ]
        blocks += [f"## {GROUPS[group][language]}", table(HEADER[language], rows)]
    return "\n\n".join(blocks) + "\n"
