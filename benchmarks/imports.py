"""How fast a large CSV file of events is imported, and in how much memory.

Bound: the peak memory of the importing process stays under 1 GiB for 10 million rows, whatever
the size of the file. Floor: the same file read line by line and split at commas, nothing else.

    ./run bench imports [--rows 10000000]
"""

import argparse
import os
import random
import resource
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

from banso.store import Store
from banso.store.server import embedded_url, stop

GIBIBYTE = 1 << 30
FOLDER = Path(".banso-bench").resolve()
NOW = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000
PARTS = 1_000  # rows that are written at once


def write_log(path: Path, rows: int) -> None:
    """A year of events of 5,000 accounts, in no order of time, one row in 1,000 without account."""
    dice = random.Random(7)
    start = datetime(2025, 10, 1)  # noqa: DTZ001 the file says wall-clock times, as exports do
    events = ("login", "report_viewed", "export", "invite", "search")
    with path.open("w", encoding="utf-8") as file:
        file.write("会社ID,ユーザーID,操作,日時,機能,件数,部署\n")
        for done in range(0, rows, PARTS):
            for number in range(done, min(done + PARTS, rows)):
                account = f"c{dice.randrange(5_000):05d}" if number % 1_000 else ""
                moment = start + timedelta(seconds=dice.randrange(365 * 86_400))
                file.write(
                    f"{account},u{dice.randrange(100_000)},{dice.choice(events)},{moment},"
                    f"f{dice.randrange(40)},{dice.randrange(1, 500)},営業{dice.randrange(9)}部\n"
                )


@contextmanager
def timed(name: str, rows: int) -> Iterator[None]:
    began = perf_counter()
    yield
    seconds = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIBIBYTE
    print(f"{name:28} {seconds:7.1f} s  {rows / seconds:12,.0f} rows/s  peak {peak:.2f} GiB")


def floor(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        for line in file:
            line.split(",")


def run(path: Path, home: Path, rows: int) -> None:
    # after Django is ready: the desk's models are imported with the pipeline
    from banso.pipeline.collect import (  # noqa: PLC0415
        FactImport,
        MappedFile,
        given_map,
        import_facts,
        open_file,
        zone,
    )
    from banso.pipeline.collect.fields import Kind  # noqa: PLC0415

    store = Store(home, embedded_url(home))
    store.migrate()
    maps = ["account=会社ID", "user=ユーザーID", "event=操作", "timestamp=日時", "feature=機能"]
    for name, dry_run in (("read and checked (dry run)", True), ("imported", False)):
        with timed(name, rows):
            report = import_facts(
                [MappedFile(open_file(path), given_map(Kind.EVENTS, maps=maps))],
                options=FactImport("events", NOW, zone("Asia/Tokyo"), dry_run=dry_run),
                store=store,
                home=home,
                ensure_accounts=set,
            )
    with timed("imported again", rows):
        again = import_facts(
            [MappedFile(open_file(path), given_map(Kind.EVENTS, maps=maps))],
            options=FactImport("events", NOW, zone("Asia/Tokyo")),
            store=store,
            home=home,
            ensure_accounts=set,
        )
    print(report.ledger, again.ledger, sep="\n")
    bad = -(-rows // 1_000)
    assert report.ledger.received == again.ledger.received == rows
    assert (report.ledger.quarantined, again.ledger.quarantined) == (bad, bad)
    assert again.ledger.stored == 0


def hold_memory() -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"rss_gib={peak / GIBIBYTE:.2f} (at most 1){' MISSED' if peak > GIBIBYTE else ''}")
    if peak > GIBIBYTE:
        sys.exit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    rows: int = parser.parse_args().rows
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"imports-{rows}.csv"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.project.settings")
    import django  # noqa: PLC0415 the settings must be named first

    django.setup()
    if not path.exists():
        write_log(path, rows)
    with timed("floor: lines split at commas", rows):
        floor(path)
    home = Path(mkdtemp(prefix="imports-", dir=FOLDER))
    try:
        run(path, home, rows)
        hold_memory()
    finally:
        stop(home)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
