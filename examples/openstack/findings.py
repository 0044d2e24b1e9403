"""What did Banso's alerts foresee? Compare them with which companies really left.

    python examples/openstack/findings.py --facts openstack-activity.parquet \\
        --alerts alerts.parquet --changes changes.parquet

`--alerts` and `--changes` are what `banso export` wrote. Prints tables in Markdown. With
`--until 2016-12-31` everything from that day on is left out, facts and alerts alike: so the rules
were tuned, without a look at what came after.
"""

from __future__ import annotations

import argparse
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb

WARNINGS = ("fading", "silent", "one_left")
"""The rules that say: they may be leaving. (narrowing says: they do less; not_settling: they
never came.)"""

HORIZON = timedelta(days=730)
"""A warning is right when the last commit comes within this time, wrong when it comes later."""


@dataclass(frozen=True)
class Company:
    """One that reached at least the stage `regular`."""

    name: str
    commits: tuple[date, ...]  # sorted; one for each fact
    regular_on: date
    left: bool

    @property
    def last(self) -> date:
        return self.commits[-1]

    def between(self, start: date, end: date) -> int:
        """Commits in [start, end)."""
        return bisect_left(self.commits, end) - bisect_left(self.commits, start)


@dataclass(frozen=True)
class Warned:
    """One episode of a rule; `closed` is None while it is open."""

    company: Company
    rule: str
    opened: date
    closed: date | None

    @property
    def lead(self) -> int:
        """Days until the last commit; negative where the warning came after it."""
        return (self.company.last - self.opened).days

    @property
    def verdict(self) -> str:
        """`right`, `wrong`, or `open` where the data end too early to tell."""
        if self.company.last >= self.opened + HORIZON:
            return "wrong"
        return "right" if self.company.left else "open"

    @property
    def kept(self) -> float:
        """Commits in the two years after, as a share of those in the two years before."""
        before = self.company.between(self.opened - HORIZON, self.opened)
        return self.company.between(self.opened, self.opened + HORIZON) / max(before, 1)

    @property
    def commits_after(self) -> int:
        return len(self.company.commits) - bisect_left(self.company.commits, self.opened)


@dataclass(frozen=True)
class Score:
    """How one way of warning did."""

    label: str
    warnings: Sequence[Warned]
    firsts: Sequence[Warned | None]  # for each company that left

    @property
    def leads(self) -> list[int]:
        return [w.lead for w in self.firsts if w is not None]

    def those(self, verdict: str) -> list[Warned]:
        return [w for w in self.warnings if w.verdict == verdict]

    def row(self) -> tuple[str, ...]:
        before = [days for days in self.leads if days > 0]
        right, wrong = self.those("right"), self.those("wrong")
        return (
            self.label,
            _share(len(before), len(self.firsts)) if self.firsts else "",
            _share(sum(days >= 90 for days in before), len(self.firsts)) if self.firsts else "",
            f"{median(self.leads):.0f}" if self.leads else "",
            _share(len(right), len(right) + len(wrong)),
            str(sum(w.lead <= 0 for w in right)),
            _share(sum(w.kept <= 0.5 for w in wrong), len(wrong)),
            str(len(self.those("open"))),
        )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(whole, 1):.0%})"


def companies(facts: Path, changes: Path, until: date, gone: timedelta) -> list[Company]:
    connection = duckdb.connect()
    days: dict[str, list[date]] = {}
    for account, day in connection.execute(
        "select account, (timestamp at time zone 'UTC')::date as day from read_parquet(?)"
        " where day < ? order by day",
        [str(facts), until],
    ).fetchall():
        days.setdefault(account, []).append(day)
    reached = connection.execute(
        "select account, min(as_of) from read_parquet(?) where what = 'stage'"
        " and after not in ('newcomer', '') and as_of <= ? group by account order by account",
        [str(changes), until],
    ).fetchall()
    return [
        Company(account, tuple(days[account]), day, left=days[account][-1] < until - gone)
        for account, day in reached
    ]


def warnings(alerts: Path, every: Sequence[Company], until: date) -> list[Warned]:
    """What Banso said about them up to `until`."""
    by_name = {company.name: company for company in every}
    rows = duckdb.connect().execute(
        "select account, rule, opened_on, closed_on from read_parquet(?) where opened_on <= ?"
        " order by opened_on, account, rule",
        [str(alerts), until],
    )
    return [
        Warned(by_name[account], rule, opened, closed if closed and closed <= until else None)
        for account, rule, opened, closed in rows.fetchall()
        if account in by_name
    ]


def silences(company: Company, days: int, until: date) -> list[Warned]:
    """The simplest rule of all, for comparison: no commit for so many days."""
    found = []
    following = [*company.commits[1:], None]
    for last, after in zip(company.commits, following, strict=True):
        opened = last + timedelta(days=days)
        if company.regular_on <= opened <= (after or until):
            closed = after + timedelta(days=1) if after else None
            found.append(Warned(company, "baseline", opened, closed))
    return found


