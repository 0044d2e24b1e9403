"""What was seen otherwise than shown, and whether definitions or facts had changed."""

from datetime import UTC, date, datetime

import pytest

from banso.desk.models import Account, Cause, Change, Member, Reach, Run, Standing
from banso.desk.queries.restatements import Restatement, restatements
from banso.desk.queries.scope import EVERYTHING, NOTHING, scope_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 1, 3, tzinfo=UTC)
D1, D2, D3 = (date(2026, 9, day) for day in (1, 2, 3))


def made(as_of: date, fingerprint: str, generation: int) -> None:
    Run.objects.create(
        as_of=as_of,
        fingerprint=fingerprint,
        generation=generation,
        started_at=NOON,
        finished_at=NOON,
        accounts=0,
        opened=0,
        closed=0,
    )


def changed(key: str, as_of: date, fingerprint: str, generation: int, **others: object) -> Account:
    row, _ = Account.objects.get_or_create(key=key)
    values = {"what": "colour", "cause": Cause.RESTATED, "journey": "adoption", **others}
    Change.objects.create(
        account=row,
        as_of=as_of,
        before="watch",
        after="healthy",
        fingerprint=fingerprint,
        generation=generation,
        **values,
    )
    return row


def told(since: date = D1, until: date = D3) -> list[Restatement]:
    return list(restatements(EVERYTHING, "adoption", since=since, until=until))


def test_other_definitions_and_later_facts_are_told_apart() -> None:
    for run in ((D1, "f", 1), (D1, "g", 1), (D2, "g", 2), (D3, "h", 3)):
        made(*run)
    changed("A", D1, "g", 1)
    changed("A", D2, "g", 2)
    changed("A", D3, "h", 3)

    assert told() == [
        Restatement(D3, accounts=1, definitions=True, facts=True),
        Restatement(D2, accounts=1, definitions=False, facts=True),
        Restatement(D1, accounts=1, definitions=True, facts=False),
    ]


def test_an_account_counts_once_and_real_changes_not_at_all() -> None:
    made(D1, "f", 1)
    made(D2, "f", 2)
    changed("A", D2, "f", 2)
    changed("A", D2, "f", 2, what="stage")
    changed("B", D2, "f", 2)
    changed("C", D2, "f", 2, cause=Cause.DATA)
    changed("D", D2, "f", 2, journey="another")

    assert told() == [Restatement(D2, accounts=2, definitions=False, facts=True)]
    assert told(since=D3) == []


def test_a_run_of_an_older_day_changes_nothing_that_people_saw() -> None:
    made(D2, "f", 1)
    made(D1, "g", 9)
    made(D3, "f", 2)
    changed("A", D3, "f", 2)

    assert told() == [Restatement(D3, accounts=1, definitions=False, facts=True)]


def test_only_what_the_reader_sees_and_asks_for_is_counted() -> None:
    sato = Member.objects.create(handle="sato", reach=Reach.OWN)
    made(D1, "f", 1)
    made(D2, "f", 2)
    own, other = changed("A", D2, "f", 2), changed("B", D2, "f", 2)
    Account.objects.filter(pk=own.pk).update(owner=sato)
    Standing.objects.create(
        account=other, lead=True, position=0, urgency=4, scores=[], segments=["large"]
    )

    def counted(**only: str) -> list[int]:
        found = restatements(EVERYTHING, "adoption", since=D1, until=D3, **only)
        return [x.accounts for x in found]

    assert (counted(), counted(segment="large"), counted(segment="small")) == ([2], [1], [])
    for scope, accounts in ((scope_of(sato), [1]), (NOTHING, [])):
        found = restatements(scope, "adoption", since=D1, until=D3)
        assert [x.accounts for x in found] == accounts
