"""DuckDB as a calculator: in memory, over tables handed to it, with no way to a file or a net."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

CONFIG = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def connect(**tables: pa.Table) -> duckdb.DuckDBPyConnection:
    """A fresh database that sees just these tables, its settings locked."""
    connection = duckdb.connect(":memory:", config=dict(CONFIG))
    # a name that is no table of ours must not find a variable of some Python caller
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")
    for name, table in tables.items():
        connection.register(name, table)
    return connection


def query(text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Answer of one query over these tables."""
    with connect(**tables) as connection:
        return connection.sql(text).to_arrow_table()


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
