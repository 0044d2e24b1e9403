"""The same history by tools that people would use instead of Banso: one module a tool.

Each has `history(folder, contracts) -> pa.Table` of SCHEMA: one row for every account and as_of
day 1 .. DAYS, in any order, with the first 12 metrics of history.py. As of day i a window of w days
holds the facts of the days i - w .. i - 1. A cell is null where there is nothing to tell: no fact
yet, or nothing before to compare with.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
from usage import DAYS

COUNTS = (
    "seats",
    "users_7d",
    "users_28d",
    "users_90d",
    "facts_7d",
    "facts_28d",
    "active_days_28d",
    "breadth_28d",
    "since_last",
    "to_value",
)
RATIOS = ("facts_change", "seat_use")
METRICS = (*COUNTS, *RATIOS)
THREADS = 2  # of each tool, as of Banso
FEATURE = 20  # the action whose first use `to_value` waits for
SCHEMA = pa.schema(
    [("account", pa.int32()), ("day", pa.int32()), *((name, pa.float64()) for name in METRICS)]
)


def contracts_of(accounts: int) -> pa.Table:
    """One contract an account, in force on the days start .. stop: what history.py has."""
    return pa.table(
        {
            "account": np.arange(1, accounts + 1, dtype=np.int32),
            "start": np.zeros(accounts, np.int32),
            "stop": np.full(accounts, DAYS, np.int32),
            "seats": np.full(accounts, 10.0),
        }
    )


def files(folder: Path) -> list[Path]:
    """The Parquet files of usage.py."""
    return sorted(folder.glob("bucket=*/month=*/*.parquet"))
