"""A year of synthetic usage in the store's layout: bucket=NNN/month=YYYY-MM, by account and time.

Accounts are of very different size (log-normal), users have habits, weekends are quiet, features
follow a power law. Everything follows from hashes of row numbers: no seed, always the same.
"""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb

BUCKETS = 32
DAYS = 365
FIRST = date(2025, 11, 1)
FEATURES = 40
EVENTS_PER_USER = 585  # what the habits below come to in a year

_WORLD = """
create macro u(a, b) as
  (((hash(a::bigint * 1000003 + b) >> 11)::double + 0.5) / 9007199254740992.0);
create macro normal(a, b) as sqrt(-2 * ln(u(a, b))) * cos(6.283185307179586 * u(a, b + 500));
create table accounts as
  with sized as (
    select i::int as account, exp(1.25 * normal(i, 1)) as weight from range(1, {accounts} + 1) t(i))
  select account, greatest(1, round(weight * {users} / sum(weight) over ()))::int as users
  from sized;
create table users as
  with numbered as (
    select account, k, account::bigint * 7919 + k as id from accounts, range(users) t(k))
  select (row_number() over (order by account, k))::int as "user", account,
    account % {buckets} as bucket,
    case when k < 3 then 0 else (u(id, 11) * u(id, 12) * 200)::int end as first,
    case when u(id, 13) < .3 then 30 + (u(id, 14) * 400)::int else 9999 end as stop,
    power(u(id, 15), 1.6) * 0.9 as habit
  from numbered;
"""

_MONTH = """
copy (
  with active as (
    select account, bucket, d::int as d, "user"::bigint * 400 + d as id, "user"
    from users, range({first}, {stop}) t(d)
    where d >= first and d < stop
      and u(id, 21) < habit * (case when d % 7 >= 5 then .25 else 1.25 end) * 1.4),
  events as (
    select *, id * 64 + unnest(range((1 + floor(-ln(u(id, 22)) * 4.0))::int)) as one from active)
  select account, "user", floor({features} * power(u(one, 23), 2.2))::int as action,
    (timestamptz '{day0} 00:00:00+00' + to_microseconds(
      d::bigint * 86400000000 + (u(one, 24) * 86399999999)::bigint)) as "time",
    bucket
  from events order by bucket, account, "time"
) to '{folder}' (format parquet, compression zstd, partition_by (bucket),
  filename_pattern 'part', row_group_size 32768)
"""


def generate(*, folder: Path, events: int, accounts: int) -> None:
    """Write about `events` events of `accounts` accounts, unless they are there already."""
    if (folder / "complete").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    connection = duckdb.connect()
    connection.execute(
        "set timezone = 'UTC'; set preserve_insertion_order = true; set enable_progress_bar = false"
    )
    users = max(accounts, events // EVENTS_PER_USER)
    world = _WORLD.format(accounts=accounts, users=users, buckets=BUCKETS)
    for statement in world.split(";\n"):
        connection.execute(statement)
    for name, first, stop in _months():
        staged = folder / "staged"
        staged.mkdir(parents=True, exist_ok=True)
        connection.execute(
            _MONTH.format(first=first, stop=stop, features=FEATURES, day0=FIRST, folder=staged)
        )
        for part in sorted(staged.glob("bucket=*")):
            bucket = int(part.name.partition("=")[2])
            target = folder / f"bucket={bucket:03d}" / f"month={name}"
            target.mkdir(parents=True)
            next(part.iterdir()).rename(target / "0.parquet")
        shutil.rmtree(staged)
    (folder / "complete").touch()


def _months() -> Iterator[tuple[str, int, int]]:
    """Name, first day index and stop of each calendar month of the year."""
    days = [(FIRST + timedelta(days=i)).strftime("%Y-%m") for i in range(DAYS)]
    for name in sorted(set(days)):
        first = days.index(name)
        yield name, first, first + days.count(name)