def first(company: Company, found: Iterable[Warned]) -> Warned | None:
    """When it was first flagged in its final decline: the first warning that was open, or opened,
    in the last two years before its last commit, or else after it."""
    start = company.last - HORIZON
    own = (w for w in found if w.company is company)
    late = [w for w in own if w.closed is None or w.closed > start]
    return min(late, key=lambda w: w.opened, default=None)


def score(label: str, found: Sequence[Warned], left: Sequence[Company]) -> Score:
    return Score(label, found, [first(company, found) for company in left])


def every_month(every: Sequence[Company], since: date) -> list[Warned]:
    """What warnings about anybody at any time would be worth: one every 30 days for each company,
    from its first regular day to its last commit."""
    found = []
    for company in every:
        start = max(company.regular_on, since)
        days = range(0, max((company.last - start).days, 0), 30)
        found += [Warned(company, "any day", start + timedelta(days=x), None) for x in days]
    return found


def flagged(day: Warned, found: Iterable[Warned]) -> bool:
    """Whether a warning about the company was open on that day."""
    return any(
        w.company is day.company
        and w.opened <= day.opened
        and (w.closed is None or w.closed > day.opened)
        for w in found
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def departures(left: Sequence[Company], found: Sequence[Warned]) -> None:
    """One line for each company that left."""
    rows = []
    for company in sorted(left, key=lambda c: c.last):
        warned = first(company, found)
        line = (company.name, str(len(company.commits)), company.last.isoformat())
        if warned is None:
            rows.append((*line, "never", "", "", ""))
        else:
            when = (warned.opened.isoformat(), warned.rule, str(warned.lead))
            rows.append((*line, *when, str(warned.commits_after)))
    header = ("company", "commits", "last commit", "first flagged", "by", "days before")
    table((*header, "commits after"), rows)


def mistaken(found: Iterable[Warned]) -> None:
    """One line for each warning that was wrong."""
    rows = (
        (
            w.company.name,
            w.rule,
            w.opened.isoformat(),
            w.closed.isoformat() if w.closed else "",
            w.company.last.isoformat(),
            f"{w.kept:.0%}",
        )
        for w in found
        if w.verdict == "wrong"
    )
    table(("company", "rule", "flagged", "cleared", "last commit", "commits kept"), rows)


def scores(
    every: Sequence[Company], found: Sequence[Warned], since: date, until: date
) -> Mapping[str, Score]:
    """Of the warning rules together, of each rule, and of what they must be better than."""
    left = [company for company in every if company.left and company.last >= since]
    plain = [w for c in every for w in silences(c, 90, until) if w.opened >= since]
    together = [w for w in found if w.rule in WARNINGS]
    days = every_month(every, since)
    by_flag = {True: list[Warned](), False: list[Warned]()}
    for day in days:
        by_flag[flagged(day, together)].append(day)
    each = {
        rule: score(rule, [w for w in found if w.rule == rule], left)
        for rule in (*WARNINGS, "narrowing")
    }
    return {
        "together": score("fading, silent, one_left", together, left),
        **each,
        "baseline": score("no commit for 90 days", plain, left),
        "any day": Score("any day of anybody", days, []),
        "flagged": Score("any day with a warning open", by_flag[True], []),
        "calm": Score("any day without", by_flag[False], []),
    }


HEADER = (
    "warned by",
    "flagged before",
    "90+ days before",
    "median days before",
    "right",
    "only afterwards",
    "wrong, but halved",
    "too early to tell",
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="What did Banso's alerts foresee?")
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--alerts", type=Path, required=True)
    parser.add_argument("--changes", type=Path, required=True)
    parser.add_argument(
        "--since", type=date.fromisoformat, default=date.min, help="judge from here"
    )
    parser.add_argument("--until", type=date.fromisoformat, default=date(2026, 8, 20))
    parser.add_argument("--gone-days", type=int, default=730, help="who is silent so long has left")
    options = parser.parse_args(arguments)
    since: date = options.since
    until: date = options.until
    every = companies(options.facts, options.changes, until, timedelta(days=options.gone_days))
    found = warnings(options.alerts, every, until)
    recent = [w for w in found if w.opened >= since]
    left = [company for company in every if company.left and company.last >= since]
    print(f"{len(every)} companies reached `regular`; {len(left)} of them left.\n")
    departures(left, [w for w in found if w.rule in WARNINGS])
    mistaken(w for w in recent if w.rule in WARNINGS)
    table(HEADER, [s.row() for s in scores(every, recent, since, until).values()])


if __name__ == "__main__":
    main()
