"""Which alerts a run tells, and which wait for the weekly budget."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.desk.alerts import account, alert, member

from banso.desk.models import (
    Alert,
    AlertState,
    Channel,
    ChannelKind,
    Delivery,
    Episode,
    Member,
)
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.today import open_alerts
from banso.desk.services.alerts import finish
from banso.desk.services.outbox import tell_opened
from banso.desk.services.telling import WAIT, Telling, tell_alerts

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 9, 7)


def waiting(owner: Member, name: str, day: int, *, priority: str = "medium") -> Alert:
    """As a run has just recorded it."""
    opened = MONDAY + timedelta(days=day)
    made = alert(account(name, owner=owner), priority=priority, opened=opened)
    made.owner, made.told_on = owner, None
    made.save()
    return made


def tell(day: int, *, budget: int | None = 1, days: Sequence[int] | None = None) -> None:
    told = [MONDAY + timedelta(days=x) for x in (days if days is not None else [day])]
    tell_alerts(Telling(told, budget, MONDAY + timedelta(days=day)))


def state(of: Alert) -> tuple[str, int | None]:
    """With the day on which it was told."""
    of.refresh_from_db()
    return of.state, None if of.told_on is None else (of.told_on - MONDAY).days


def test_the_most_urgent_is_told_and_the_other_waits_until_the_next_week() -> None:
    sato = member("sato")
    low, high = waiting(sato, "A1", 1, priority="low"), waiting(sato, "A2", 1, priority="high")
    tell(1)
    assert (state(high), state(low)) == ((AlertState.OPEN, 1), (AlertState.SNOOZED, None))
    assert low.until == MONDAY + timedelta(days=1) + WAIT
    to_do = open_alerts(EVERYTHING, to_do_on=MONDAY + timedelta(days=1))
    assert [x.account for x in to_do] == ["A2"]
    tell(2)
    assert state(low) == (AlertState.SNOOZED, None)
    tell(7)
    assert (state(low), low.until) == ((AlertState.OPEN, 7), None)


def test_the_same_day_again_tells_no_more() -> None:
    sato = member("sato")
    alerts = [waiting(sato, f"A{x}", 0) for x in range(3)]
    tell(0, budget=2)
    tell(0, budget=2)
    assert [state(x)[1] for x in alerts] == [0, 0, None]


def test_missed_mornings_are_told_as_if_they_had_not_been_missed() -> None:
    sato = member("sato")
    alerts = [waiting(sato, f"A{x}", x) for x in range(9)]
    tell(8, budget=3, days=range(9))
    assert [state(x)[1] for x in alerts] == [0, 1, 2, 7, 7, 7, None, None, None]


def test_on_a_day_off_everything_waits_for_the_next_business_day() -> None:
    one = waiting(member("sato"), "A1", 5)
    tell(5, budget=None, days=[])
    assert state(one) == (AlertState.SNOOZED, None)
    tell(7, budget=None)
    assert state(one) == (AlertState.OPEN, 7)


def test_one_that_a_member_has_handled_while_it_waited_stays_as_they_left_it() -> None:
    sato = member("sato")
    told, done = waiting(sato, "A1", 0, priority="high"), waiting(sato, "A2", 0)
    tell(0)
    finish(scope=EVERYTHING, alert=done.pk, today=MONDAY)
    tell(1)
    assert (state(told), state(done)) == ((AlertState.OPEN, 0), (AlertState.DONE, 1))


def test_on_a_day_off_only_a_rule_that_can_not_wait_tells() -> None:
    sato = member("sato")
    plain, urgent = waiting(sato, "A1", 5), waiting(sato, "A2", 5)
    Episode.objects.filter(pk=urgent.episode_id).update(rule="down")
    saturday = MONDAY + timedelta(days=5)
    tell_alerts(Telling([], None, saturday, off=[saturday], any_time={"down"}))
    assert (state(urgent), state(plain)) == ((AlertState.OPEN, 5), (AlertState.SNOOZED, None))
    tell(7)
    assert state(plain) == (AlertState.OPEN, 7)


def test_messages_to_people_wait_for_the_end_of_quiet_hours_unless_the_rule_can_not() -> None:
    """Programs are told at once."""
    for name, kind in (("mail", ChannelKind.EMAIL), ("hook", ChannelKind.WEBHOOK)):
        Channel.objects.create(name=name, kind=kind, least="low", address="x")
    made = [alert(account("A1")), alert(account("A2"), rule="down")]
    until = datetime(2099, 1, 1, tzinfo=UTC)
    telling = Telling([MONDAY], None, MONDAY, any_time={"down"}, quiet_until=until)
    tell_opened(made, due=telling.due)
    owed = Delivery.objects.values_list("channel__name", "alert__episode__rule", "due_at")
    assert {(channel, rule, due == until) for channel, rule, due in owed} == {
        ("mail", "quiet", True),
        ("mail", "down", False),
        ("hook", "quiet", False),
        ("hook", "down", False),
    }
