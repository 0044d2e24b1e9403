"""`banso demo`, as a newcomer types it: the right customers are found, with evidence to follow."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import TupleRow
from tests.demo import demo_home

from banso.store.server import embedded_url, stop

pytestmark = [pytest.mark.slow(50), pytest.mark.timeout(400)]

BANSO = Path(sys.executable).with_name("banso")
AS_OF = "2026-10-01"
Item = Mapping[str, object]


def call(home: Path, *words: str) -> str:
    """Standard output of a command; its errors where it failed."""
    environment = {**os.environ, "BANSO_HOME": str(home), "BANSO_LANGUAGE": "en"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [str(BANSO), *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def called(home: Path, commands: Sequence[Sequence[str]]) -> Sequence[Item]:
    """What each of these commands prints, as JSON, all in one process: starting takes longest."""
    script = (
        "import json, sys; from banso.cli.app import build; app = build();"
        "[app(words, standalone_mode=False) for words in json.load(sys.stdin)]"
    )
    return printed(home, script, json.dumps(commands))


def printed(home: Path, script: str, told: str = "") -> Sequence[Any]:
    """What a script prints as JSON, one after the other."""
    environment = {**os.environ, "BANSO_HOME": str(home), "BANSO_LANGUAGE": "en"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=told, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    reader, found, text = json.JSONDecoder(), [], done.stdout.strip()
    while text:
        item, end = reader.raw_decode(text)
        found.append(item)
        text = text[end:].strip()
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo's own home with its own embedded server."""
    folder = Path(tempfile.mkdtemp(prefix="banso-demo-"))
    home = demo_home(folder / "home", tmp_path_factory)
    yield home
    stop(home)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def today(home: Path) -> Sequence[Mapping[str, object]]:
    found: Sequence[Mapping[str, object]] = json.loads(call(home, "today", "--json"))
    return found


def test_alerts_of_at_least_six_rules_are_open(today: Sequence[Item]) -> None:
    assert len({item["rule"] for item in today}) >= 6


def test_four_of_five_stalled_champion_left_and_shortage_accounts_are_among_them(
    home: Path, today: Sequence[Item]
) -> None:
    (truths,) = home.glob("demo/*/truth.csv")
    with truths.open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["from_date"] < AS_OF <= (row["to_date"] or AS_OF)
        ]
    flagged = {item["account"] for item in today}
    for truth in ("stalled_onboarding", "champion_left", "seat_shortage"):
        accounts = {row["account"] for row in rows if row["truth"] == truth}
        assert len(accounts) >= 12
        assert len(accounts & flagged) >= 0.8 * len(accounts), truth


def test_the_evidence_of_each_rule_can_be_followed_to_the_very_facts(
    home: Path, today: Sequence[Item]
) -> None:
    """One alert of each rule, as of the day it opened: every metric of its evidence is shown,
    with the same value, and whatever is counted from facts shows some or is zero."""
    one_each = {str(item["rule"]): item for item in today}
    asked = [
        ["explain", str(x["account"]), "--as-of", str(x["opened_on"]), "--json"]
        for x in one_each.values()
    ]
    for item, explained in zip(one_each.values(), called(home, asked), strict=True):
        told = {x["metric"]: x for x in explained["metrics"] if x["as_of"] == item["opened_on"]}
        for why in item["why"]:  # type: ignore[attr-defined]
            if why["metric"] in told:
                assert told[why["metric"]]["value"] == why["value"], (item, why)
        counted = [x for x in told.values() if x["sql"] is not None]
        assert counted, item["rule"]
        assert [x["metric"] for x in counted if x["value"] and not x["facts"]] == []


def test_customers_behind_their_own_walls_are_unmeasured_and_raise_no_alert(
    home: Path, today: Sequence[Item]
) -> None:
    (truths,) = home.glob("demo/*/truth.csv")
    with truths.open(encoding="utf-8") as file:
        walled = {row["account"] for row in csv.DictReader(file) if row["truth"] == "on_prem"}
    accounts = json.loads(call(home, "accounts", "--json"))
    assert walled & {str(item["account"]) for item in today} == set()
    assert {x["colour"] for x in accounts if x["account"] in walled} == {"unmeasured"}


def test_the_demo_again_changes_nothing(home: Path, today: Sequence[Item]) -> None:
    call(home, "demo", "--no-serve")
    assert json.loads(call(home, "today", "--json")) == today


