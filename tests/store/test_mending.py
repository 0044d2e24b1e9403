"""Rows of quarantine: found, grouped, discarded and restored; what is done is kept. Replays of live
calls: tests/api/test_replay.py."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from banso.store import Ledger, Rejected, Store
from banso.store.inspection import counts, ledger_rows
from banso.store.mending import (
    GROUPED,
    Filter,
    MendingError,
    QuarantineGroup,
    deeds,
    discard,
    discard_all,
    quarantine_groups,
    quarantine_row,
    quarantine_rows,
    replay,
    replay_all,
    restore,
)


def refuse(store: Store, reasons: Sequence[str], *, source: str = "crm") -> None:
    store.reject(
        source=source,
        dataset="accounts",
        origin="accounts.csv",
        rejected=[Rejected(n, reason, f"row {n}") for n, reason in enumerate(reasons)],
        ledger=Ledger(received=len(reasons), quarantined=len(reasons)),
    )


def ids(store: Store, wanted: Filter) -> list[int]:
    return [row.id for row in quarantine_rows(store, wanted, limit=100)]


def test_quarantine_pages_join_without_gap_or_repeat(store: Store) -> None:
    refuse(store, [f"seats: '{n}x': not a number" for n in range(5)])
    everything = quarantine_rows(store, limit=10)
    assert [row.payload for row in everything] == [f"row {n}" for n in (4, 3, 2, 1, 0)]
    first = quarantine_rows(store, limit=2)
    second = quarantine_rows(store, before=first[-1].id, limit=2)
    assert [*first, *second] == everything[:4]
    assert quarantine_rows(store, after=second[0].id, limit=2) == first


def test_reasons_that_differ_in_values_alone_are_one_kind(store: Store) -> None:
    refuse(store, ["seats: '1x': not a number", "seats: '2,5': not a number", "no account"])
    refuse(store, [f"end_on 2026-08-0{n} is before start_on 2026-09-01" for n in (1, 2, 3)])
    refuse(store, ["name is 301 characters long; at most 300 fit"], source="app")
    assert quarantine_groups(store) == [
        QuarantineGroup("crm", "end_on … is before start_on …", 3, 0),
        QuarantineGroup("crm", "seats: …: not a number", 2, 0),
        QuarantineGroup("app", "name is … characters long; at most … fit", 1, 0),
        QuarantineGroup("crm", "no account", 1, 0),
    ]
    found = quarantine_rows(store, Filter(source="crm", alike="seats: …: not a number"), limit=10)
    assert [row.reason for row in found] == [
        "seats: '2,5': not a number",
        "seats: '1x': not a number",
    ]
    assert quarantine_rows(store, Filter("app", "no account"), limit=10) == []


def test_only_the_newest_rows_are_grouped(store: Store) -> None:
    refuse(store, ["no account"])
    refuse(store, ["no event"] * GROUPED)
    assert quarantine_groups(store) == [QuarantineGroup("crm", "no event", GROUPED, 0)]


def test_a_row_that_comes_again_is_counted_not_repeated(store: Store) -> None:
    refuse(store, ["no account"])
    refuse(store, ["no account"])
    assert [row.seen for row in quarantine_rows(store, limit=10)] == [2]


def test_rows_are_found_by_state_and_by_when_they_came_last(store: Store) -> None:
    refuse(store, ["no account", "no event"])
    newest, oldest = ids(store, Filter())
    discard(store, newest, by="sato", note="a test")
    assert ids(store, Filter(state="open")) == [oldest]
    assert ids(store, Filter(state="discarded")) == [newest]
    now = datetime.now(tz=UTC)
    hour = timedelta(hours=1)
    assert ids(store, Filter(since=now - hour, until=now + hour)) == [newest, oldest]
    assert ids(store, Filter(since=now + hour)) == []
    assert ids(store, Filter(until=now - hour)) == []


def test_a_discarded_row_keeps_who_when_and_why_and_can_be_taken_back(store: Store) -> None:
    refuse(store, ["no account"])
    (item,) = ids(store, Filter())
    before = datetime.now(tz=UTC)
    discard(store, item, by="sato", note=" of a test machine ")
    assert counts(store).quarantined == 0
    (deed,) = deeds(store, item)
    assert (deed.by, deed.kind, deed.note) == ("sato", "discard", "of a test machine")
    assert deed.reason == "no account"
    assert before <= deed.at <= datetime.now(tz=UTC)
    restore(store, item, by="mori")
    assert [(x.by, x.kind) for x in deeds(store, item)] == [
        ("sato", "discard"),
        ("mori", "restore"),
    ]
    assert counts(store).quarantined == 1
    (hour,) = ledger_rows(store, limit=10)
    assert (hour.received, hour.quarantined) == (1, 1)  # never stored, whatever people do


@pytest.mark.parametrize("note", ["", "  ", "\0"])
def test_nothing_is_discarded_without_a_reason(store: Store, note: str) -> None:
    refuse(store, ["no account"])
    (item,) = ids(store, Filter())
    with pytest.raises(MendingError, match="Say why"):
        discard(store, item, by="sato", note=note)
    with pytest.raises(MendingError, match="Say why"):
        discard_all(store, Filter(), by="sato", note=note)
    assert (ids(store, Filter(state="open")), deeds(store, item)) == ([item], [])


def test_a_discarded_row_that_comes_again_stays_discarded(store: Store) -> None:
    refuse(store, ["no account"])
    (item,) = ids(store, Filter())
    discard(store, item, by="sato", note="a test")
    refuse(store, ["no account"])
    row = quarantine_row(store, item)
    assert row is not None
    assert (row.state, row.seen) == ("discarded", 2)


def test_all_of_a_reason_are_discarded_at_once_and_no_other(store: Store) -> None:
    refuse(store, ["seats: '1x': not a number", "no account", "seats: '2y': not a number"])
    refuse(store, ["seats: '3z': not a number"], source="other")
    wanted = Filter(source="crm", alike="seats: …: not a number")
    done = discard_all(store, wanted, by="sato", note="old system")
    assert len(done) == 2
    assert sorted(x.reason for x in quarantine_rows(store, Filter(state="open"), limit=9)) == [
        "no account",
        "seats: '3z': not a number",
    ]
    assert [[x.note for x in deeds(store, item)] for item in done] == [["old system"]] * 2
    assert discard_all(store, wanted, by="sato", note="again") == []


def test_what_can_not_be_done_is_said(store: Store) -> None:
    refuse(store, ["no account"])
    (item,) = ids(store, Filter())
    for deed, words in (
        (lambda: replay(store, item, by="sato"), "came with accounts.csv: mend the file"),
        (lambda: restore(store, item, by="sato"), "is not discarded"),
        (lambda: replay(store, item + 1, by="sato"), "There is no row"),
        (lambda: replay(store, item, by="sato", payload="{"), "no JSON"),
        (lambda: replay(store, item, by="sato", payload="[]"), "one JSON object"),
        (lambda: replay(store, item, by="sato", payload='{"a": "%s"}' % ("x" * 200_000)), "32 KB"),
    ):
        with pytest.raises(MendingError, match=words):
            deed()
    assert replay_all(store, Filter(), by="sato") == []
    assert deeds(store, item) == []
