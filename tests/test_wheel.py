"""The wheel: built, installed into an empty environment, started."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")

pytestmark = pytest.mark.timeout(300)


def run(*words: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def test_the_wheel_installs_into_an_empty_environment_and_starts(tmp_path: Path) -> None:
    """With what it declares and nothing else: a forgotten dependency shows here."""
    run(UV, "build", "--wheel", "--out-dir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("banso-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(UV, "pip", "install", "--python", python, wheel, cwd=tmp_path)
    banso = tmp_path / "venv" / "bin" / "banso"

    assert run(banso, "--version", cwd=tmp_path).startswith("banso ")
    run(banso, "init", cwd=tmp_path)
    assert "no mistakes" in run(banso, "check", "definitions", cwd=tmp_path)
    example = "from banso.cli.demo import example_folder; print(example_folder())"
    folder = Path(run(python, "-c", example, cwd=tmp_path).strip())
    assert folder == next(tmp_path.glob("venv/lib/python3*/site-packages/banso/examples/kaede"))
    assert (folder / "definitions" / "rules.yaml").exists()