SHOWN = """
import json
from banso.cli.app import build
app = build()
from datetime import date
from banso.cli.session import open_session
from banso.desk.queries.board import board
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.value_figures import keep_figures
from banso.pipeline.value_figures import figures_now
keep_figures(figures_now(open_session().applied(), as_of=date(2026, 10, 1)))  # as `banso prove`
app(["value", "--board", "--json"], standalone_mode=False)
found = {x: board(EVERYTHING, x).cells for x in ("bi", "delivery")}
print(json.dumps([
    [journey, stage, colour, x.accounts, x.overdue, str(x.arr), x.unknown]
    for journey, cells in found.items() for (stage, colour), x in sorted(cells.items())]))
"""
"""What `banso value --board` prints, and what the page of the health board reads."""

CELLS = """
WITH last AS (SELECT as_of, fingerprint, generation FROM run ORDER BY as_of DESC, id DESC LIMIT 1),
worth AS (
  SELECT account_id, sum(arr) AS arr FROM contract, last
  WHERE as_of BETWEEN start_on AND end_on GROUP BY account_id)
SELECT journey, stage, colour, count(*), count(*) FILTER (WHERE overdue),
  sum(arr)::text, count(*) FILTER (WHERE arr IS NULL)
FROM assessment JOIN last USING (as_of, fingerprint, generation) LEFT JOIN worth USING (account_id)
GROUP BY journey, stage, colour ORDER BY 1, 2, 3
"""
"""From what was shown of each account, and from the contracts themselves."""

ACTED = """
WITH done AS (
  SELECT a.id, x.reached_on, x.came,
    row_number() OVER (PARTITION BY x.came ORDER BY a.id) AS n, e.opened_on
  FROM alert a JOIN episode e ON e.id = a.episode_id JOIN expectation x ON x.episode_id = e.id
  WHERE x.came IN ('reached', 'not_reached') AND e.opened_on > '2026-07-03')
INSERT INTO handling (alert_id, state, before, at, reason, note)
SELECT id, CASE WHEN n % 3 = 0 AND came = 'not_reached' THEN 'snoozed' ELSE 'done' END, 'open',
  CASE WHEN reached_on IS NULL OR n % 2 = 0 THEN opened_on + 1 ELSE reached_on END
    + time '12:00' AT TIME ZONE 'Asia/Tokyo', '', ''
FROM done WHERE n <= 20
"""
"""As if members had handled some alerts at noon: of those whose expectation came true every other
one on that very day, when it was nobody's doing."""

DOMINOES = """
WITH told AS (
  SELECT e.account_id, e.opened_on, a.id AS alert, a.state, a.told_on, w.id AS withheld,
    x.reached_on, (min(h.at) OVER one AT TIME ZONE 'Asia/Tokyo')::date AS first
  FROM episode e LEFT JOIN alert a ON a.episode_id = e.id
    LEFT JOIN withheld w ON w.episode_id = e.id LEFT JOIN expectation x ON x.episode_id = e.id
    LEFT JOIN handling h ON h.alert_id = a.id
  WHERE e.opened_on > date '2026-10-01' - 90 AND e.opened_on <= date '2026-10-01'
  WINDOW one AS (PARTITION BY e.id))
SELECT (SELECT count(*) FROM account WHERE merged_into_id IS NULL),
  (SELECT count(*) FROM account c WHERE id IN (SELECT account_id FROM told) OR (
    SELECT y.colour <> 'unmeasured' FROM standing y WHERE y.account_id = c.id AND y.lead
      AND y.colour <> '')),
  count(DISTINCT account_id), count(DISTINCT account_id) FILTER (WHERE first IS NOT NULL),
  count(DISTINCT account_id) FILTER (WHERE state = 'done'),
  count(DISTINCT account_id) FILTER (WHERE state = 'done' AND reached_on > first),
  count(DISTINCT account_id) FILTER (WHERE withheld IS NOT NULL),
  count(DISTINCT account_id) FILTER (WHERE alert IS NOT NULL AND told_on IS NULL)
FROM told
"""
STEPS = ["accounts", "measured", "flagged", "decided", "acted", "reached", "held_out", "held_back"]


def asked(home: Path, query: str) -> list[TupleRow]:
    with psycopg.connect(embedded_url(home)) as connection:
        return connection.execute(query.encode()).fetchall()


def test_the_boards_show_what_plain_sql_counts(home: Path) -> None:
    """The last one: it handles alerts."""
    with psycopg.connect(embedded_url(home)) as connection:
        connection.execute(ACTED)
        connection.execute(
            "UPDATE alert SET state = h.state FROM handling h WHERE h.alert_id = alert.id"
        )
    board, cells = printed(home, SHOWN)
    assert cells == [list(row) for row in asked(home, CELLS)]
    (by_hand,) = asked(home, DOMINOES)
    assert [board["total"][x] for x in STEPS] == list(by_hand)
    accounts, measured, flagged, decided, acted, reached, *_ = by_hand
    assert accounts > measured > flagged > decided > acted > reached > 0
