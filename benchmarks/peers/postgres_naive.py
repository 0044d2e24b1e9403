"""PostgreSQL as *Fighting Churn with Data* (C. Gold, 2020) does it: SQL on raw events, day by day.

A table of events with the book's four indexes; for every as_of day and metric one INSERT ... SELECT
... GROUP BY over the window into a long table of metrics; at the end that table is turned into
columns, a missing count read as 0. Metrics of metrics are joins of that table with itself. Two
departures: metric values are double precision (the book's `real` would round ratios), and the
session may use more memory than the default.
"""

import io
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from psycopg.rows import TupleRow
from usage import DAYS, FIRST

from peers import FEATURE, METRICS, SCHEMA, THREADS, files

Connection = psycopg.Connection[TupleRow]

_SCHEMA = """
SET timezone = 'UTC'; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB';
SET max_parallel_workers_per_gather = {workers};
DROP TABLE IF EXISTS event, contract, metric;
CREATE TABLE event (
  account_id integer NOT NULL, user_id integer, event_type_id integer NOT NULL,
  event_time timestamp NOT NULL);
CREATE TABLE contract (
  account_id integer NOT NULL, start_date date NOT NULL, end_date date NOT NULL,
  seats double precision NOT NULL);
CREATE TABLE metric (
  account_id integer NOT NULL, metric_time timestamp NOT NULL, metric_name_id integer NOT NULL,
  metric_value double precision);
CREATE INDEX ON metric (account_id);
CREATE UNIQUE INDEX ON metric (account_id, metric_name_id, metric_time);
CREATE INDEX ON metric (metric_time, metric_name_id);
CREATE INDEX ON metric (metric_name_id);
"""

_INDEXES = """
CREATE INDEX ON event (account_id);
CREATE INDEX ON event (account_id, event_time);
CREATE INDEX ON event (event_time);
CREATE INDEX ON event (event_type_id);
ANALYZE event; ANALYZE contract;
"""

_OVER_EVENTS = """
INSERT INTO metric
SELECT account_id, %(day)s, %(metric)s, {value}
FROM event
WHERE event_time < %(day)s AND event_time >= %(day)s::timestamp - {window} * interval '1 day'
GROUP BY account_id
"""

_METRICS = {
    "seats": """
INSERT INTO metric
SELECT account_id, %(day)s, %(metric)s, sum(seats)
FROM contract WHERE %(day)s::date BETWEEN start_date AND end_date
GROUP BY account_id
""",
    "users_7d": _OVER_EVENTS.format(value="count(DISTINCT user_id)", window=7),
    "users_28d": _OVER_EVENTS.format(value="count(DISTINCT user_id)", window=28),
    "users_90d": _OVER_EVENTS.format(value="count(DISTINCT user_id)", window=90),
    "facts_7d": _OVER_EVENTS.format(value="count(*)", window=7),
    "facts_28d": _OVER_EVENTS.format(value="count(*)", window=28),
    "active_days_28d": _OVER_EVENTS.format(value="count(DISTINCT event_time::date)", window=28),
    "breadth_28d": _OVER_EVENTS.format(value="count(DISTINCT event_type_id)", window=28),
    "since_last": """
INSERT INTO metric
SELECT account_id, %(day)s, %(metric)s, %(day)s::date - max(event_time)::date
FROM event WHERE event_time < %(day)s
GROUP BY account_id
""",
    "to_value": f"""
INSERT INTO metric
SELECT account_id, %(day)s, %(metric)s, min(event_time)::date - min(start_date)
FROM event JOIN contract USING (account_id)
WHERE event_time < %(day)s AND event_type_id = {FEATURE}
GROUP BY account_id
""",
    "facts_change": """
INSERT INTO metric
SELECT account_id, %(day)s, %(metric)s,
  (coalesce(now.metric_value, 0) - past.metric_value) / past.metric_value
FROM (SELECT * FROM metric WHERE metric_name_id = {of}
      AND metric_time = %(day)s::timestamp - interval '7 days') past
LEFT JOIN (SELECT * FROM metric WHERE metric_name_id = {of} AND metric_time = %(day)s) now
  USING (account_id)
""".format(of=METRICS.index("facts_7d")),
    "seat_use": """
INSERT INTO metric
SELECT account_id, %(day)s, %(metric)s, coalesce(num.metric_value, 0) / den.metric_value
FROM (SELECT * FROM metric WHERE metric_name_id = {by} AND metric_time = %(day)s) den
LEFT JOIN (SELECT * FROM metric WHERE metric_name_id = {of} AND metric_time = %(day)s) num
  USING (account_id)
""".format(of=METRICS.index("users_28d"), by=METRICS.index("seats")),
}
MAY_BE_MISSING = ("since_last", "to_value", "facts_change")


def history(
    folder: Path,
    contracts: pa.Table,
    *,
    address: str,
    days: Sequence[int] = range(1, DAYS + 1),
    loaded: Callable[[], None] = lambda: None,
) -> pa.Table:
    """See peers/__init__.py; only of these as_of days. loaded: called when the events are there.

    For the change since a week ago a day needs one metric of an earlier day. Where that is not
    among `days` it is computed with the loading, as the full run would have it.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_SCHEMA.format(workers=THREADS - 1))  # and the leader
        _load(connection, folder, contracts)
        for day in sorted({x - 7 for x in days if x > 7} - set(days)):
            _measure(connection, day, "facts_7d")
        loaded()
        for day in days:
            with connection.transaction():
                for metric in METRICS:
                    _measure(connection, day, metric)
        return _columns(connection, days)


def _load(connection: Connection, folder: Path, contracts: pa.Table) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY event FROM STDIN (FORMAT csv)") as copy,
    ):
        for file in files(folder):
            events = pq.ParquetFile(file).read(["account", "user", "action", "time"])
            naive = events["time"].cast(pa.timestamp("us"))
            text = io.BytesIO()
            plain = pc.WriteOptions(include_header=False)
            pc.write_csv(events.set_column(3, "time", naive), text, plain)
            copy.write(text.getbuffer())
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY contract FROM STDIN") as copy,
    ):
        for x in contracts.to_pylist():
            dates = (FIRST + timedelta(days=x[name]) for name in ("start", "stop"))
            copy.write_row((x["account"], *dates, x["seats"]))
    connection.execute(_INDEXES)


def _instant(day: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time())


def _measure(connection: Connection, day: int, metric: str) -> None:
    given = {"day": _instant(day), "metric": METRICS.index(metric)}
    connection.execute(_METRICS[metric], given)


def _columns(connection: Connection, days: Sequence[int]) -> pa.Table:
    """The long table turned into columns."""
    values = (f"max(metric_value) FILTER (WHERE metric_name_id = {i})" for i in range(len(METRICS)))
    told = (
        value if name in MAY_BE_MISSING else f"coalesce({value}, 0)"
        for name, value in zip(METRICS, values, strict=True)
    )
    wanted = ", ".join(f"'{_instant(day)}'" for day in days)
    query = (
        f"SELECT account_id, metric_time::date - date '{FIRST}', {', '.join(told)} FROM metric "
        f"WHERE metric_time IN ({wanted}) GROUP BY account_id, metric_time"
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy,
    ):
        text = io.BytesIO(b"".join(copy))
    read = pc.ReadOptions(column_names=SCHEMA.names)
    types = pc.ConvertOptions(column_types=SCHEMA)
    return pc.read_csv(text, read, convert_options=types)
