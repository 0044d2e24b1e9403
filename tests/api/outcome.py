"""What has become of what was sent: counted by hand, from the tables and files themselves."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from tests.store.given import query

from banso.store import Ledger, Store
from banso.store.arrivals import Rules

Fact = tuple[str, str | None, str, str]  # account, user, event, feature


@dataclass(frozen=True)
class Outcome:
    """facts: how often each is stored. introductions: call, user, account and traits, sorted.

    quarantined: the reasons, sorted. rows: the facts with all that was stored of them.
    """

    by_dataset: Mapping[str, Ledger]
    facts: Counter[Fact]
    rows: list[dict[str, Any]]
    introductions: list[tuple[str, str | None, str | None, Any]]
    quarantined: list[str]

    @property
    def total(self) -> Ledger:
        return sum(self.by_dataset.values(), Ledger())


def collect(store: Store, rules: Rules | None = None) -> Outcome:
    """Collect all there is."""
    while store.collect_tracked(rules or Rules()) is not None:
        pass
    return outcome(store)


def outcome(store: Store, *, source: str | None = None) -> Outcome:
    """source: only of this one."""
    only = "" if source is None else f"WHERE source = '{source}'"
    ledgers = query(
        store,
        "SELECT dataset, sum(received)::int, sum(stored)::int, sum(duplicate)::int, "
        f"sum(quarantined)::int FROM store.ledger {only} GROUP BY dataset",
    )
    rows = [x for x in _rows(store) if source in (None, x["source"])]
    return Outcome(
        by_dataset={str(name): Ledger(*entry) for name, *entry in ledgers},  # type: ignore[arg-type]
        facts=Counter((x["account"], x["user"], x["event"], x["feature"]) for x in rows),
        rows=rows,
        introductions=sorted(
            (
                (str(call), user, account, _traits(str(payload)))  # type: ignore[misc]
                for call, user, account, payload in query(
                    store,
                    f"SELECT call, user_id, account, payload FROM store.introduction {only}",
                )
            ),
            key=str,
        ),
        quarantined=sorted(
            str(x) for (x,) in query(store, f"SELECT reason FROM store.quarantine {only}")
        ),
    )


def _traits(payload: str) -> Any:
    call = json.loads(payload)
    return call.get("traits") or call.get("context", {}).get("traits")


def _rows(store: Store) -> list[dict[str, Any]]:
    names = ("account", "user", "action", "time", "value", "properties", "message_id")
    found = []
    with store.snapshot() as snapshot:
        for bucket in snapshot.buckets:
            keys = snapshot.account_keys(snapshot.accounts(bucket))
            for batch in snapshot.scan(bucket=bucket, columns=names):
                users = snapshot.user_keys(set(batch.column("user").to_pylist()))
                times = batch.column("time").cast(pa.int64()).to_pylist()
                for row, time in zip(batch.drop_columns(["time"]).to_pylist(), times, strict=True):
                    action = snapshot.actions[row["action"]]
                    found.append(
                        {
                            "account": keys[row["account"]],
                            "user": users.get(row["user"]),
                            "source": action.source,
                            "event": action.event,
                            "feature": action.feature,
                            "product": action.product,
                            "time": time,
                            "value": row["value"],
                            "properties": json.loads(row["properties"] or "{}"),
                            "message_id": row["message_id"],
                        }
                    )
    return sorted(found, key=lambda x: (x["time"], x["message_id"]))
