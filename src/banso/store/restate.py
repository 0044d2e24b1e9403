"""What becomes known of persons later, brought to the facts that are stored already.

Who somebody is, is looked up when facts are read (store.known_user). Which account they belong to
decides in which files they lie, so facts that move to another account are written anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.events.identity import person_key, person_of
from banso.store import compaction, dictionary, layout, manifest, people, segments
from banso.store.dictionary import Connection
from banso.store.hashing import BUCKETS
from banso.store.place import Place
from banso.store.segments import Segment
from banso.store.touched import touch

Turns = tuple[NDArray[np.int64], NDArray[np.int32]]
"""Instants, ascending, and the account's id from each of them on; 0 where nothing is known."""


def settle(connection: Connection, persons: Iterable[str]) -> None:
    """Enter who these persons are, as now known. Inside the transaction that learnt it."""
    ids = dictionary.user_ids(connection, [person_key(x) for x in persons])
    if not ids:
        return
    known = people.known_of(connection, [person_of(key) for key in ids])
    spans = {number: known.users_of(person_of(key)) for key, number in ids.items()}
    names = {user for each in spans.values() for _, user in each if user is not None}
    users = dictionary.encode_users(connection, names)
    told = {
        (number, since, users[user] if user is not None else 0)
        for number, each in spans.items()
        for since, user in each
        if len(each) > 1 or user is None or users[user] != number
    }
    before = set(
        connection.execute(
            "SELECT person, since, user_id FROM store.known_user WHERE person = ANY(%s)",
            [list(ids.values())],
        )
    )
    if told == before:
        return
    with connection.cursor() as cursor:
        gone = [(person, since) for person, since, _ in before - told]
        cursor.executemany("DELETE FROM store.known_user WHERE (person, since) = (%s, %s)", gone)
        cursor.executemany("INSERT INTO store.known_user VALUES (%s, %s, %s)", list(told - before))
    connection.execute("UPDATE store.generation SET number = number + 1, people = people + 1")


def enter_found(connection: Connection, table: pa.Table) -> None:
    """Remember whose facts (schema SEGMENT) lie in accounts that were found out."""
    found = table.filter(pc.fill_null(table.column("found"), False))
    if not found.num_rows:
        return
    spans = (
        pa.table(
            {
                "person": found.column("user"),
                "account": found.column("account"),
                "time": found.column("time").cast(pa.int64()),
            }
        )
        .group_by(["person", "account"])
        .aggregate([("time", "min"), ("time", "max")])
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO store.found_account AS old (person, account, first_time, last_time) "
            "VALUES (%(person)s, %(account)s, %(time_min)s, %(time_max)s) "
            "ON CONFLICT (person, account) DO UPDATE SET "
            "first_time = least(old.first_time, excluded.first_time), "
            "last_time = greatest(old.last_time, excluded.last_time)",
            spans.to_pylist(),
        )


@dataclass(frozen=True)
class Moving:
    """A person's facts in an account, some of which belong elsewhere. turns: where they belong."""

    person: int
    account: int
    first: int
    last: int
    turns: Turns


def move(connection: Connection, persons: Iterable[str], *, place: Place) -> int:
    """Facts of these persons, as far as their account was found out, go where they belong as now
    known; how many moved. In one transaction with what was learnt: the files that hold them are
    written anew without them, and replaced."""
    found = moving(connection, persons)
    if not found:
        return 0
    moved = 0
    left: list[pa.Table] = []
    for segment in _holding(connection, found):
        table = segments.read(segment, place=place)
        mine, account = _judge(table, found)
        left.append(_with_account(table, account).filter(pa.array(mine)))
        changed = int((account != table.column("account").to_numpy()).sum())
        if changed:
            _rewrite(connection, segment, _with_account(table, account), place=place)
            moved += changed
    connection.cursor().executemany(
        "DELETE FROM store.found_account WHERE (person, account) = (%s, %s)",
        [(each.person, each.account) for each in found],
    )
    for table in left:
        enter_found(connection, table)
    if moved:
        connection.execute("UPDATE store.generation SET number = number + 1")
        homes = {number for each in found for number in (each.account, *each.turns[1].tolist())}
        touch(connection, homes - {0})
    return moved


def moving(connection: Connection, persons: Iterable[str]) -> Sequence[Moving]:
    """Which facts lie where they do not belong, judged by the times between which they lie."""
    rows = connection.execute(
        "SELECT key, person, account, first_time, last_time FROM store.found_account "
        "JOIN store.user_key ON user_key.id = person WHERE key = ANY(%s)",
        [[person_key(x) for x in persons]],
    ).fetchall()
    if not rows:
        return ()
    known = people.known_of(connection, {person_of(key) for key, *_ in rows})
    spans = {key: known.accounts_of(person_of(key)) for key, *_ in rows}
    names = {account for each in spans.values() for _, account in each if account is not None}
    ids = dictionary.encode_accounts(connection, names)
    found = []
    for key, person, account, first, last in rows:
        turns = _turns(spans[key], ids)
        if _elsewhere(turns, account, first, last):
            found.append(Moving(person, account, first, last, turns))
    return found


def _turns(spans: Sequence[tuple[int, str | None]], ids: Mapping[str, int]) -> Turns:
    return (
        np.array([since for since, _ in spans], np.int64),
        np.array([0 if key is None else ids[key] for _, key in spans], np.int32),
    )


def _elsewhere(turns: Turns, account: int, first: int, last: int) -> bool:
    since, accounts = turns
    begin = int(np.searchsorted(since, first, side="right")) - 1
    end = int(np.searchsorted(since, last, side="right"))
    return any(x not in (0, account) for x in accounts[begin:end].tolist())


def _holding(connection: Connection, found: Sequence[Moving]) -> list[Segment]:
    """Files in which some of these facts may lie."""
    accounts = sorted({each.account for each in found})
    hashes = dictionary.account_hashes(connection, accounts)
    buckets = {each & (BUCKETS - 1) for each in hashes.values()}
    first, last = min(each.first for each in found), max(each.last for each in found)
    return [
        each
        for each in manifest.segments_of(connection)
        if (each.bucket is None or each.bucket in buckets)
        and each.min_time <= last
        and each.max_time >= first
    ]


def _judge(table: pa.Table, found: Sequence[Moving]) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
    """Which rows were looked at, and every row's account as now known."""
    account = table.column("account").to_numpy().copy()
    person, before = table.column("user").to_numpy(), table.column("account").to_numpy()
    time = table.column("time").cast(pa.int64()).to_numpy()
    open_to = pc.fill_null(table.column("found"), False).to_numpy()
    open_to &= np.isin(person, [each.person for each in found])
    looked = np.zeros(len(account), np.bool_)
    for each in found:
        rows = np.flatnonzero(open_to & (person == each.person) & (before == each.account))
        since, accounts = each.turns
        now = accounts[np.searchsorted(since, time[rows], side="right") - 1]
        account[rows] = np.where(now == 0, each.account, now)
        looked[rows] = True
    return looked, account


def _with_account(table: pa.Table, account: NDArray[np.int32]) -> pa.Table:
    return table.set_column(table.column_names.index("account"), "account", pa.array(account))


def _rewrite(connection: Connection, old: Segment, table: pa.Table, *, place: Place) -> None:
    bucket = compaction.buckets_of(connection, table.column("account").to_numpy())
    new = layout.write_all(table, bucket, place=place, whole=old.bucket is not None)
    manifest.replace(connection, old=[old], new=new)
