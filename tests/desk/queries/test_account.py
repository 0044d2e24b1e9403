"""What the desk has recorded of one account, and who may see it."""

from datetime import date, timedelta

import pytest
from tests.pipeline.vendor import FIRST, LAST, apply, furnish

from banso.cli.session import Session
from banso.desk.models import Account, Assessment, Episode, Member, Reach, Role
from banso.desk.queries.account import account_alerts, account_head, shown_journeys
from banso.desk.queries.decided import latest_run
from banso.desk.queries.scope import EVERYTHING, NOTHING, scope_of
from banso.pipeline.run import run


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    run(session.store, apply(), as_of=LAST, since=FIRST + timedelta(days=10))
    return session


def stranger() -> Member:
    return Member.objects.create(handle="stranger", role=Role.CSM, reach=Reach.OWN)


def test_the_head_names_the_account_and_its_owner(vendor: Session) -> None:
    account = Account.objects.get(key="A2")
    head = account_head(EVERYTHING, account.id)
    assert head is not None
    assert (head.id, head.key, head.name) == (account.id, "A2", "A2 商事")
    assert head.owner == str(account.owner)


def test_an_account_without_an_owner_has_none_and_without_a_name_shows_its_key(
    vendor: Session,
) -> None:
    Account.objects.filter(key="A2").update(owner=None, name="")
    head = account_head(EVERYTHING, Account.objects.get(key="A2").id)
    assert head is not None
    assert (head.name, head.owner) == ("A2", None)


def test_an_account_out_of_reach_is_not_there(vendor: Session) -> None:
    account = Account.objects.get(key="A2").id
    scope = scope_of(stranger())
    assert account_head(scope, account) is None
    assert account_head(EVERYTHING, 0) is None
    assert account_alerts(scope, account, until=LAST) == []
    run_ = latest_run()
    assert run_ is not None
    assert shown_journeys(EVERYTHING, account, run_) != []
    assert shown_journeys(scope, account, run_) == []
    assert shown_journeys(NOTHING, account, run_) == []


def test_what_was_shown_is_what_the_run_recorded(vendor: Session) -> None:
    account = Account.objects.get(key="A3").id
    newest = latest_run()
    assert newest is not None
    (shown,) = shown_journeys(EVERYTHING, account, newest)
    recorded = Assessment.objects.get(account=account, as_of=LAST)
    assert (shown.journey, shown.stage, shown.colour) == (
        recorded.journey,
        recorded.stage,
        recorded.colour,
    )
    assert (shown.score, shown.days_in_stage) == (recorded.score, recorded.days_in_stage)


def test_rows_of_another_version_of_the_same_day_are_not_mixed_in(vendor: Session) -> None:
    account = Account.objects.get(key="A3").id
    newest = latest_run()
    assert newest is not None
    recorded = Assessment.objects.get(account=account, as_of=LAST)
    recorded.pk, recorded.fingerprint, recorded.stage = None, "other", "elsewhere"
    recorded.save()
    assert [x.stage for x in shown_journeys(EVERYTHING, account, newest)] != ["elsewhere"]
    assert len(shown_journeys(EVERYTHING, account, newest)) == 1


def test_alerts_are_told_up_to_a_day_with_the_span_in_which_they_were_open(
    vendor: Session,
) -> None:
    episode = Episode.objects.exclude(closed_on=None).order_by("id").first()
    assert episode is not None
    assert episode.closed_on is not None
    found = account_alerts(EVERYTHING, episode.account_id, until=LAST)
    assert [x.opened_on for x in found] == sorted(x.opened_on for x in found)
    assert len(found) == Episode.objects.filter(account=episode.account_id).count()
    mine = next(x for x in found if x.id == episode.alert.pk)
    days = [mine.open_on(x) for x in around(episode.opened_on, episode.closed_on)]
    assert days == [False, True, True, False]
    before = episode.opened_on - timedelta(days=1)
    assert mine.id not in {
        x.id for x in account_alerts(EVERYTHING, episode.account_id, until=before)
    }


def around(opened: date, closed: date) -> tuple[date, date, date, date]:
    """The day before it opened, the day it did, the last day it was open, the day it closed."""
    one = timedelta(days=1)
    return opened - one, opened, closed - one, closed
