"""Muted rules: their new alerts come snoozed, with who, why and until when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.desk.alerts import account, alert, member

from banso.desk.models import Account, Alert, Channel, ChannelKind, Handling, Reach, Role
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.queries.today import open_alerts
from banso.desk.services.alerts import MayNotActError, NoReasonError, PastDateError, snooze
from banso.desk.services.mutes import (
    UnknownAccountError,
    UnknownMuteError,
    back_from_mutes,
    mute,
    unmute,
)
from banso.desk.services.outbox import tell_opened
from banso.desk.services.telling import Telling, tell_alerts

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 7)
NEXT_WEEK = TODAY + timedelta(days=7)
NOW = datetime(2026, 9, 7, 9, tzinfo=UTC)


def fresh(of: Account, rule: str = "quiet") -> Alert:
    """As a run has just recorded it."""
    made = alert(of, rule=rule, opened=TODAY)
    Alert.objects.filter(pk=made.pk).update(told_on=None)
    return made


def tell() -> None:
    tell_alerts(Telling([TODAY], None, TODAY))


def to_do(day: date) -> list[tuple[str, str]]:
    return [(x.account, x.rule) for x in open_alerts(EVERYTHING, to_do_on=day)]


def test_new_alerts_of_a_muted_rule_come_snoozed_and_are_back_on_the_day() -> None:
    ops = member("ops", role=Role.CS_OPS, reach=Reach.ALL)
    muted = mute(scope=scope_of(ops), rule="quiet", account=None, until=NEXT_WEEK,
                 reason=" data stopped ", today=TODAY)  # fmt: skip
    one = fresh(account("A1"))
    fresh(account("A2"), rule="fading")
    tell()
    assert to_do(TODAY) == [("A2", "fading")]
    assert sorted(to_do(NEXT_WEEK)) == [("A1", "quiet"), ("A2", "fading")]
    (handling,) = Handling.objects.all()
    said = (handling.alert_id, handling.member, handling.state, handling.until, handling.note)
    assert said == (one.pk, ops, "snoozed", NEXT_WEEK, "data stopped")
    assert muted.reason == "data stopped"


def test_a_rule_can_be_muted_for_one_account() -> None:
    first, second = account("A1"), account("A2")
    mute(scope=EVERYTHING, rule="quiet", account=first.pk, until=NEXT_WEEK, reason="known",
         today=TODAY)  # fmt: skip
    fresh(first)
    fresh(second)
    tell()
    assert to_do(TODAY) == [("A2", "quiet")]


def test_after_its_day_or_its_end_a_mute_holds_no_longer() -> None:
    tomorrow = TODAY + timedelta(days=1)
    for until, ended in ((tomorrow, False), (NEXT_WEEK, True)):
        made = mute(scope=EVERYTHING, rule="quiet", account=None, until=until, reason="x",
                    today=TODAY)  # fmt: skip
        if ended:
            unmute(scope=EVERYTHING, number=made.pk, now=NOW)
    one = fresh(account("A1"))
    tell_alerts(Telling([tomorrow], None, tomorrow))
    assert to_do(tomorrow) == [("A1", "quiet")]
    assert Alert.objects.get(pk=one.pk).told_on == tomorrow


def test_nobody_mutes_what_they_do_not_see_or_without_a_reason() -> None:
    csm, outsider = member("csm"), member("outsider")
    viewer = member("viewer", role=Role.VIEWER, reach=Reach.ALL)
    mine = account("A1", owner=csm)
    asked = {"rule": "quiet", "until": NEXT_WEEK, "reason": "x", "today": TODAY}
    with pytest.raises(MayNotActError):
        mute(scope=scope_of(csm), account=None, **asked)  # type: ignore[arg-type]
    with pytest.raises(MayNotActError):
        mute(scope=scope_of(viewer), account=mine.pk, **asked)  # type: ignore[arg-type]
    with pytest.raises(UnknownAccountError):
        mute(scope=scope_of(outsider), account=mine.pk, **asked)  # type: ignore[arg-type]
    with pytest.raises(NoReasonError):
        mute(scope=scope_of(csm), account=mine.pk, **asked | {"reason": " "})  # type: ignore[arg-type]
    with pytest.raises(PastDateError):
        mute(scope=scope_of(csm), account=mine.pk, **asked | {"until": TODAY})  # type: ignore[arg-type]
    made = mute(scope=scope_of(csm), account=mine.pk, **asked)  # type: ignore[arg-type]
    with pytest.raises(UnknownMuteError):
        unmute(scope=scope_of(outsider), number=made.pk, now=NOW)
    assert unmute(scope=scope_of(csm), number=made.pk, now=NOW).ended_at == NOW


def test_what_a_mute_kept_back_is_told_to_channels_once_when_it_ends() -> None:
    ops = member("ops", role=Role.CS_OPS, reach=Reach.ALL)
    mute(scope=scope_of(ops), rule="quiet", account=None, until=NEXT_WEEK,
         reason="data stopped", today=TODAY)  # fmt: skip
    muted, over = fresh(account("A1")), fresh(account("A2"))
    put_away = fresh(account("A3"), rule="fading")
    tell()
    snooze(scope=EVERYTHING, alert=put_away.pk, until=NEXT_WEEK, today=TODAY)
    over.episode.closed_on = NEXT_WEEK
    over.episode.save()
    before = NEXT_WEEK - timedelta(days=1)
    assert list(back_from_mutes(after=TODAY, upto=before)) == []
    assert list(back_from_mutes(after=before, upto=NEXT_WEEK)) == [muted]
    Channel.objects.create(name="hook", kind=ChannelKind.WEBHOOK, address="x")
    assert tell_opened(back_from_mutes(after=before, upto=NEXT_WEEK)) == 1
    assert list(back_from_mutes(after=before, upto=NEXT_WEEK)) == []
