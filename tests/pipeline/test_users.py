"""Who uses it, who has stopped, who never began: against use written by hand."""

from tests.pipeline.one_vendor import TODAY, ago, contact, contacts, fact, looking, told

from banso.cli.session import Session
from banso.core.unmeasured import Reason
from banso.desk.models import Account
from banso.desk.queries.people import people
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.one_account import OneAccount
from banso.pipeline.users import AccountUsers, UserUse, account_users, watched_roles

METRICS = """
metrics:
  - {name: champion_use, kind: recency, where: role = 'champion'}
  - {name: leaders, kind: distinct_users, where: "role in ('head', 'chief') or event = 'x'"}
  - {name: others, kind: distinct_users, where: not role = 'guest'}
  - {name: seats, kind: latest, of: contract.seats, where: product = 'web'}
"""


def users_of(one: OneAccount) -> AccountUsers:
    account = Account.objects.get(key="A1").pk
    return account_users(one, people(EVERYTHING, account, as_of=TODAY), as_of=TODAY)


def row(user: UserUse) -> tuple[str, str, int, int, int, int]:
    return user.name, user.status, user.active, user.before, user.features, user.events


def test_each_person_is_told_by_first_and_last_use_days_and_features(session: Session) -> None:
    told(
        session,
        events=[
            fact(ago(100), user="ann"),
            fact(ago(56), user="ann"),  # the first of the 28 days before
            fact(ago(29), user="ann"),
            fact(ago(28), user="ann", hour=0),  # the first of the last 28
            fact(ago(2), user="ann"),
            fact(ago(2), "report", user="ann", hour=20),
            fact(ago(2), "report", user="ann", hour=21),
            fact(ago(0), user="ann"),  # the day itself does not count
            fact(ago(20), user="bob", feature="export"),
            fact(ago(29), user="cho", hour=23, minute=59),
            fact(ago(3)),  # names nobody
        ],
        records=[fact(ago(1), "training", user="dan", value=3.0)],  # a record is no use
    )
    with looking(session, METRICS) as one:
        found = users_of(one)
    by_name = {x.name: x for x in found.users}
    assert row(by_name["ann"]) == ("ann", "active", 2, 2, 2, 4)
    assert (by_name["ann"].first, by_name["ann"].last) == (ago(100), ago(2))
    assert row(by_name["bob"]) == ("bob", "new", 1, 0, 1, 1)
    assert row(by_name["cho"]) == ("cho", "stopped", 0, 1, 0, 0)
    assert sorted(by_name) == ["ann", "bob", "cho"]
    assert (found.used_before, found.nameless, found.reason) == (2, 1, Reason.MEASURED)
    assert [found.count(x) for x in ("stopped", "new", "active", "never")] == [1, 1, 1, 0]


def test_contacts_give_names_and_roles_and_those_without_use_are_told_apart(
    session: Session,
) -> None:
    told(session, events=[fact(ago(90), user="ann"), fact(ago(1), user="ann")])
    contacts(
        contact("c1", user="ann", name="安藤", role="champion"),
        contact("c2", user="bob", name="坂東"),
        contact("c3", name="千葉", role="head"),
        contact("c4", user="ann", name="a second contact of one user"),
    )
    with looking(session, METRICS) as one:
        users = users_of(one).users
    assert [(x.name, x.key, x.status, x.watched) for x in users] == [
        ("安藤", "ann", "active", True),
        ("千葉", "", "never", True),
        ("坂東", "bob", "never", False),
    ]


def test_who_matters_most_comes_first(session: Session) -> None:
    use = {
        "champion long gone": [200, 150],
        "gone lately": [90, 40],
        "gone a bit earlier": [90, 60],
        "gone long ago": [300, 120],
        "new one": [10],
        "falling": [200, 50, 49, 48, 5],
        "rising": [200, 50, 5, 4, 3],
    }
    told(
        session,
        events=[fact(ago(day), user=user) for user, days in use.items() for day in days],
    )
    contacts(
        contact("c1", user="champion long gone", role="champion"), contact("c2", name="unused")
    )
    with looking(session, METRICS) as one:
        names = [x.key or x.name for x in users_of(one).users]
    assert names == [
        "champion long gone",
        "gone lately",
        "gone a bit earlier",
        "new one",
        "falling",
        "rising",
        "unused",
        "gone long ago",
    ]


def test_nobody_is_new_in_an_account_whose_first_use_lies_within_the_window(
    session: Session,
) -> None:
    told(session, events=[fact(ago(20), user="ann"), fact(ago(3), user="bob")])
    with looking(session, METRICS) as one:
        assert [(x.name, x.status) for x in users_of(one).users] == [
            ("ann", "active"),
            ("bob", "active"),
        ]


def test_a_late_source_is_told(session: Session) -> None:
    told(session, events=[fact(ago(60), user="ann"), fact(ago(10), user="ann")])
    sources = "sources: [{name: web, late_after: 5d}]" + METRICS
    with looking(session, sources) as one:
        assert users_of(one).reason is Reason.SOURCE_LATE


def test_an_account_that_no_source_covers_has_no_users_to_tell_of(session: Session) -> None:
    told(session, events=[fact(ago(60), account="A2", user="ann")])
    contacts(contact("c1", user="bob"))
    row = AccountRow(row=0, key="A1", attributes={"cloud": "no"}, started_on=ago(90))
    save_accounts([row], effective=ago(90))
    sources = "sources: [{name: web, covers: attribute.cloud = 'yes'}]" + METRICS
    with looking(session, sources) as one:
        found = users_of(one)
    assert found.reason is Reason.NOT_APPLICABLE
    assert [(x.key, x.status) for x in found.users] == [("bob", "never")]


def test_roles_that_a_metric_asks_for_are_watched(session: Session) -> None:
    told(session, events=[fact(ago(1))])
    with looking(session, METRICS) as one:
        assert watched_roles(one.definitions) == {"champion", "head", "chief"}
