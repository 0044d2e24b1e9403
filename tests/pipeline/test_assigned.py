"""Alerts that rules give to members: the same live as in a replay, and only to who sees them."""

import pytest
from tests.pipeline.test_backtest import replayed
from tests.pipeline.vendor import ACCOUNTS, DEFINITIONS, FIRST, LAST, days, furnish

from banso.cli.session import Session
from banso.core.definitions import DefinitionError, loads
from banso.desk.models import Account, Alert, Channel, Delivery, Member, Reach, Role, Team
from banso.desk.queries.alert_pages import AlertFilters, alerts_before
from banso.desk.queries.briefs import briefs
from banso.desk.queries.decided import latest_run
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.to_do import owners
from banso.desk.queries.today import open_alerts
from banso.pipeline.run import run

IN_TURN = "assign: {in_turn: [abe, ito, ueda]}"


def with_assign(assign: str) -> str:
    return DEFINITIONS.replace("- name: quiet\n", f"- name: quiet\n    {assign}\n")


@pytest.fixture
def vendor(session: Session) -> Session:
    """abe and ito see all; ueda sees the accounts of the West, that is A5 and A6."""
    furnish(session)
    west = Team.objects.create(name="West")
    for handle, reach, team in (
        ("abe", Reach.ALL, None),
        ("ito", Reach.ALL, None),
        ("ueda", Reach.TEAM, west),
    ):
        Member.objects.create(handle=handle, role=Role.CSM, reach=reach, team=team)
    mate = Member.objects.create(handle="mate", role=Role.CSM, team=west)
    Account.objects.filter(key__in=("A5", "A6")).update(owner=mate)
    return session


def live(vendor: Session, text: str, *, every: int = 19) -> list[tuple[str, str, str | None]]:
    definitions = loads({"all.yaml": text})
    for day in days(FIRST, LAST)[::every]:
        run(vendor.store, definitions, as_of=day, since=FIRST)
    rows = Alert.objects.filter(episode__rule="quiet").order_by("episode__opened_on", "pk")
    found = rows.values_list("episode__account__key", "episode__opened_on", "assignee__handle")
    return sorted((key, str(day), who) for key, day, who in found)


def test_who_gets_an_alert_is_the_same_live_as_in_a_replay(vendor: Session) -> None:
    told = live(vendor, with_assign(IN_TURN))
    last = days(FIRST, LAST)[::19][-1]
    found = replayed(vendor, "quiet", with_assign(IN_TURN), as_of=last)
    assert sorted((x.account, str(x.opened_on), x.owner) for x in found.fired) == told
    assert len(told) == 10
    by_account = {key: {who for x, _, who in told if x == key} for key in ACCOUNTS}
    assert all(len(x) <= 1 for x in by_account.values())
    assert by_account == {
        "A1": {"abe"},
        "A2": {"abe"},
        "A4": {"abe"},
        "A3": {"ito"},
        "A5": {"ito"},
        "A6": {"ueda"},  # ueda does not see the others
    }


def test_what_nobody_named_may_see_stays_with_the_accounts_owner(vendor: Session) -> None:
    told = live(vendor, with_assign("assign: {member: ueda}"))
    assert {(key in {"A5", "A6"}, who) for key, _, who in told} == {(True, "ueda"), (False, None)}


def test_a_team_takes_turns_by_handle(vendor: Session) -> None:
    told = live(vendor, with_assign("assign: {team: West}"))
    assert {who for key, _, who in told if key in {"A5", "A6"}} == {"mate", "ueda"}
    assert {who for key, _, who in told if key not in {"A5", "A6"}} == {None}


def test_whom_it_was_given_to_is_told_and_finds_it_among_their_own(vendor: Session) -> None:
    channel = Channel.objects.create(name="mail", kind="email", least="low")
    live(vendor, with_assign("assign: {member: ito}"))
    mine = {x.pk for x in Alert.objects.filter(assignee__handle="ito")}
    still = {x for x in mine if Alert.objects.get(pk=x).episode.closed_on is None}
    ito = Member.objects.get(handle="ito")
    told = Delivery.objects.filter(channel=channel, member=ito, alert__episode__rule="quiet")
    assert set(told.values_list("alert", flat=True)) <= mine
    assert told.count() > 0
    assert {x.rule for x in open_alerts(EVERYTHING, owner="ito")} == {"quiet"}
    assert len(open_alerts(EVERYTHING, owner="ito")) == len(still)
    newest = latest_run()
    assert newest is not None
    assert {x.id for x in briefs(EVERYTHING, newest) if x.owner == ito.pk} == still
    assert owners(EVERYTHING, [ito.pk]) == {ito.pk: "ito"}
    page = alerts_before(EVERYTHING, AlertFilters(owner="ito"), before=None, limit=500)
    assert {x.pk for x in page} == mine


def test_an_alert_of_somebody_who_left_is_the_owners_again(vendor: Session) -> None:
    live(vendor, with_assign("assign: {member: ito}"))
    Member.objects.filter(handle="ito").update(is_active=False)
    run(vendor.store, loads({"all.yaml": with_assign("assign: {member: ito}")}), as_of=LAST,
        since=FIRST)  # fmt: skip
    still = Alert.objects.filter(episode__rule="quiet", episode__closed_on__isnull=True)
    assert {x.assignee for x in still} == {None}
    assert {x.holder for x in still} == {x.episode.account.owner for x in still}


@pytest.mark.parametrize(
    ("assign", "message"),
    [
        ("assign: {}", "alerts are assigned by one of member, in_turn and team"),
        ("assign: {member: a, team: b}", "alerts are assigned by one of member, in_turn and team"),
        ("assign: {in_turn: [a, a]}", "a member is named twice"),
    ],
)
def test_whose_alerts_are_is_said_in_one_way(assign: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        loads({"all.yaml": with_assign(assign)})
    assert [x.message for x in caught.value.mistakes] == [message]


def test_whose_alerts_are_changes_no_number() -> None:
    assert (
        loads({"a.yaml": with_assign(IN_TURN)}).fingerprint
        == loads({"a.yaml": DEFINITIONS}).fingerprint
    )
