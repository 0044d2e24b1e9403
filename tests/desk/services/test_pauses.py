"""Paused rules: what they say waits until they are resumed."""

from datetime import UTC, datetime

import pytest
from tests.desk.alerts import account, member
from tests.desk.services.test_mutes import TODAY, fresh, tell, to_do

from banso.desk.models import Pause, Reach, Role
from banso.desk.queries.pauses import pauses
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.alerts import MayNotActError, NoReasonError
from banso.desk.services.pauses import NotPausedError, PausedAlreadyError, pause, resume

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 7, 9, tzinfo=UTC)


def test_alerts_of_a_paused_rule_wait_and_are_told_once_it_is_resumed() -> None:
    ops = scope_of(member("ops", role=Role.CS_OPS, reach=Reach.ALL))
    pause(scope=ops, rule="quiet", reason=" a move of data ")
    fresh(account("A1"))
    fresh(account("A2"), rule="fading")
    tell()
    assert to_do(TODAY) == [("A2", "fading")]
    held = pauses()["quiet"]
    assert (held.reason, held.member) == ("a move of data", "ops")

    resume(scope=ops, rule="quiet", now=NOW)
    tell()
    assert sorted(to_do(TODAY)) == [("A1", "quiet"), ("A2", "fading")]
    ended = Pause.objects.get()
    assert (pauses(), ended.ended_at, ended.ended_by_id) == ({}, NOW, ops.member)


def test_a_rule_is_paused_once_and_resumed_once() -> None:
    pause(scope=EVERYTHING, rule="quiet", reason="x")
    with pytest.raises(PausedAlreadyError):
        pause(scope=EVERYTHING, rule="quiet", reason="y")
    resume(scope=EVERYTHING, rule="quiet", now=NOW)
    with pytest.raises(NotPausedError):
        resume(scope=EVERYTHING, rule="quiet", now=NOW)
    pause(scope=EVERYTHING, rule="quiet", reason="again")
    assert [x.reason for x in Pause.objects.all()] == ["again", "x"]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CSM, Role.VIEWER])
def test_only_who_looks_after_the_rules_pauses_them(role: Role) -> None:
    scope = scope_of(member("x", role=role, reach=Reach.ALL))
    with pytest.raises(MayNotActError):
        pause(scope=scope, rule="quiet", reason="x")
    pause(scope=EVERYTHING, rule="quiet", reason="x")
    with pytest.raises(MayNotActError):
        resume(scope=scope, rule="quiet", now=NOW)


def test_a_pause_says_why() -> None:
    with pytest.raises(NoReasonError):
        pause(scope=EVERYTHING, rule="quiet", reason="  ")
