"""Two accounts that turn out to be one company: what follows, what stays, and the way back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.desk.alerts import alert
from tests.pipeline.vendor import ACCOUNTS, FIRST, LAST, apply, furnish, noon, usage

from banso.cli.session import Session
from banso.core.events.fact import Fact
from banso.desk.models import (
    Account,
    Alert,
    Arm,
    Assessment,
    Contact,
    Contract,
    Episode,
    Merge,
    PlayRun,
    Run,
    Standing,
)
from banso.desk.queries.account_ids import account_keys, told_keys
from banso.desk.queries.merges import merges
from banso.desk.queries.proof import merged_arms
from banso.desk.queries.scope import EVERYTHING, NOTHING
from banso.desk.services.accounts import ensure_accounts
from banso.desk.services.alerts import MayNotActError
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.desk.services.merges import MergeError
from banso.pipeline.gather import gather
from banso.pipeline.measure import panels
from banso.pipeline.merging import merge, unmerge
from banso.pipeline.run import collect, run

EFFECTIVE = date(2026, 1, 1)
pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86_400_000_000
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def join(session: Session, account: str = "A2", into: str = "A1") -> Merge:
    return merge(session.store, scope=EVERYTHING, account=account, into=into, day=LAST, now=NOW)


def split(session: Session, account: str = "A2") -> None:
    unmerge(session.store, scope=EVERYTHING, account=account, now=NOW + timedelta(hours=1))


def users(session: Session, as_of: date) -> dict[str, float]:
    """Account -> users of the last week, as a run would measure them."""
    collect(session.store)
    with session.store.snapshot() as snapshot:
        inputs = gather(session.store, snapshot, apply(), as_of=as_of)
        return {
            inputs.key(account): float(panel.column("weekly_users").values[row, -1])
            for _, panel in panels(inputs)
            for row, account in enumerate(panel.accounts)
        }


def by_hand(facts: list[Fact], as_of: date, into: dict[str, str]) -> dict[str, float]:
    half = 12 * 3600 * 1_000_000
    since, until = noon(as_of - timedelta(days=7)) - half, noon(as_of) - half
    found: dict[str, set[str]] = {into.get(x, x): set() for x in ACCOUNTS}
    for x in facts:
        if since <= x.time < until and x.user is not None:
            found[into.get(x.account, x.account)].add(x.user)
    return {key: float(len(x)) for key, x in found.items()}


def test_facts_of_both_count_from_the_next_run_on_also_those_that_come_later(
    session: Session,
) -> None:
    furnish(session)
    before = users(session, LAST)
    assert before == by_hand(usage(), LAST, {})
    join(session)
    at = noon(LAST) - 2 * DAY
    late = Fact(account="A2", event="login", user="neu", time=at, message_id="late")
    session.store.accept(source="web", dataset="events", facts=[late])
    assert users(session, LAST) == by_hand([*usage(), late], LAST, {"A2": "A1"})
    split(session)
    assert users(session, LAST) == by_hand([*usage(), late], LAST, {})
    assert before["A2"] + 1 == users(session, LAST)["A2"]


def test_what_people_see_goes_over_and_comes_back(session: Session) -> None:
    furnish(session)
    both = [ContactRow(row=n, account=x, key="1", name=x) for n, x in enumerate(("A1", "A2"))]
    save_contacts(both, effective=EFFECTIVE)
    run(session.store, apply(), as_of=LAST, since=FIRST + timedelta(days=20))
    one, other = (Account.objects.get(key=x) for x in ("A2", "A1"))
    Arm.objects.create(
        account=one, rule="quiet", held_out=True, drawn_on=LAST, share=0.1, stratum="", version=""
    )

    def of(account: Account) -> tuple[set[str], set[str], set[int], int]:
        return (
            set(Contact.objects.filter(account=account).values_list("key", flat=True)),
            set(Contract.objects.filter(account=account).values_list("key", flat=True)),
            set(Alert.objects.filter(episode__account=account).values_list("pk", flat=True)),
            Assessment.objects.filter(account=account).count(),
        )

    def going(account: Account) -> set[int]:
        found = Episode.objects.filter(account=account, closed_on=None)
        return set(found.values_list("pk", flat=True))

    was = of(one), of(other)
    open_before = going(one), going(other)
    join(session)
    assert of(one) == (set(), set(), of(one)[2], was[0][3])
    assert of(other)[0] == {"1", "1 (A2)"}
    assert of(other)[1] == {"A1-1", "A2-1"}
    assert of(other)[2] | of(one)[2] == was[0][2] | was[1][2]
    assert not Episode.objects.filter(account=one, closed_on=None).exists()
    assert not Standing.objects.filter(account=one).exists()
    assert [x.key for x in Account.objects.order_by("key")] == sorted({*ACCOUNTS} - {"A2"})
    assert (account_keys(["A2"]), told_keys(["A2"])) == ({"A2": "A1"}, {})
    assert ensure_accounts(["A2"]) == {"A2": other.pk}
    assert (Arm.objects.get().account, merged_arms(EVERYTHING, rule="quiet")) == (one, 1)
    split(session)
    assert (going(one), going(other)) == open_before
    join(session)
    run(session.store, apply(), as_of=LAST + timedelta(days=1), since=None)
    assert Run.objects.count() == 2
    split(session)
    assert of(one)[:3] == was[0][:3]
    assert of(other)[:2] == was[1][:2]
    assert was[1][2] <= of(other)[2]
    assert [(x.account, x.into, x.undone_at is None) for x in merges(EVERYTHING)] == [
        ("A2", "A1", False)
    ] * 2


def test_of_two_alerts_and_plays_that_are_the_same_the_merge_ends_one_and_the_split_reopens_it(
    session: Session,
) -> None:
    ensure_accounts(["A1", "A2"])
    one, other = (Account.objects.get(key=x) for x in ("A2", "A1"))
    mine, theirs = (alert(x, rule="quiet", opened=LAST) for x in (one, other))
    for x in (one, other):
        PlayRun.objects.create(play="visit", account=x, version={}, fingerprint="f", state="open")
    join(session)
    assert [x.closed_on for x in Episode.objects.order_by("pk")] == [LAST, None]
    assert merges(EVERYTHING)[0].ended_plays == ["visit"]
    split(session)
    assert {x.account_id: x.closed_on for x in Episode.objects.all()} == {
        one.pk: None, other.pk: None,
    }  # fmt: skip
    assert Alert.objects.get(pk=mine.pk).episode.account_id == one.pk
    assert Alert.objects.get(pk=theirs.pk).episode.account_id == other.pk
    assert {x.account_id: x.state for x in PlayRun.objects.all()} == {
        one.pk: "ended", other.pk: "open",
    }  # fmt: skip


def test_what_can_not_be_brought_together_is_told(session: Session) -> None:
    ensure_accounts(["A1", "A2", "A3"])
    for account, into, why in (
        ("A1", "A1", "'A1' is that account already"),
        ("A9", "A1", "there is no account 'A9'"),
    ):
        with pytest.raises(MergeError, match=why):
            join(session, account, into)
    join(session)
    for account, into, why in (
        ("A2", "A3", "'A2' was merged into 'A1'; name that one"),
        ("A3", "A2", "'A2' was merged into 'A1'; name that one"),
        ("A1", "A3", "A2 was merged into 'A1': merge 'A3' into that one instead"),
    ):
        with pytest.raises(MergeError, match=why):
            join(session, account, into)
    with pytest.raises(MergeError, match="'A3' is not merged into any account"):
        split(session, "A3")
    with pytest.raises(MayNotActError):
        merge(session.store, scope=NOTHING, account="A3", into="A1", day=LAST, now=NOW)
