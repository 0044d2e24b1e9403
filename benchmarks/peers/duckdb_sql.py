"""DuckDB: facts are first counted by day; windows run over those days.

Distinct users can't be added up over days, so each day of a user is spread over the as_of days that
see it (a range join, written as unnest, which is the faster form). One pass serves all windows: the
user's latest day tells which of them it lies in.
"""

from pathlib import Path

import duckdb
import pyarrow as pa
from usage import DAYS, FIRST

from peers import FEATURE, METRICS, SCHEMA, THREADS

_DAILY = """
create temp view events as
  select account, "user", action, date_diff('day', date '{first}', time::date)::int as day
  from read_parquet('{folder}/bucket=*/month=*/*.parquet', hive_partitioning = false);
create temp table daily as
  select account, day, count(*) as facts, bool_or(action = {feature}) as reached
  from events group by all;
create temp table spine as
  select account, d::int as day, start, seats from contracts, range({days} + 1) t(d)
  where d between start and stop;
"""

_DISTINCT = """
create temp table by_users as
  with seen as (
    select account, "user", day, unnest(range(day + 1, least(day + 90, {days}) + 1)) as as_of
    from (select distinct account, "user", day from events)),
  latest as (
    select account, as_of, as_of - max(day) as age from seen group by account, as_of, "user")
  select account, as_of as day, count(*) filter (where age <= 7) as users_7d,
    count(*) filter (where age <= 28) as users_28d, count(*) as users_90d
  from latest group by all;
create temp table by_features as
  with seen as (
    select account, action, unnest(range(day + 1, least(day + 28, {days}) + 1)) as as_of
    from (select distinct account, action, day from events))
  select account, as_of as day, count(distinct action) as breadth_28d from seen group by all;
"""

_HISTORY = """
with counted as (
  select s.account, s.day, s.seats,
    coalesce(sum(facts) over (own rows between 7 preceding and 1 preceding), 0) as facts_7d,
    coalesce(sum(facts) over (own rows between 28 preceding and 1 preceding), 0) as facts_28d,
    count(facts) over (own rows between 28 preceding and 1 preceding) as active_days_28d,
    s.day - max(d.day) over (own rows between unbounded preceding and 1 preceding) as since_last,
    min(d.day) filter (where reached)
      over (own rows between unbounded preceding and 1 preceding) - s.start as to_value
  from spine s left join daily d using (account, day)
  window own as (partition by s.account order by s.day)),
joined as (
  select * replace (
    coalesce(users_7d, 0) as users_7d, coalesce(users_28d, 0) as users_28d,
    coalesce(users_90d, 0) as users_90d, coalesce(breadth_28d, 0) as breadth_28d),
    lag(facts_7d, 7) over (partition by account order by day) as before
  from counted left join by_users using (account, day) left join by_features using (account, day))
select account, day, {columns}
from (select *, (facts_7d - before) / nullif(before, 0)::double as facts_change,
        users_28d / nullif(seats, 0) as seat_use from joined)
where day > 0
"""


def history(folder: Path, contracts: pa.Table) -> pa.Table:
    """See peers/__init__.py."""
    return told(folder, contracts, distinct=_DISTINCT)


def told(folder: Path, contracts: pa.Table, *, distinct: str) -> pa.Table:
    """distinct: SQL that makes by_users and by_features, both by account and (as_of) day."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'; set preserve_insertion_order = false")
        connection.execute(f"set threads = {THREADS}")
        connection.register("contracts", contracts)
        given = {"folder": folder, "first": FIRST, "feature": FEATURE, "days": DAYS}
        for statement in (_DAILY + distinct).format(**given).strip().split(";\n"):
            connection.execute(statement)
        columns = ", ".join(f"{name}::double as {name}" for name in METRICS)
        return connection.sql(_HISTORY.format(columns=columns)).to_arrow_table().cast(SCHEMA)
