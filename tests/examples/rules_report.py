"""Do the rules find what was planted in the example vendor, in time, and at what cost?
`./run report rules [--seed N]` prints the table for Kaede's own rules and for the starter pack of
`banso init`, which knows no more of Kaede than its products' names; exit 1 where a bound is
missed."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

from tests.examples.kaede_panel import Kaede, rows

from banso.core.definitions import Definitions, loads
from banso.core.definitions.templates import starter
from banso.core.rules.budget import Candidate, monday, told_on
from banso.core.rules.episodes import State, fold
from banso.core.rules.rank import Stake, urgency
from banso.core.rules.truth import truth

ROOT = Path(__file__).parents[2] / "examples" / "kaede"
FIRST, LAST = date(2025, 4, 1), date(2026, 10, 1)
TIMELY = timedelta(days=14)
BUDGET = 3
"""New alerts for each owner and week."""
ASKED = 0.8
WARNED = timedelta(days=120)
"""A contract that ends has been foreseen by an alert at most so long before."""
URGENT = ("stalled_onboarding", "champion_left", "seat_shortage")
"""Truths of which at least ASKED must be told at least TIMELY before their planted end."""
OWN = {
    "stalled_onboarding": ("delivery_onboarding_stalled", "bi_onboarding_stalled"),
    "champion_left": ("champion_gone",),
    "seat_shortage": ("delivery_seats_short", "bi_seats_short"),
    "unused_seats": ("delivery_seats_unused", "bi_seats_unused"),
    "fading": ("usage_fading", "gone_silent"),
    "renewal_risk": ("delivery_renewal_at_risk", "bi_renewal_at_risk"),
    "detractor": ("detractor",),
    "churned": (
        *("usage_fading", "gone_silent", "champion_gone", "delivery_renewal_at_risk"),
        *("bi_renewal_at_risk", "delivery_seats_unused", "bi_seats_unused"),
    ),
}
TROUBLES = tuple(OWN)
PACK = {
    "stalled_onboarding": ("onboarding_stalled", "first_value_not_reached"),
    "champion_left": ("champion_gone",),
    "seat_shortage": ("seats_nearly_full_delivery", "seats_nearly_full_bi"),
    "unused_seats": ("seats_unused_delivery", "seats_unused_bi"),
    "fading": ("usage_falling", "breadth_shrinking", "data_stopped", "silent"),
    "renewal_risk": ("renewal_at_risk",),
    "detractor": ("detractor",),
    "churned": (
        *("usage_falling", "breadth_shrinking", "silent", "data_stopped", "champion_gone"),
        *("renewal_at_risk", "seats_unused_delivery", "seats_unused_bi"),
    ),
}


@dataclass(frozen=True)
class Alert:
    """told: when it reached its owner under the budget, None: never."""

    rule: str
    account: str
    opened: date
    closed: date | None
    told: date | None


@dataclass(frozen=True)
class Case:
    """Something planted. until: the first day on which it is no longer so, None: it still is."""

    account: str
    begin: date
    until: date | None

    @property
    def last_chance(self) -> date:
        return self.until - TIMELY if self.until else LAST

    def seen_by(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Those open on a day of the case, not later than its last chance."""
        return [
            x
            for x in alerts
            if x.account == self.account
            and x.opened <= self.last_chance
            and (x.closed is None or x.closed > self.begin)
        ]


@dataclass(frozen=True)
class Line:
    """timely: cases with an alert in time; told: those whose alert also reached its owner then.
    days: from the planted beginning to the alert, median of those found. wrong: share of the
    alerts of these rules beside no such case; calm: beside no trouble of any kind."""

    truth: str
    cases: int
    timely: int
    told: int
    days: float
    alerts: int
    wrong: float
    calm: float


def pack() -> Definitions:
    """The starter set as `banso init --product delivery --product bi` writes it, with Kaede's name
    for its usage log."""
    texts = dict(starter(("delivery", "bi")))
    texts["organisation.yaml"] = (ROOT / "definitions" / "organisation.yaml").read_text()
    return loads(texts)


def own() -> Definitions:
    return loads({x.name: x.read_text() for x in (ROOT / "definitions").glob("*.yaml")})


def planted(folder: Path) -> Mapping[str, list[Case]]:
    """Those that last longer than `TIMELY`: nobody can be in time for others."""
    found: dict[str, list[Case]] = {}
    for row in rows(folder / "truth.csv"):
        begin = date.fromisoformat(row["from_date"])
        last = row["to_date"]
        until = date.fromisoformat(last) + timedelta(days=1) if last else None
        if row["truth"] == "churned":
            begin, until = begin - WARNED, begin
        case = Case(row["account"], begin, until)
        if case.last_chance > begin:
            found.setdefault(row["truth"], []).append(case)
    return found


def alerts(kaede: Kaede, definitions: Definitions) -> list[Alert]:
    """Of all rules over all days, and when each reached its owner with `BUDGET`."""
    panel = kaede.panel(definitions)
    spans: list[tuple[str, str, date, date | None]] = []
    for rule in definitions.rules.values():
        told = fold(
            rule,
            truth(definitions, rule, panel),
            state=State.empty(len(kaede.keys)),
            start=0,
            stop=kaede.calendar.days,
        )
        open_since: dict[int, date] = {}
        for row, day, opened in zip(
            told.row.tolist(), told.day.tolist(), told.opened.tolist(), strict=True
        ):
            if opened:
                open_since[row] = kaede.calendar.as_of(day)
            else:
                at = kaede.calendar.as_of(day)
                spans.append((rule.name, kaede.keys[row], open_since.pop(row), at))
        spans += ((rule.name, kaede.keys[row], day, None) for row, day in open_since.items())
    reached = _told(kaede.folder, definitions, spans)
    return [Alert(*span, told=reached.get(span[:3])) for span in spans]


