"""Every command loads by itself all that it needs, whatever another one would have loaded."""

import subprocess
import sys

import pytest

from banso.cli.app import COMMANDS

MODULES = sorted({module for module, _ in COMMANDS.values()})
EACH_ALONE = """
import importlib, os, sys
import django.contrib.postgres.fields, django.core.management, django.db.migrations.executor
import django.urls, django.views.debug, django.views.generic, babel.dates, charset_normalizer
import cryptography.fernet, cryptography.hazmat.primitives.kdf.hkdf, duckdb, httpx, jwt, numpy
import orjson, procrastinate, prometheus_client, psutil, psycopg, psycopg_pool, python_calamine
import rich.console, rich.markup, rich.progress, rich.table, ruamel.yaml, slack_sdk, sqlglot
import standardwebhooks, typer
import pydantic; type("Any", (pydantic.BaseModel,), {}); pydantic.TypeAdapter(int)
import pyarrow; pyarrow.array([])  # what is not Banso's, and what that loads in turn
for module in sys.argv[1:]:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        importlib.import_module(f"banso.cli.{module}")
        print(module, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.slow
def test_each_command_loads_all_that_it_needs() -> None:
    """As in a process of its own, but for what is not Banso's: that is loaded once."""
    done = subprocess.run(
        [sys.executable, "-c", EACH_ALONE, *MODULES], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout.split()) == ("", MODULES)
