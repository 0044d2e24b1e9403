"""What is said live of a day that no run has decided, and what the run of that day makes of it."""

from datetime import UTC, date, datetime

import pytest

from banso.desk.models import Alert, Episode, LiveTurn, Run
from banso.desk.queries.briefs import briefs
from banso.desk.queries.decided import RuleState, last_decision, rule_states
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.early import Sure
from banso.desk.services.episodes import Closing, Opening, Version
from banso.desk.services.live import LiveFindings, OvertakenError, record_live
from banso.desk.services.runs import Findings, RunFacts, record_run
from banso.desk.services.standings import Standings
from banso.desk.services.telling import Telling

pytestmark = pytest.mark.django_db

NONE = Standings(metrics=(), standing=(), measured=())
NOON = datetime(2026, 9, 2, 3, tzinfo=UTC)
D1, D2, D3, D4 = (date(2026, 9, day) for day in (1, 2, 3, 4))
PLACE = ("often", "A1")
NOTHING: frozenset[tuple[str, str]] = frozenset()


@pytest.fixture(autouse=True)
def decided() -> None:
    """A run has decided D2, which is today."""
    save_accounts([AccountRow(row=1, key="A1")], effective=D1)
    runs(D1, D2)


def runs(first: date, as_of: date, *steps: Opening | Closing) -> Run:
    """A run that decides the days from `first` on."""
    facts = RunFacts(as_of, first, "f" * 16, 1, NOON, NOON, 1)
    openings = [x for x in steps if isinstance(x, Opening)]
    closings = [x for x in steps if isinstance(x, Closing)]
    return record_run(facts, Findings([], [], openings, closings), NONE)


def opening(day: date) -> Opening:
    words = {"en": "Often", "ja": "頻繁"}
    return Opening("often", "A1", "", day, "high", words, words, [], None)


def live(*steps: Opening | Closing, holds: bool | None = None) -> LiveTurn | None:
    """A live judgement of D2, as of D3. holds: what is sure of the rule; None: nothing."""
    last = last_decision()
    assert last is not None
    sure = {True: NOTHING, False: NOTHING} | ({} if holds is None else {holds: frozenset([PLACE])})
    found = LiveFindings(
        today=D2,
        as_of=D3,
        decided=last.pk,
        version=Version("f" * 16, 2),
        accounts=["A1"],
        openings=[x for x in steps if isinstance(x, Opening)],
        closings=[x for x in steps if isinstance(x, Closing)],
        sure=Sure(holds=sure[True], fails=sure[False]),
    )
    return record_live(found, Telling([D2], None, D2))


def said() -> list[tuple[date, date | None, str]]:
    rows = Episode.objects.order_by("opened_on")
    return list(rows.values_list("opened_on", "closed_on", "closed_because"))


def test_it_is_opened_once_taken_back_and_opened_again_as_the_same() -> None:
    assert live(opening(D3), holds=True) is not None
    (first,) = Alert.objects.values_list("pk", "told_on")
    assert live(opening(D3), holds=True) is None  # nothing new
    assert live(holds=None) is None  # nothing is known: it stays
    assert said() == [(D3, None, "")]

    taken = live(holds=False)
    assert taken is not None
    assert (taken.taken_back, said()) == (1, [(D3, D3, "taken_back")])
    assert rule_states(["often"]) == {"often": RuleState({}, {})}

    again = live(opening(D3), holds=True)
    assert again is not None
    assert (again.reopened, said()) == (1, [(D3, None, "")])
    assert list(Alert.objects.values_list("pk", "told_on")) == [first]


def test_the_run_confirms_it_moves_it_or_takes_it_back() -> None:
    live(opening(D3), holds=True)
    runs(D3, D3, opening(D3))
    assert said() == [(D3, None, "")]

    Episode.objects.all().delete()
    Run.objects.filter(as_of=D3).delete()
    live(opening(D3), holds=True)
    runs(D2, D2, opening(D2))  # the same day again, with facts that came late
    assert (said(), Alert.objects.count()) == ([(D2, None, "")], 1)

    Episode.objects.all().delete()
    live(opening(D3), holds=True)
    made = runs(D3, D4, Closing("often", "A1", D4, "cleared"))
    assert said() == [(D3, D3, "taken_back")]
    assert (made.opened, made.closed) == (0, 0)


def test_an_episode_that_is_closed_early_is_opened_again_where_the_run_says_so() -> None:
    runs(D2, D2, opening(D2))
    assert live(Closing("often", "A1", D3, "cleared"), holds=False) is not None
    assert said() == [(D2, D3, "cleared")]
    assert rule_states(["often"], upto=D2) == {"often": RuleState({"A1": D2}, {})}
    assert live(holds=None) is None
    assert live(holds=True) is not None
    assert said() == [(D2, None, "")]

    live(Closing("often", "A1", D3, "cleared"), holds=False)
    runs(D3, D3)
    assert said() == [(D2, None, "")]
    runs(D4, D4, Closing("often", "A1", D4, "cleared"))
    assert said() == [(D2, D4, "cleared")]


@pytest.mark.parametrize("day", [D2, D3])
def test_what_was_judged_before_a_run_recorded_is_not_recorded(day: date) -> None:
    """Whether it has decided today once more, or the very day."""
    before = last_decision()
    assert before is not None
    runs(day, day)
    newest = last_decision()
    assert newest is not None
    for known in {D2: [before], D3: [before, newest]}[day]:
        found = LiveFindings(
            D2, D3, known.pk, Version("f", 1), ["A1"], [opening(D3)], [], Sure(NOTHING, NOTHING)
        )
        with pytest.raises(OvertakenError):
            record_live(found, Telling([D2], None, D2))
    assert said() == []


def test_lists_that_are_kept_for_a_run_know_of_live_turns() -> None:
    run = last_decision()
    assert run is not None
    counts = [len(briefs(EVERYTHING, run))]
    for steps, holds in (([opening(D3)], True), ([], False), ([opening(D3)], True)):
        live(*steps, holds=holds)
        counts.append(len(briefs(EVERYTHING, run)))
    assert counts == [0, 1, 0, 1]
