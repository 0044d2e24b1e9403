"""Polars, lazy: facts are first counted by day on a full grid of days; windows roll over it.

Distinct users can't be added up over days: a day keeps the list of its users, and `rolling` counts
the different ones of the lists in each window.
"""

from pathlib import Path

import polars as pl
import pyarrow as pa
from usage import DAYS, FIRST

from peers import FEATURE, SCHEMA, files

KEYS = ["account", "day"]
DISTINCT = {"user": "users", "action": "breadth"}


def history(folder: Path, contracts: pa.Table) -> pa.Table:
    """See peers/__init__.py."""
    events = pl.scan_parquet(files(folder), hive_partitioning=False).select(
        "account",
        "user",
        "action",
        day=(pl.col("time").dt.date() - FIRST).dt.total_days().cast(pl.Int32),
    )
    grid = _grid(contracts)
    told = _counted(events, grid)
    for of, window in (("user", 7), ("user", 28), ("user", 90), ("action", 28)):
        told = told.join(_distinct(events, of, grid, window), on=KEYS, how="left")
    told = (
        told.with_columns(
            facts_change=pl.when(pl.col("before") > 0).then(
                (pl.col("facts_7d") - pl.col("before")) / pl.col("before")
            ),
            seat_use=pl.col("users_28d") / pl.col("seats"),
        )
        .filter(pl.col("day") > 0)
        .select(pl.col(KEYS), pl.col(SCHEMA.names[2:]).cast(pl.Float64))
    )
    return told.collect(engine="streaming").to_arrow().cast(SCHEMA)


def _grid(contracts: pa.Table) -> pl.LazyFrame:
    """Every account on every day of its contract."""
    days = pl.LazyFrame({"day": pl.int_range(DAYS + 1, dtype=pl.Int32, eager=True)})
    known = pl.DataFrame(contracts).lazy()
    return known.join(days, how="cross").filter(pl.col("day").is_between("start", "stop"))


def _counted(events: pl.LazyFrame, grid: pl.LazyFrame) -> pl.LazyFrame:
    """What can be told from the counts of each day; as of a day means before it."""
    daily = events.group_by(KEYS).agg(
        facts=pl.len().cast(pl.Int64), reached=(pl.col("action") == FEATURE).any()
    )
    facts = pl.col("facts").fill_null(0)
    active = pl.col("facts").is_not_null()
    own = (
        grid.join(daily, on=KEYS, how="left")
        .sort(KEYS)
        .with_columns(
            facts_7d=_sum_before(facts, 7),
            facts_28d=_sum_before(facts, 28),
            active_days_28d=_sum_before(active.cast(pl.Int64), 28),
            since_last=pl.col("day") - _before(pl.when(active).then("day").forward_fill()),
            to_value=_before(pl.when("reached").then("day").cum_min().forward_fill())
            - pl.col("start"),
        )
    )
    return own.with_columns(before=pl.col("facts_7d").shift(7).over("account"))


def _before(running: pl.Expr) -> pl.Expr:
    """A running number of the account, as it stood at the end of the day before."""
    return running.shift(1).over("account")


def _sum_before(daily: pl.Expr, days: int) -> pl.Expr:
    return _before(daily.rolling_sum(days, min_samples=1)).fill_null(0)


def _distinct(events: pl.LazyFrame, of: str, grid: pl.LazyFrame, window: int) -> pl.LazyFrame:
    """How many different `of` the account had in the window, for every row of the grid."""
    seen = events.group_by(KEYS).agg(pl.col(of).unique())
    return (
        grid.select(KEYS)
        .join(seen, on=KEYS, how="left")
        .sort(KEYS)
        .rolling("day", period=f"{window}i", closed="left", group_by="account")
        .agg(pl.col(of).explode().drop_nulls().n_unique().alias(f"{DISTINCT[of]}_{window}d"))
    )
