"""`/healthz`, `/readyz` and `/metrics`, past Django: no sign-in, no session, no cookie.

The first two tell nothing that a stranger must not know. Figures are for this machine alone, or for
those who show BANSO_METRICS_TOKEN.
"""

import hmac
import json
import logging
import shutil
from collections.abc import Callable, Iterable
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING

import django.db
import psycopg
from django.db.migrations.executor import MigrationExecutor
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from banso.api.operations.figures import registry
from banso.store import Store
from banso.store.operations import last_turn, migrated

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

COLLECTOR_LATE = 60.0
"""Seconds since the collector's last turn after which it counts as late."""

log = logging.getLogger(__name__)
Said = dict[str, object]


class Operations:
    """store: opened before the first request. least_free: bytes of disk below which nothing is
    accepted. proxied: strangers' requests come from this machine too, by a proxy on it. token: what
    opens the figures; empty: none does."""

    def __init__(
        self, store: Callable[[], Store], *, least_free: int, proxied: bool, token: str = ""
    ) -> None:
        self._store = store
        self._least_free = least_free
        self._proxied = proxied
        self._token = token
        self._desk_migrated = False

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return self._figures(environ, start)
        said: Said = {"alive": True} if path == "/healthz" else self.readiness()
        return _answer(start, ready=said.get("ready") is not False, said=said)

    def readiness(self) -> Said:
        """`ready` is false where no event would be accepted and no page shown; a late collector is
        only told, for what is accepted meanwhile is safe."""
        free = shutil.disk_usage(self._store().home).free
        disk = "ok" if free >= self._least_free else "nearly full"
        told: Said = {"disk": disk, "disk_free_mb": free >> 20}
        try:
            current = migrated(self._store()) and self._desk_current()
            turn = last_turn(self._store())
        except (psycopg.Error, django.db.Error) as error:
            log.error("Not ready: %s", str(error).strip())
            unknown = {"migrations": "unknown", "collector": "unknown"}
            return {"ready": False, "database": "away", **unknown, **told}
        late = turn is None or turn.age > COLLECTOR_LATE
        return {
            "ready": current and disk == "ok",
            "database": "ok",
            "migrations": "ok" if current else "not those of this version",
            "collector": "late" if late else "ok",
            "collector_last_turn_seconds_ago": None if turn is None else round(turn.age, 1),
            **told,
        }

    def _desk_current(self) -> bool:
        """Asked until it is so: nobody takes a migration back under a running server."""
        if not self._desk_migrated:
            executor = MigrationExecutor(django.db.connection)
            self._desk_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self._desk_migrated

    def _figures(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if not self._may_see(environ):
            return _not_found(start)
        try:
            content = generate_latest(registry(self._store()))
        except psycopg.Error as error:
            log.error("No figures: %s", str(error).strip())
            return _answer(start, ready=False, said={"database": "away"})
        start("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [content]

    def _may_see(self, environ: "WSGIEnvironment") -> bool:
        if self._token:
            shown = str(environ.get("HTTP_AUTHORIZATION", ""))
            return hmac.compare_digest(shown.encode(), f"Bearer {self._token}".encode())
        return not self._proxied and _local(str(environ.get("REMOTE_ADDR", "")))


def with_operations(others: "WSGIApplication", operations: Operations) -> "WSGIApplication":
    """The three paths go past all others."""

    def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO") in ("/healthz", "/readyz", "/metrics"):
            return operations(environ, start)
        return others(environ, start)

    return application


def _local(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _answer(start: "StartResponse", *, ready: bool, said: Said) -> Iterable[bytes]:
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    start(f"{status.value} {status.phrase}", headers)
    return [json.dumps(said).encode()]


def _not_found(start: "StartResponse") -> Iterable[bytes]:
    start("404 Not Found", [("Content-Type", "text/plain")])
    return [
        b"Figures are for this machine alone, or for those who show BANSO_METRICS_TOKEN "
        b"(Authorization: Bearer ...).\n"
    ]
