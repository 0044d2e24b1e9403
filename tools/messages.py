"""Bring the Japanese catalogue up to date: `./run messages`.

Reads every `translate` in templates, every gettext of the screens and every `worded` of the
checker, keeps the translations there are, marks what is new with an empty one, and drops what
nobody says any more.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/banso"
PO = SOURCE / "web/locale/ja/LC_MESSAGES/django.po"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_": None,
    "worded": None,
}


BEGUN = datetime(2026, 11, 1, tzinfo=UTC)
"""The date in the head of the catalogue: always the same, or every change of it would conflict with
every other."""


def found() -> Catalog:
    """Every message in the sources, with the files it stands in (no line numbers: they change with
    every edit)."""
    catalogue = Catalog(
        locale="ja",
        header_comment="# Japanese of Banso's screens and messages. Made by tools/messages.py.",
        project="Banso",
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
    )
    for path, code in _sources():
        for _, message, _, context in extract("python", io.BytesIO(code), keywords=KEYWORDS):
            catalogue.add(message, locations=[(path, 0)], context=context)
    return catalogue


def _sources() -> Iterator[tuple[str, bytes]]:
    if not settings.configured:
        settings.configure()
    for path in sorted((SOURCE / "web/templates").rglob("*.html")):
        yield str(path.relative_to(ROOT)), templatize(path.read_text(), origin=str(path)).encode()
    folders = ("core", "desk", "pipeline/act", "web")
    for path in sorted(x for folder in folders for x in (SOURCE / folder).rglob("*.py")):
        yield str(path.relative_to(ROOT)), path.read_bytes()


def translated() -> Catalog:
    if not PO.exists():
        return Catalog(locale="ja")
    with PO.open("rb") as file:
        return read_po(file, locale="ja")


def update() -> Catalog:
    """The messages of the sources with the translations of the catalogue."""
    known, fresh = translated(), found()
    for message in fresh:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None:
            message.string = old.string
    return fresh


def save(catalogue: Catalog) -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(
            file, catalogue, include_lineno=False, sort_output=True, omit_header=False, width=100
        )


if __name__ == "__main__":
    save(update())
