"""LINE WORKS: a bot writes to a member or into a talk room, let in as a service account
(https://developers.worksmobile.com/docs/auth-jwt)."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from urllib.parse import quote

import jwt
from cachetools import TTLCache

from banso.core.wording import worded
from banso.desk.models import Delivery
from banso.pipeline.act import mail
from banso.pipeline.act.calls import post
from banso.pipeline.act.refusals import (
    CANT_SIGN,
    NO_ADDRESS,
    NO_TOKEN,
    NOT_IN_LINE_WORKS,
    THE_OWNER,
    TOKEN_ANEW,
)
from banso.pipeline.act.verdict import NotNowError, RefusedError, ShutOutError

AUTH, API = "BANSO_LINE_WORKS_AUTH_URL", "BANSO_LINE_WORKS_URL"
OWN_AUTH, OWN_API = "https://auth.worksmobile.com", "https://www.worksapis.com/v1.0"
LONGEST = 2_000
SIGNED_BY = "RS256"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

tokens: TTLCache[str, str] = TTLCache(64, timedelta(hours=12).total_seconds())
"""Of this process; LINE WORKS gives them for a day."""
_lock = Lock()


class LineWorksKeyError(ValueError):
    """The private key can't be one."""


def check_key(private_key: str) -> None:
    """Raises LineWorksKeyError for what can't sign."""
    try:
        jwt.encode({}, private_key, algorithm=SIGNED_BY)
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise LineWorksKeyError(
            worded(
                "This is no private key of LINE WORKS: it is the file that the developer console "
                "gives out for the service account, and begins with "
                "'-----BEGIN PRIVATE KEY-----'."
            )
        ) from error


def send(delivery: Delivery, *, secrets: Mapping[str, str], base: str, currency: str) -> str:
    """What was answered. Raises NotNowError, RefusedError, ShutOutError."""
    _, text, _ = mail.written(delivery, base=base, currency=currency)
    address = os.environ.get(API, OWN_API)
    where = f"{address}/bots/{quote(secrets['bot'], safe='')}/{_to(delivery)}/messages"
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    try:
        said, _ = post(
            where,
            headers={"Authorization": f"Bearer {_token(secrets)}"},
            json={"content": {"type": "text", "text": cut}},
        )
    except ShutOutError as error:
        with _lock:
            forgotten = tokens.pop(_key(secrets), None)
        if str(error).startswith("401") and forgotten and delivery.attempts <= 1:
            raise NotNowError(TOKEN_ANEW) from None
        if str(error).startswith("404") and not delivery.channel.address:
            raise RefusedError(NOT_IN_LINE_WORKS.format(member=delivery.member)) from None
        raise
    return said


def _to(delivery: Delivery) -> str:
    """A talk room, or the member: their account in LINE WORKS is their e-mail address."""
    if delivery.channel.address:
        return f"channels/{quote(delivery.channel.address, safe='')}"
    email = delivery.member.email if delivery.member else ""
    if not email:
        raise RefusedError(NO_ADDRESS.format(member=delivery.member or THE_OWNER))
    return f"users/{quote(email, safe='@')}"


def _key(secrets: Mapping[str, str]) -> str:
    return sha256("\0".join(f"{x}={secrets[x]}" for x in sorted(secrets)).encode()).hexdigest()


def _token(secrets: Mapping[str, str]) -> str:
    with _lock:
        known = tokens.get(_key(secrets))
    if known is not None:
        return str(known)
    now = datetime.now(tz=UTC)
    claims = {
        "iss": secrets["client_id"],
        "sub": secrets["service_account"],
        "iat": now,
        "exp": now + timedelta(minutes=30),
    }
    try:
        assertion = jwt.encode(claims, secrets["private_key"], algorithm=SIGNED_BY)
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise ShutOutError(CANT_SIGN.format(error=error)) from None
    _, given = post(
        f"{os.environ.get(AUTH, OWN_AUTH)}/oauth2/v2.0/token",
        headers={},
        data={
            "assertion": assertion,
            "grant_type": GRANT,
            "client_id": secrets["client_id"],
            "client_secret": secrets["client_secret"],
            "scope": "bot",
        },
    )
    token = str((given or {}).get("access_token") or "")
    if not token:
        raise NotNowError(NO_TOKEN)
    with _lock:
        tokens[_key(secrets)] = token
    return token
