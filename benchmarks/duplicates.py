"""What it costs to know a fact again, with many stored ones behind it.

Batches as the collector takes them (20,000 facts) are judged in three ways, in one run: against the
index of all keys; against the segments within a day of their time, as Banso did before (which
misses what lies further off); against the key columns of all segments. The batches are half
new, half known. The first two must agree where both look.

Bound: the index takes at most a tenth of the time of reading all key columns. Exits with 1 where
it is missed.

    ./run bench duplicates [--events 10000000] [--rounds 5]
"""

import argparse
import shutil
import sys
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from time import process_time

import numpy as np
import pyarrow as pa
from peak import Peak

from banso.store import Store
from banso.store.hashing import Keys
from banso.store.key_index import StoredKeys
from banso.store.manifest import segments_of
from banso.store.segments import Segment, opened
from banso.store.server import embedded_url, stop

BATCH = 20_000
BOUND = 0.1
DAY = 86_400_000_000
NOON = 1_780_000_000_000_000
PART = 1_000_000


def fill(store: Store, events: int) -> None:
    """A year of facts, in the order of their times."""
    for start in range(0, events, PART):
        number = np.arange(start, min(start + PART, events))
        table = pa.table(
            {
                "account": pa.array(number % 2_000).cast(pa.string()),
                "user": pa.array(number % 20_000).cast(pa.string()),
                "event": pa.array(["login"] * len(number)),
                "time": NOON + number * (365 * DAY // events),
                "message_id": pa.array(number).cast(pa.string()),
            }
        )
        store.append(table, source="app", dataset="events", origin="bench")


def by_reading(keys: Keys, segments: list[Segment], store: Store) -> int:
    """How many stored facts have one of these low words."""
    wanted, found = np.sort(keys.lo), 0
    for segment in segments:
        with opened(segment, place=store.place) as file:
            for group in range(file.num_row_groups):
                low = file.read_row_group(group, columns=["key_lo"]).column(0).to_numpy()
                at = np.searchsorted(wanted, low)
                at[at == len(wanted)] = 0
                found += int((wanted[at] == low).sum())
    return found


def known(store: Store, segment: Segment) -> Keys:
    with opened(segment, place=store.place) as file:
        table = file.read(columns=["key_lo", "key_hi", "content"]).slice(0, BATCH // 2)
    lo, hi, content = (table.column(x).to_numpy() for x in table.column_names)
    return Keys(hi=hi, lo=lo, content=content)


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--events", type=int, default=10_000_000)
    asked.add_argument("--rounds", type=int, default=5)
    told = asked.parse_args()
    home = Path(mkdtemp(prefix="banso-duplicates-")).resolve()
    try:
        store = Store(home, embedded_url(home))
        store.migrate()
        fill(store, told.events)
        return measure(store, told.rounds)
    finally:
        stop(home)
        shutil.rmtree(home, ignore_errors=True)


def measure(store: Store, rounds: int) -> int:
    with store.connection() as connection:
        segments = list(segments_of(connection))
    index = StoredKeys(store.home / "keys")
    random = np.random.default_rng(0)
    cost: dict[str, list[float]] = {"index": [], "near": [], "all": []}
    for turn in range(rounds):
        again = known(store, segments[turn % len(segments)])
        new = random.integers(0, 1 << 63, BATCH - len(again.lo), np.int64).astype(np.uint64)
        keys = Keys(lo=np.append(again.lo, new), hi=np.append(again.hi, new), content=new)
        time = segments[turn % len(segments)].min_time
        near = [x for x in segments if x.min_time <= time + DAY and x.max_time >= time - DAY]
        counts = []
        for name, work in (
            ("index", lambda k=keys: len(index.find(k, segments=segments, place=store.place).lo)),
            ("near", lambda k=keys, n=near: by_reading(k, n, store)),
            ("all", lambda k=keys: by_reading(k, segments, store)),
        ):
            start = process_time()
            counts.append(work())
            cost[name].append((process_time() - start) / BATCH * 1e6)
        if counts[0] != counts[2]:
            print(f"the index finds {counts[0]} of {counts[2]}")
            return 1
    size = sum(x.stat().st_size for x in (store.home / "keys").glob("*.keys"))
    facts = sum(x.rows for x in segments)
    for name, each in cost.items():
        print(f"{name}_us_per_event={median(each):.2f}")
    print(f"index_bytes_per_fact={size / facts:.1f}")
    ratio = median(cost["index"]) / median(cost["all"])
    print(f"index_of_all={ratio:.4f} (at most {BOUND}){'' if ratio <= BOUND else ' MISSED'}")
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    with Peak() as peak:
        status = main()
    print(f"peak_gib={peak.gibibytes:.2f}")
    sys.exit(status)
