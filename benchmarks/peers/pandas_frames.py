"""pandas: one folder of files after the other, days down and accounts (or users) across.

A user was seen in a window where the rolling maximum of its days says so; accounts add their users.
"""

from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
from usage import BUCKETS, DAYS, FIRST

from peers import FEATURE, METRICS, SCHEMA


def history(folder: Path, contracts: pa.Table) -> pa.Table:
    """See peers/__init__.py."""
    known = contracts.to_pandas().set_index("account")
    parts = [
        _bucket(
            pd.read_parquet(
                sorted(folder.glob(f"bucket={bucket:03d}/*/*.parquet")),
                columns=["account", "user", "action", "time"],
                partitioning=None,
            ),
            known[known.index % BUCKETS == bucket],
        )
        for bucket in range(BUCKETS)
    ]
    return pa.concat_tables(parts)


def _bucket(events: pd.DataFrame, contracts: pd.DataFrame) -> pa.Table:
    start = pd.Timestamp(FIRST, tz="UTC")
    events["day"] = (events["time"] - start).dt.days.astype("int32")
    daily = _by_day(events, ["account"]).reindex(columns=contracts.index, fill_value=0)
    facts_7d = _window(daily, 7).sum()
    users, features = (_by_day(events, ["account", of]) > 0 for of in ("user", "action"))
    users_28d = _distinct(users, 28, contracts)
    seats = _seats(daily, contracts)
    before = facts_7d.shift(7)
    told = {
        "seats": seats,
        "users_7d": _distinct(users, 7, contracts),
        "users_28d": users_28d,
        "users_90d": _distinct(users, 90, contracts),
        "facts_7d": facts_7d,
        "facts_28d": _window(daily, 28).sum(),
        "active_days_28d": _window(daily > 0, 28).sum(),
        "breadth_28d": _distinct(features, 28, contracts),
        "since_last": _since_last(daily),
        "to_value": _to_value(events, daily, contracts),
        "facts_change": (facts_7d - before) / before.where(before > 0),
        "seat_use": users_28d / seats,
    }
    return _long(told)


def _by_day(events: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Facts by day (down, every day) and `by` (across)."""
    counted = events.groupby([*by, "day"]).size().unstack(by, fill_value=0)
    return counted.reindex(range(DAYS), fill_value=0)


def _window(frame: pd.DataFrame, days: int) -> "pd.api.typing.Rolling":
    """Row i is the window that ends with day i: as of day i + 1."""
    return frame.rolling(days, min_periods=1)


def _distinct(active: pd.DataFrame, days: int, contracts: pd.DataFrame) -> pd.DataFrame:
    """active: days down, pairs of an account and a user (or action) across."""
    seen = _window(active, days).max()
    found = seen.T.groupby(level="account").sum().T
    return found.reindex(columns=contracts.index, fill_value=0)


def _seats(daily: pd.DataFrame, contracts: pd.DataFrame) -> pd.DataFrame:
    """Seats of the contract in force as of the day after each row."""
    as_of = daily.index.to_numpy()[:, None] + 1
    in_force = (contracts["start"].to_numpy() <= as_of) & (as_of <= contracts["stop"].to_numpy())
    seats = pd.DataFrame(index=daily.index, columns=contracts.index, dtype="float64")
    seats.loc[:] = contracts["seats"].to_numpy()
    return seats.where(in_force)


def _since_last(daily: pd.DataFrame) -> pd.DataFrame:
    days = pd.DataFrame(dict.fromkeys(daily.columns, daily.index), index=daily.index)
    return days + 1 - days.where(daily > 0).ffill()


def _to_value(events: pd.DataFrame, daily: pd.DataFrame, contracts: pd.DataFrame) -> pd.DataFrame:
    reached = events[events["action"] == FEATURE].groupby("account")["day"].min()
    first = reached.reindex(contracts.index).to_numpy()
    told = pd.DataFrame(index=daily.index, columns=contracts.index, dtype="float64")
    told.loc[:] = first - contracts["start"].to_numpy()
    return told.where(daily.index.to_numpy()[:, None] >= first)


def _long(told: dict[str, pd.DataFrame]) -> pa.Table:
    """One row for every account and as_of day."""
    grid = told["seats"].T.stack(future_stack=True).index
    columns = {
        "account": grid.get_level_values(0),
        "day": grid.get_level_values(1) + 1,
        **{name: told[name].to_numpy(dtype="float64").T.ravel() for name in METRICS},
    }
    return pa.Table.from_pandas(pd.DataFrame(columns), schema=SCHEMA, preserve_index=False)
