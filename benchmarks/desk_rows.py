"""The desk of a large vendor without the run: what lists, boards and searches read, written
straight into the tables, so that their queries can be measured within a minute.

Nothing of it was computed, so there is no store and no why behind it: for whole pages see
large_vendor.py. Shapes are those that hurt: every account on every journey, one owner with a fifth
of all accounts (tech touch), names that share words, values that are often alike or missing.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from numpy.typing import NDArray

from banso.core.health import COLOURS
from banso.desk.models import Account, Alert, AlertState, Change, Episode, Member, Reach, Run, Team
from banso.desk.models.standing import URGENCY
from banso.desk.search import fold_name, grams
from banso.desk.services.standings import MEASURED, STANDING, Standings, replace_standings

AS_OF = date(2026, 10, 1)
JOURNEYS = ("adoption", "reporting", "sharing")
STAGES = ("onboarding", "habit", "broad", "deep")
SEGMENTS = ("large", "renewal_soon", "quiet", "rare")
SEGMENT_SHARE = (0.3, 0.1, 0.05, 0.001)
METRICS = tuple(f"metric_{n:02d}" for n in range(40))
PLACES = ("東京", "大阪", "名古屋", "札幌", "福岡", "仙台", "広島", "横浜", "京都", "神戸")
TRADES = ("商事", "電機", "物流", "食品", "製薬", "建設", "銀行", "印刷", "化学", "鉄鋼", "通信")
FAMILIES = ("髙橋", "高橋", "佐藤", "鈴木", "田中", "伊藤", "渡邉", "渡辺", "斎藤", "齋藤")
ENGLISH = ("Maple", "Harbour", "Quartz", "Lantern", "Summit", "Cedar")
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Size:
    accounts: int = 100_000
    members: int = 60
    changes_a_day: int = 1_000
    open_share: float = 0.05


def fill(size: Size, *, seed: int = 1) -> None:
    """Fill an empty, migrated desk (Django's connection)."""
    random = np.random.default_rng(seed)
    with transaction.atomic():
        members = _members(size.members)
        _accounts(size.accounts, members, random)
        ids = np.array(Account.objects.order_by("id").values_list("id", flat=True), np.int64)
        replace_standings(
            Standings(
                metrics=METRICS,
                standing=list(standing_tables(ids, random)),
                measured=list(measured_tables(ids, random)),
            )
        )
        _run(size.accounts)
        _changes(size, ids, random)
        _alerts(size, ids, random)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def key(number: int) -> str:
    return f"A{number:06d}"


def name(number: int) -> str:
    """Mostly 東京第12商事株式会社; some after a family, some English, some with none."""
    if number % 97 == 0:
        return ""
    if number % 11 == 0:
        return f"{ENGLISH[number % len(ENGLISH)]} {number} Ltd"
    if number % 7 == 0:
        return f"{FAMILIES[number % len(FAMILIES)]}{TRADES[number % len(TRADES)]}{number}(株)"
    place, trade = PLACES[number % len(PLACES)], TRADES[number // 10 % len(TRADES)]
    return f"{place}第{number}{trade}株式会社"


def _members(count: int) -> list[int]:
    """Ids. csm00 owns a fifth of all accounts. Six teams; csm01 sees their own, csm02 the team's,
    csm03 no amounts."""
    teams = Team.objects.bulk_create([Team(name=f"team {n}") for n in range(6)])
    reach = {1: Reach.OWN, 2: Reach.TEAM}
    members = Member.objects.bulk_create(
        Member(
            handle=f"csm{n:02d}",
            name=f"担当 {n:02d}",
            team=teams[n % len(teams)],
            reach=reach.get(n, Reach.ALL),
            sees_revenue=n != 3,
        )
        for n in range(count)
    )
    return [member.pk for member in members]


def _accounts(count: int, members: Sequence[int], random: np.random.Generator) -> None:
    owners = random.integers(0, len(members), count)
    owners[random.random(count) < 0.2] = 0
    now = datetime(2026, 9, 30, tzinfo=UTC)
    columns = "id, key, name, folded, owner_id, started_on, created_at"
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY account ({columns}) FROM STDIN") as copy:
            for n in range(1, count + 1):
                told = (n, key(n), name(n), fold_name(name(n), key(n)))
                owner = None if n % 50 == 0 else members[owners[n - 1]]
                copy.write_row((*told, owner, date(2025, 1, 1) + timedelta(days=n % 600), now))
        with cursor.copy("COPY account_grams (account_id, folded, grams) FROM STDIN") as copy:
            for n in range(1, count + 1):
                copy.write_row((n, fold_name(name(n), key(n)), grams(f"{name(n)} {key(n)}")))


def standing_tables(ids: NDArray[np.int64], random: np.random.Generator) -> Iterator[pa.Table]:
    """One table a journey; all accounts are on the first, two thirds on each of the others."""
    count = len(ids)
    of_account = _of_account(count, random)
    scores = [_scores(count, random) for _ in JOURNEYS]
    colours = np.stack([_colours(x[:, -1], random) for x in scores])
    colours[1:][random.random((len(JOURNEYS) - 1, count)) < 1 / 3] = -1
    urgency = np.array([*(URGENCY[x] for x in COLOURS), URGENCY[""]])[colours]
    lead = urgency.argmin(axis=0)
    for number, journey in enumerate(JOURNEYS):
        on = np.flatnonzero(colours[number] >= 0)
        here = pa.array(on)
        known = ~np.isnan(scores[number][on, -1])
        trend = scores[number][on, -1] - scores[number][on, -5]
        stage = random.integers(0, len(STAGES), len(on))
        columns = {
            "account_id": ids[on],
            "journey": pa.array([journey]).take(pa.array(np.zeros(len(on), np.int32))),
            "lead": lead[on] == number,
            "stage": pa.array(STAGES).take(pa.array(stage)),
            "position": stage,
            "days_in_stage": (random.exponential(90, len(on))).astype(np.int32),
            "overdue": pa.array(random.random(len(on)) < 0.1, mask=random.random(len(on)) < 0.1),
            "score": pa.array(scores[number][on, -1], mask=~known),
            "confidence": np.round(np.where(known, random.integers(5, 11, len(on)) / 10, 0), 10),
            "colour": pa.array(COLOURS).take(pa.array(colours[number][on])),
            "urgency": urgency[number][on],
            "scores": _lists(scores[number][on]),
            "trend": pa.array(trend, mask=np.isnan(trend)),
            **{title: values.take(here) for title, values in of_account.items()},
        }
        yield pa.table([columns[x] for x in STANDING.names], names=STANDING.names).cast(STANDING)


def _of_account(count: int, random: np.random.Generator) -> dict[str, pa.Array]:
    """What is the same in all rows of an account."""
    arr = np.round(random.lognormal(13.5, 1.2, count), -4)
    ends = [AS_OF + timedelta(days=int(x)) for x in random.integers(-20, 700, count)]
    none = random.random(count) < 0.1
    segments = random.random((count, len(SEGMENTS))) < np.array(SEGMENT_SHARE)
    starts = np.concatenate([[0], segments.sum(axis=1).cumsum()]).astype(np.int32)
    names = pa.array(SEGMENTS).take(pa.array(np.nonzero(segments)[1]))
    return {
        "arr": pa.array(arr, mask=none),
        "seats": pa.array(random.integers(5, 500, count).astype(np.float64), mask=none),
        "ends_on": pa.array(ends, pa.date32(), mask=none),
        "segments": pa.ListArray.from_arrays(pa.array(starts), names),
    }


def _scores(count: int, random: np.random.Generator) -> Numbers:
    """13 weeks; many are exactly 0 or 100, a tenth are unmeasured."""
    start = random.normal(60, 25, (count, 1))
    walk = np.cumsum(random.normal(0, 4, (count, 13)), axis=1)
    scores = np.clip(start + walk, 0, 100).astype(np.float64).round(2)
    scores[random.random(count) < 0.1] = np.nan
    scores[random.random((count, 13)) < 0.02] = np.nan
    return scores


def _colours(scores: Numbers, random: np.random.Generator) -> NDArray[np.int64]:
    """Indices of COLOURS, as the score says; one in fifty is at risk for a critical reason."""
    found = np.select([np.isnan(scores), scores >= 70, scores >= 40], [3, 0, 1], 2)
    found[random.random(len(scores)) < 0.02] = 2
    return found


def _lists(values: Numbers) -> pa.Array:
    flat = pa.array(values.ravel(), mask=np.isnan(values).ravel())
    starts = np.arange(0, values.size + 1, values.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(starts), flat)


def measured_tables(ids: NDArray[np.int64], random: np.random.Generator) -> Iterator[pa.Table]:
    for first in range(0, len(ids), 20_000):
        part = ids[first : first + 20_000]
        values = np.round(random.lognormal(2, 1.5, (len(part), len(METRICS))), 1)
        values[random.random(values.shape) < 0.1] = np.nan
        reasons = np.where(np.isnan(values), random.integers(1, 5, values.shape), 0)
        starts = np.arange(0, values.size + 1, len(METRICS), dtype=np.int32)
        columns = {
            "account_id": part,
            "numbers": _lists(values),
            "reasons": pa.ListArray.from_arrays(pa.array(starts), pa.array(reasons.ravel())),
            "texts": pa.array(["{}"] * len(part)),
        }
        yield pa.table(columns).cast(MEASURED)


def _run(accounts: int) -> None:
    now = datetime(2026, 10, 1, 3, tzinfo=UTC)
    Run.objects.create(
        as_of=AS_OF,
        decided_from=AS_OF,
        fingerprint="bench",
        generation=1,
        started_at=now,
        finished_at=now,
        accounts=accounts,
        opened=0,
        closed=0,
        metrics=list(METRICS),
    )


def _changes(size: Size, ids: NDArray[np.int64], random: np.random.Generator) -> None:
    """Two weeks of changes of colour, each with three parts."""
    rows = []
    for back in range(14):
        for account in random.choice(ids, size.changes_a_day, replace=False):
            before, after = random.choice(3, 2, replace=False)
            scores = np.round(random.uniform(0, 100, 2), 2).tolist()
            rows.append(
                Change(
                    account_id=int(account),
                    journey=JOURNEYS[int(random.integers(0, len(JOURNEYS)))],
                    as_of=AS_OF - timedelta(days=back),
                    what="colour",
                    before=COLOURS[before],
                    after=COLOURS[after],
                    score_before=scores[0],
                    score_after=scores[1],
                    parts=[_part(n, float(random.normal(0, 20))) for n in range(3)],
                    fingerprint="bench",
                    generation=1,
                )
            )
    Change.objects.bulk_create(rows, batch_size=2_000)


def _part(number: int, amount: float) -> dict[str, object]:
    label = {"en": f"Condition {number}", "ja": f"条件{number}"}
    told = {"kind": "data", "condition": f"condition_{number}", "label": label}
    return {**told, "metric": METRICS[number], "amount": amount, "before": 12.0, "after": 3.0}


def _alerts(size: Size, ids: NDArray[np.int64], random: np.random.Generator) -> None:
    count = int(len(ids) * size.open_share)
    chosen = random.choice(ids, count, replace=False)
    episodes = Episode.objects.bulk_create(
        [
            Episode(
                rule=f"rule_{n % 6}",
                account_id=int(account),
                opened_on=AS_OF - timedelta(days=n % 60),
            )
            for n, account in enumerate(chosen)
        ],
        batch_size=2_000,
    )
    label = {"en": "Use is fading", "ja": "利用が減っています"}
    Alert.objects.bulk_create(
        [
            Alert(
                episode=episode,
                priority=("high", "medium", "low")[n % 3],
                label=label,
                action=label,
                why=[],
                arr=Decimal(100_000 * (n % 90)),
                state=AlertState.SNOOZED if n % 10 == 0 else AlertState.OPEN,
                until=AS_OF + timedelta(days=n % 30) if n % 10 == 0 else None,
                fingerprint="bench",
                generation=1,
            )
            for n, episode in enumerate(episodes)
        ],
        batch_size=2_000,
    )


if __name__ == "__main__":
    sys.exit("This makes rows for other benchmarks: see desk_queries.py.")
