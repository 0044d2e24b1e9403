"""The browser's files: built once, named by their content, small, and ours."""

import json
import re
import shutil
from pathlib import Path

import brotli
import hatch_build
import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings
from tests.web.site import Site

from banso.web.components import PRIORITY_ICONS, STATE_ICONS, asset, assets
from banso.web.context import NAV

ROOT = Path(hatch_build.__file__).parent
FRONTEND = ROOT / "frontend"
STATIC = Path(settings.STATIC_ROOT)
WEB = ROOT / "src/banso/web"

LOADED = ("app.css", "app.js", "charts.js", "icons.svg", "logo.svg")
FIRST_VISIT = 400_000
LATER_VISIT = 20_000


def compressed(name: str) -> int:
    return (STATIC / f"{assets()[name]}.br").stat().st_size


def test_every_file_is_named_by_its_content_and_compressed() -> None:
    assert set(assets()) == {*LOADED, "licences.txt"}
    for file in assets().values():
        assert re.match(settings.WHITENOISE_IMMUTABLE_FILE_TEST, file)
        assert (
            brotli.decompress((STATIC / f"{file}.br").read_bytes()) == (STATIC / file).read_bytes()
        )
        assert (STATIC / f"{file}.gz").exists()


def test_browsers_may_keep_files_for_ever_and_get_them_compressed(vendor_site: Site) -> None:
    answer = Client().get(asset("app.css"), headers={"Accept-Encoding": "br"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "br"
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer.close()


def test_a_first_visit_and_a_later_one_stay_within_their_limits(vendor_site: Site) -> None:
    html = len(brotli.compress(Client().get("/sign-in/").content))
    assert sum(map(compressed, LOADED)) + html < FIRST_VISIT
    assert html < LATER_VISIT


def test_the_licences_of_what_is_bundled_go_with_it() -> None:
    text = (STATIC / assets()["licences.txt"]).read_text()
    bundled = re.findall(r"^## (\S+) [\d.]+ \((\S+)\)$", text, flags=re.M)
    assert bundled == [
        ("@tabler/core", "MIT"),
        ("@tabler/icons", "MIT"),
        ("echarts", "Apache-2.0"),
        ("htmx.org", "BSD-0-Clause"),
        ("tslib", "0BSD"),
        ("zrender", "BSD-3-Clause"),
    ]


def test_styles_and_icons_ask_for_nothing_elsewhere() -> None:
    for name in ("app.css", "icons.svg", "logo.svg"):
        text = (STATIC / assets()[name]).read_text()
        asked = re.findall(r"(?:url\(|@import|href=)\s*[\"']?([^\"')]*)", text)
        assert [address for address in asked if not address.startswith("data:")] == []


def test_no_script_needs_what_the_content_security_policy_forbids() -> None:
    for path in (FRONTEND / "src").rglob("*.js"):
        assert not re.search(r"\beval\(|new Function|innerHTML\s*=", path.read_text()), path


def test_no_template_has_an_inline_script_or_style() -> None:
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\s(?:style|on\w+|hx-on[^=]*)=")
    found = {
        path.name: inline.findall(path.read_text())
        for path in (WEB / "templates").rglob("*.html")
        if inline.search(path.read_text())
    }
    assert found == {}


def named_icons() -> set[str]:
    """Icons that templates and views name."""
    templates = "".join(x.read_text() for x in (WEB / "templates").rglob("*.html"))
    written = set(re.findall(r'{% icon "([^"]+)"', templates))
    written |= set(re.findall(r'\bicon="([^"]+)"', templates))
    code = "".join(path.read_text() for path in WEB.rglob("*.py"))
    written |= set(re.findall(r'\bicon(?:\(|=)"([\w-]+)"', code))
    components = {*STATE_ICONS.values(), *PRIORITY_ICONS.values(), *(icon for *_, icon in NAV)}
    return written | components


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = (STATIC / assets()["icons.svg"]).read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    assert named_icons() - there == set(), "add it to ICONS in frontend/build.mjs"


def test_the_lock_file_names_no_registry_and_pins_every_package() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources of the assets, beside packages that are installed already."""
    skip = shutil.ignore_patterns("node_modules")
    shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=skip)
    if (FRONTEND / "node_modules").exists():
        (tmp_path / "frontend/node_modules").symlink_to(FRONTEND / "node_modules")
    return tmp_path / "frontend"


@pytest.mark.slow
def test_assets_are_built_again_only_when_their_sources_have_changed(
    copy: Path, tmp_path: Path
) -> None:
    out = tmp_path / "static"

    def build() -> dict[str, str]:
        hatch_build.build_assets(copy, out)
        return dict(json.loads((out / "manifest.json").read_text()))

    first = build()
    built = (out / "manifest.json").stat().st_mtime_ns
    assert build() == first
    assert (out / "manifest.json").stat().st_mtime_ns == built

    (copy / "src/pages/new.scss").write_text(".brand-new { color: red; }")
    second = build()
    assert ".brand-new{color:red}" in (out / second["app.css"]).read_text()
    assert {name for name in first if first[name] != second[name]} == {"app.css"}
    assert not (out / first["app.css"]).exists()

    (out / second["app.js"]).unlink()
    assert not hatch_build._complete(out)


def test_without_assets_a_page_says_what_to_run(
    vendor_site: Site, settings: Settings, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path
    html = Client().get("/sign-in/").content.decode()
    assert "uv sync --reinstall-package banso" in html
    assert 'href=""' not in html
