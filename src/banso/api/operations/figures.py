"""Figures for Prometheus: from the database, where all processes leave theirs, and of requests."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from banso.pipeline import measures
from banso.store import Store
from banso.store.inspection import arrived
from banso.store.operations import backlogs, last_turn


class _Stored(Collector):
    """What the database tells: the same whichever process is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        yield from self._events()
        waiting = GaugeMetricFamily(
            "banso_backlog_events", "Accepted and not collected yet", labels=["source"]
        )
        age = GaugeMetricFamily(
            "banso_backlog_age_seconds", "Since the oldest of them came", labels=["source"]
        )
        for each in backlogs(self._store):
            waiting.add_metric([each.source], each.events)
            age.add_metric([each.source], each.age)
        yield from (waiting, age)
        turn = last_turn(self._store)
        if turn is not None:  # unmeasured otherwise, not zero
            yield GaugeMetricFamily(
                "banso_collector_last_turn_age_seconds", "Since it ended", value=turn.age
            )
            yield GaugeMetricFamily(
                "banso_collector_last_turn_seconds", "How long it took", value=turn.seconds
            )

    def _events(self) -> Iterator[Metric]:
        labels = ["source", "dataset"]
        families = {
            name: CounterMetricFamily(f"banso_events_{name}", said, labels=labels)
            for name, said in (
                ("accepted", "Events answered with 200, and rows of files"),
                ("stored", "Stored as facts"),
                ("duplicate", "Sent once more"),
                ("quarantined", "Set aside"),
            )
        }
        waits = GaugeMetricFamily(
            "banso_events_waiting", "Not collected yet, or without an account", labels=labels
        )
        for each in arrived(self._store):
            of = [each.source, each.dataset]
            families["accepted"].add_metric(of, each.received + each.waiting)
            families["stored"].add_metric(of, each.stored)
            families["duplicate"].add_metric(of, each.duplicate)
            families["quarantined"].add_metric(of, each.quarantined)
            waits.add_metric(of, each.waiting)
        yield from (*families.values(), waits)


def registry(store: Store) -> CollectorRegistry:
    """All figures as they are now."""
    found = CollectorRegistry()
    found.register(_Stored(store))
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    else:
        for each in (measures.REQUESTS, measures.TURNS):
            found.register(each)
    return found
