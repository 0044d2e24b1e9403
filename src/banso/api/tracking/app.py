"""Takes requests of tracking clients, as a WSGI application of its own: no session, no cookie.

200 is answered once the request is committed. A bad event never refuses its request: it goes to
quarantine when it is collected. Only a request that as a whole can't be read (400), has no valid
key (401) or is too large (413) is refused, since clients then throw all of it away; while nothing
can be stored, clients are asked to come again (503), and so is one that sends too much (429).
"""

import base64
import binascii
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import django.db
import psycopg

from banso.api.tracking.encoding import (
    LARGEST,
    EncodingError,
    TooLargeError,
    decompressed,
    json_in,
)
from banso.api.tracking.rate import Rates
from banso.core.events.body import CALLS, Body, BodyError, TooManyError, read_body
from banso.desk.queries.keys import Admission, admission
from banso.pipeline.measures import REQUESTS
from banso.store import Store

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LEAST_FREE = 512 << 20
"""Bytes of disk under the home below which nothing is accepted any more: what was accepted has to
be collected yet."""

COME_AGAIN = 5
"""Seconds, where nobody can tell when things will be well again."""

CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "POST, OPTIONS"),
    (
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Content-Encoding, X-Retry-Count, AnonymousId",
    ),
    ("Access-Control-Max-Age", "86400"),
)
TELEMETRY = "m"
"""Segment's browser client reports its own workings here; that is no event of the application."""

log = logging.getLogger(__name__)


class Refusal(Exception):  # noqa: N818  an answer, not a mistake of the program
    """The whole request is not taken. again: seconds after which to send it again."""

    def __init__(self, status: HTTPStatus, message: str, *, again: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.again = again


@dataclass(frozen=True)
class Received:
    """A body as it will be stored, and the calls in it. problem: why there are none."""

    data: bytes
    body: Body
    key: str | None
    problem: str | None = None


class Tracking:
    """The endpoint. store: opened before the first request. least_free: as LEAST_FREE."""

    def __init__(self, store: Callable[[], Store], *, least_free: int = LEAST_FREE) -> None:
        self._store = store
        self._least_free = least_free
        shared = os.environ.get("PROMETHEUS_MULTIPROC_DIR")  # of this server's processes
        self._rates = Rates(Path(shared) / "rates" if shared else None)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        began, status = time.perf_counter(), HTTPStatus.OK
        try:
            return self._answered(environ, start)
        except Refusal as refusal:
            status = refusal.status
            again = [] if refusal.again is None else [("Retry-After", str(refusal.again))]
            return _answer(start, refusal.status, _refused(refusal.status, refusal.message), again)
        finally:
            REQUESTS.labels(str(status.value)).observe(time.perf_counter() - began)

    def _answered(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        method, call = environ["REQUEST_METHOD"], _last(environ)
        if method == "OPTIONS":
            return _answer(start, HTTPStatus.NO_CONTENT, None)
        if method != "POST":
            status, allow = HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "POST, OPTIONS")]
            return _answer(start, status, _refused(status, "Send events with POST."), allow)
        if call != TELEMETRY:
            self._take(environ, CALLS[call])
        return _answer(start, HTTPStatus.OK, {"success": True})

    def _take(self, environ: "WSGIEnvironment", call: str) -> None:
        """Returns once the request is committed. Raises Refusal."""
        received = _received(_read(environ), call)
        admitted = self._admitted(_keys(environ, received))
        if received.problem is not None:
            raise Refusal(HTTPStatus.BAD_REQUEST, received.problem)
        events = len(received.body.calls)
        if not events:
            return
        wait = self._rates.wait(admitted.key, rate=admitted.rate, events=events)
        if wait:
            message = f"More than {admitted.rate:,} events a second with this key."
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, message, again=wait)
        self._refuse_full()
        try:
            self._store().accept_tracked(
                source=admitted.source, call=call, events=events, body=received.data
            )
        except psycopg.Error as error:
            raise _not_now(error) from error

    def _admitted(self, keys: Iterator[str]) -> Admission:
        for key in keys:
            try:
                found = _admission(key)
            except django.db.Error as error:
                raise _not_now(error) from error
            if found is not None:
                return found
        raise Refusal(
            HTTPStatus.UNAUTHORIZED,
            "No valid key. `banso keys add SOURCE` gives one out; it is the user of HTTP Basic "
            "authentication, or writeKey in the body.",
        )

    def _refuse_full(self) -> None:
        free = shutil.disk_usage(self._store().home).free
        if free < self._least_free:
            log.error("No events are accepted: only %d MB of disk are free", free >> 20)
            raise Refusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The disk is nearly full; nothing is accepted for now.",
                again=60,
            )


def beside(pages: "WSGIApplication", tracking: Tracking) -> "WSGIApplication":
    """Requests of tracking clients go past the pages and all that pages need."""

    def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/v1/") and _last(environ) in (*CALLS, TELEMETRY):
            return tracking(environ, start)
        return pages(environ, start)

    return application


def _last(environ: "WSGIEnvironment") -> str:
    """`batch` of /v1/batch and /v1/batch/; longer paths are none of ours."""
    return str(environ.get("PATH_INFO", "")).removeprefix("/v1/").removesuffix("/")


def _read(environ: "WSGIEnvironment") -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > LARGEST:
        raise _too_large()
    data: bytes = environ["wsgi.input"].read(int(length) if length.isdecimal() else LARGEST + 1)
    if length.isdecimal() and len(data) < int(length):
        raise Refusal(HTTPStatus.BAD_REQUEST, "The body ends too early.")
    return data


def _too_large() -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {LARGEST:,} bytes."
    )


def _received(sent: bytes, call: str) -> Received:
    try:
        data, key = json_in(decompressed(sent))
    except TooLargeError:
        raise _too_large() from None
    except EncodingError as error:
        return Received(b"", Body(()), None, str(error))
    try:
        return Received(data, read_body(data, call=call, exact=False), key)
    except TooManyError as error:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error)) from None
    except BodyError as error:
        return Received(data, Body(()), key, str(error))


def _keys(environ: "WSGIEnvironment", received: Received) -> Iterator[str]:
    """Whatever the request shows as its key, the surest place first."""
    scheme, _, told = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(told).decode("utf-8", "replace").partition(":")
            yield from (x for x in (user, password) if x)
        except binascii.Error:
            pass
    elif scheme.lower() == "bearer":
        yield told.strip()
    query = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=None)
    for name in ("writeKey", "write_key"):
        yield from query.get(name, [])[:1]
    if received.key:
        yield received.key
    if received.body.write_key:
        yield received.body.write_key


def _admission(key: str) -> Admission | None:
    try:
        return admission(key)
    except django.db.Error:  # the connection may be one of before the database was started anew
        django.db.connection.close()
        return admission(key)


def _not_now(error: Exception) -> Refusal:
    log.error("No events are accepted: %s", str(error).strip())
    return Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Nothing can be stored at the moment.",
        again=COME_AGAIN,
    )


def _refused(status: HTTPStatus, message: str) -> dict[str, object]:
    """The Python clients look for `code` and `message`."""
    return {"success": False, "code": status.name.lower(), "message": message}


def _answer(
    start: "StartResponse",
    status: HTTPStatus,
    said: dict[str, object] | None,
    headers: Iterable[tuple[str, str]] = (),
) -> Iterable[bytes]:
    content = b"" if said is None else json.dumps(said).encode()
    typed = [] if said is None else [("Content-Type", "application/json")]
    start(
        f"{status.value} {status.phrase}",
        [*typed, ("Content-Length", str(len(content))), *CORS, *headers],
    )
    return [content]