def _told(
    folder: Path, definitions: Definitions, spans: Sequence[tuple[str, str, date, date | None]]
) -> Mapping[tuple[str, str, date], date]:
    owner = {x["会社ID"]: x["担当CSM"] for x in rows(folder / "accounts.csv", "utf-8-sig")}
    arr: dict[str, Decimal] = {}
    for x in rows(folder / "contracts.csv"):
        arr[x["account"]] = max(arr.get(x["account"], Decimal(0)), Decimal(x["arr"]))
    waiting = [
        Candidate(
            key=(rule, account, opened),
            owner=owner[account],
            opened=opened,
            closed=closed,
            urgency=urgency(Stake(definitions.rules[rule].priority, arr.get(account), opened)),
        )
        for rule, account, opened, closed in spans
    ]
    days = [FIRST + timedelta(days=x) for x in range((LAST - FIRST).days + 1)]
    return {(k[0], k[1], k[2]): v for k, v in told_on(waiting, budget=BUDGET, days=days).items()}


def lines(
    found: Sequence[Alert], cases: Mapping[str, list[Case]], rules: Mapping[str, tuple[str, ...]]
) -> Iterator[Line]:
    for name, its in rules.items():
        mine = [x for x in found if x.rule in its]
        seen = [(case, case.seen_by(mine)) for case in cases[name]]
        in_time = [(case, x) for case, x in seen if x]
        told = sum(
            any(x.told is not None and x.told <= case.last_chance for x in those)
            for case, those in seen
        )
        right = [any(_beside(x, case) for case in cases[name]) for x in mine]
        troubled = [any(_beside(x, case) for y in TROUBLES for case in cases[y]) for x in mine]
        yield Line(
            truth=name,
            cases=len(seen),
            timely=len(in_time),
            told=told,
            days=median(
                max((min(x.opened for x in those) - case.begin).days, 0) for case, those in in_time
            )
            if in_time
            else float("nan"),
            alerts=len(mine),
            wrong=1 - sum(right) / max(len(mine), 1),
            calm=1 - sum(troubled) / max(len(mine), 1),
        )


def _beside(alert: Alert, case: Case) -> bool:
    ends = case.until or LAST + TIMELY
    return (
        alert.account == case.account
        and alert.opened < ends
        and (alert.closed is None or alert.closed > case.begin)
    )


def busiest(found: Sequence[Alert], folder: Path) -> tuple[float, int]:
    """New alerts for each owner and week with the budget: their mean, and the most."""
    owner = {x["会社ID"]: x["担当CSM"] for x in rows(folder / "accounts.csv", "utf-8-sig")}
    weeks = (LAST - FIRST).days / 7
    counts: dict[tuple[str, date], int] = {}
    for x in found:
        if x.told is not None:
            at = owner[x.account], monday(x.told)
            counts[at] = counts.get(at, 0) + 1
    return sum(counts.values()) / weeks / len(set(owner.values())), max(counts.values())


def missed(found: Sequence[Line]) -> list[str]:
    return [x.truth for x in found if x.truth in URGENT and x.told < ASKED * x.cases]


def table(title: str, found: Sequence[Line], load: tuple[float, int], held: int) -> str:
    head = (
        f"{'planted':20}{'cases':>6}{'in time':>9}{'told':>6}{'after':>8}{'alerts':>8}"
        f"{'wrong':>7}{'calm':>6}"
    )
    body = [
        f"{x.truth:20}{x.cases:6}{x.timely / x.cases:9.0%}{x.told / x.cases:6.0%}"
        f"{x.days:7.0f}d{x.alerts:8}{x.wrong:7.0%}{x.calm:6.0%}"
        for x in found
    ]
    end = (
        f"with a budget of {BUDGET}: {load[0]:.1f} new alerts for each owner and week, at most "
        f"{load[1]}; {held} were never told\n"
    )
    return "\n".join([title, head, *body, end])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    seed = str(parser.parse_args().seed)
    late: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate = [sys.executable, str(ROOT / "simulate.py"), "--out", name, "--seed", seed]
        subprocess.run(simulate, check=True, stdout=subprocess.DEVNULL)
        cases = planted(folder)
        for title, definitions, rules in (
            ("Kaede's own rules", own(), OWN),
            ("The starter pack, as it is", pack(), PACK),
        ):
            found = alerts(Kaede.read(folder, as_of=LAST), definitions)
            made = list(lines(found, cases, rules))
            held = sum(x.told is None for x in found)
            sys.stdout.write(table(title, made, busiest(found, folder), held) + "\n")
            late += [f"{title}: {x}" for x in missed(made)]
    if late:
        sys.stdout.write(f"missed ({ASKED:.0%} told {TIMELY.days} days before): {late}\n")
    sys.exit(1 if late else 0)


if __name__ == "__main__":
    main()
