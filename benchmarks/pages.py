"""How long the server takes for each page, and how much it sends, at 100,000 accounts.

Bounds: 95 of 100 requests of a list under 50 ms, of any page under 100 ms (from the request's last
byte to the answer's, over the loopback, one request at a time, one server process); a first visit
under 400 KB with all its assets, later ones under 20 KB; as many queries for many rows as for few.
Exits with 1 where one is missed.

    ./run bench pages [--accounts 100000] [--events 10000000] [--requests 60]
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep

from large_vendor import AS_OF, build

from banso.cli.session import open_session  # before Django's models

# isort: split
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from banso.desk.models import Account, Member, Reach, Role, Run, Standing
from banso.pipeline.home import secret_key

PORT = 8219
HOST = "127.0.0.1"
LIST_MS, PAGE_MS = 50.0, 100.0
WARMED = 50
"""So many requests go before those that are measured: what all accounts make up is computed at the
first visit after a run, and each thread of the server opens a connection to PostgreSQL. The
slowest of them is printed as `cold`."""
FIRST_BYTES, LATER_BYTES = 400_000, 20_000
ASSET = re.compile(rb'(?:href|src)="(/static/[^"#]+)')
KEEP = {"Accept-Encoding": "br, gzip", "Accept-Language": "ja"}


@dataclass(frozen=True)
class Route:
    """A kind of page and the addresses of it that are asked in turn."""

    name: str
    bound: float
    paths: Sequence[str]


def routes() -> list[Route]:
    ids = list(Account.objects.order_by("id").values_list("id", flat=True))
    some = ids[:: max(len(ids) // 97, 1)]
    run = Run.objects.first()
    metrics = run.metrics if run else []
    journey = Standing.objects.exclude(journey="").values_list("journey", flat=True)[0]

    def each(path: str) -> list[str]:
        return [path.format(account=account) for account in some]

    past = AS_OF.replace(day=1)
    return [
        *lists(journey),
        Route("board", PAGE_MS, ["/board/", f"/board/?journey={journey}"]),
        Route("account", PAGE_MS, each("/accounts/{account}/")),
        Route("account: a past day", PAGE_MS, each(f"/accounts/{{account}}/?as_of={past}")),
        Route("account: metrics", PAGE_MS, each("/accounts/{account}/metrics/")),
        Route(
            "account: a chart", PAGE_MS, each(f"/accounts/{{account}}/metrics/?metric={metrics[5]}")
        ),
        Route("account: users", PAGE_MS, each("/accounts/{account}/users/")),
        Route("account: contracts", PAGE_MS, each("/accounts/{account}/contracts/")),
        Route("account: timeline", PAGE_MS, each("/accounts/{account}/timeline/")),
        Route("account: compare", PAGE_MS, each("/accounts/{account}/compare/")),
        Route("why", PAGE_MS, each("/accounts/{account}/why/facts_28d/")),
        Route("why: facts", PAGE_MS, each("/accounts/{account}/why/facts_28d/facts/")),
        Route(
            "value",
            PAGE_MS,
            [f"/value/?by={x}" for x in ("rule", "play", "owner", "segment", "month")],
        ),
        Route("value: review", PAGE_MS, ["/value/review/"]),
        Route("data", PAGE_MS, ["/data/"]),
        Route("data: ledger", PAGE_MS, ["/data/ledger/"]),
        Route("definitions", PAGE_MS, ["/definitions/"]),
        Route("metric", PAGE_MS, [f"/definitions/metrics/{x}/" for x in metrics]),
        Route("journey", PAGE_MS, [f"/definitions/journeys/{journey}/"]),
        Route("rule", PAGE_MS, [f"/definitions/rules/overdue_{journey}/"]),
    ]


def lists(journey: str) -> list[Route]:
    sorts = ("urgency", "name", "-score", "arr", "-arr", "ends_on", "-trend", "days_in_stage")
    colours = ("at_risk", "watch", "healthy")
    searches = ("東京", "商事", "第4711", "A0047", "銀行株")
    wishes = ("", "?priority=medium", f"?journey={journey}", f"?rule=overdue_{journey}")
    return [
        Route("today", LIST_MS, [f"/{wish}" for wish in wishes]),
        Route("accounts", LIST_MS, [f"/accounts/?sort={sort}" for sort in sorts]),
        Route("accounts: search", LIST_MS, [f"/accounts/?q={quoted(x)}" for x in searches]),
        Route(
            "accounts: filters",
            LIST_MS,
            [f"/accounts/?journey={journey}&colour={x}" for x in colours],
        ),
    ]


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@contextmanager
def server() -> Iterator[None]:
    banso = Path(sys.executable).parent / "banso"
    log = Path(os.environ["BANSO_HOME"]).parent / "server.log"
    with log.open("w") as file:
        process = subprocess.Popen([banso, "serve", "--port", str(PORT)], stdout=file, stderr=file)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def ask(wire: HTTPConnection, path: str, cookie: str) -> tuple[float, int, bytes]:
    """Milliseconds, bytes sent, and the body as it was sent."""
    began = perf_counter()
    wire.request("GET", path, headers={**KEEP, "Cookie": cookie})
    answer = wire.getresponse()
    body = answer.read()
    taken = (perf_counter() - began) * 1000
    if answer.status != 200:
        sys.exit(f"{path} answered {answer.status}")
    return taken, len(body) + len(str(answer.headers)), body


def until_up(cookie: str) -> HTTPConnection:
    for _ in range(300):
        try:
            wire = HTTPConnection(HOST, PORT, timeout=60)
            ask(wire, "/", cookie)
        except OSError:
            sleep(0.2)
        else:
            return wire
    sys.exit("the server did not come up: see server.log")


def first_visit(wire: HTTPConnection, cookie: str, path: str) -> int:
    """Bytes of a page and all that it loads, nothing cached."""
    _, total, _ = ask(wire, path, cookie)
    wire.request("GET", path, headers={"Cookie": cookie})  # not compressed, to be read
    page = wire.getresponse().read()
    return total + sum(ask(wire, x.decode(), cookie)[1] for x in sorted(set(ASSET.findall(page))))


def pace() -> float:
    """Milliseconds for a million additions in Python: how fast this machine is just now."""
    began = perf_counter()
    sum(n + 1 for n in range(1_000_000))
    return (perf_counter() - began) * 1000


def figure(name: str, value: float, bound: float, form: str) -> str:
    missed = " MISSED" if value > bound else ""
    return f"{name}={value:{form}} (at most {bound:{form}}){missed}"


def queries(client: Client, path: str) -> int:
    client.get(path)  # the first visit opens the home
    with CaptureQueriesContext(connection) as found:
        client.get(path)
    return len(found)


def measure(asked: Sequence[Route], requests: int, client: Client, cookie: str) -> bool:
    """Print a line for each route; whether all bounds held."""
    worst, fine = 0.0, True
    wire = until_up(cookie)
    print(f"{'':24}{'cold':>8}{'p50':>8}{'p95':>8}  {'bound':>6}{'KB':>8}{'queries':>9}")
    for route in asked:
        before = [route.paths[n % len(route.paths)] for n in range(WARMED)]
        cold = max(ask(wire, path, cookie)[0] for path in before)
        paths = [route.paths[n % len(route.paths)] for n in range(requests)]
        found = [ask(wire, path, cookie) for path in paths]
        times = [taken for taken, _, _ in found]
        p95, most = quantiles(times, n=20)[-1], max(size for _, size, _ in found)
        missed = p95 > route.bound or most > LATER_BYTES
        fine &= not missed
        worst = max(worst, p95 / route.bound)
        count = queries(client, route.paths[0])
        print(
            f"{route.name:24}{cold:8.0f}{median(times):8.1f}{p95:8.1f}  {route.bound:6.0f}"
            f"{most / 1000:8.1f}{count:9}{'  MISSED' if missed else ''}",
            flush=True,
        )
    print(f"a million additions in Python took {pace():.0f} ms (some 40 on a fast machine)")
    visit = max(first_visit(wire, cookie, r.paths[0]) for r in asked)
    print(figure("p95_of_bound", worst, 1.0, ".2f"))
    print(figure("first_visit_kb", visit / 1000, FIRST_BYTES / 1000, ".0f"))
    few, many = queries(client, "/accounts/?q=A000001"), queries(client, "/accounts/?q=A00000")
    print(f"queries of a list of 1 row: {few}, of 9 rows: {many}")
    return fine and visit <= FIRST_BYTES and few == many


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--only", default="", help="routes whose name begins so")
    given = parser.parse_args()
    folder = Path(".banso-bench").resolve() / f"pages-{given.accounts}-{given.events}"
    build(folder, accounts=given.accounts, events=given.events)
    settings.SECRET_KEY = secret_key(open_session().home)  # the server's: sessions are signed
    member, _ = Member.objects.get_or_create(
        handle="bench", defaults={"role": Role.ADMIN, "reach": Reach.ALL, "language": "ja"}
    )
    client = Client(HTTP_HOST=HOST)
    client.force_login(member)
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={client.cookies[name].value}"
    with server():
        asked = [x for x in routes() if x.name.startswith(given.only)]
        fine = measure(asked, given.requests, client, cookie)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
