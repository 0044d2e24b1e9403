"""What was expected of alerts and of runs of plays: what waits to be judged, what is settled, and
how much of it came true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from banso.desk.models import Expectation, Judgement, PlayRun, RunExpectation
from banso.desk.queries.scope import Scope, within

SETTLED = ("reached", "not_reached", "unmeasured")


@dataclass(frozen=True)
class Waits:
    """number: of an alert's episode, or of a run. since: the day on which it opened or began."""

    number: int
    since: date


def waiting_runs(scope: Scope, play: str) -> Mapping[str, Sequence[Waits]]:
    """Runs that entered a play and whose expectation is not settled yet, by account key. One
    query."""
    rows = PlayRun.objects.filter(play=play, entered_on__isnull=False)
    theirs = within(scope, rows.exclude(expectation__came__in=SETTLED), account="account")
    found: dict[str, list[Waits]] = {}
    for key, number, on in theirs.order_by("id").values_list("account__key", "pk", "entered_on"):
        found.setdefault(key, []).extend([Waits(number, on)] if on else [])
    return found


def open_judgements(*, rules: Sequence[str], plays: Sequence[str]) -> list[Judgement]:
    """Those still open of rules and plays other than these."""
    alerts = Expectation.objects.filter(came="open").exclude(episode__rule__in=rules)
    runs = RunExpectation.objects.filter(came="open").exclude(run__play__in=plays)
    return [*alerts, *runs]


@dataclass(frozen=True)
class Settled:
    """number: of the episode, or of the run. name: of the rule or play. account: its key. since:
    the day on which the alert opened, or the run began. came: `reached` or `not_reached`."""

    number: int
    account: str
    name: str
    since: date
    came: str
    settled_on: date


_UNSAID = Q(said=False, came__in=("reached", "not_reached"), settled_on__isnull=False)


def unsaid_of_alerts(*, most: int) -> list[Settled]:
    """Of told alerts, what is settled and not among the facts yet. One query."""
    rows = Expectation.objects.filter(_UNSAID, episode__withheld__isnull=True)
    asked = ("episode__account__key", "episode__rule", "episode__opened_on")
    found = rows.order_by("pk").values_list("pk", *asked, "came", "settled_on")
    return [Settled(*x) for x in found[:most]]


def unsaid_of_runs(*, most: int) -> list[Settled]:
    """As `unsaid_of_alerts`."""
    rows = RunExpectation.objects.filter(_UNSAID)
    asked = ("run__account__key", "run__play", "run__entered_on")
    found = rows.order_by("pk").values_list("pk", *asked, "came", "settled_on")
    return [Settled(*x) for x in found[:most]]


def expected_of_plays(scope: Scope) -> Mapping[str, Mapping[str, int]]:
    """By play, runs by what became of what was expected of them. One query."""
    rows = within(scope, RunExpectation.objects.order_by(), account="run__account")
    found: dict[str, dict[str, int]] = {}
    counts = rows.values_list("run__play", "came").annotate(runs=Count("pk"))
    for play, came, runs in counts:
        found.setdefault(play, {})[came] = runs
    return found
