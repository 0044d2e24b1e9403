"""Webhooks, signed as Standard Webhooks says (https://www.standardwebhooks.com): a receiver that
remembers `webhook-id` sees each message once."""

import json
import ssl
from datetime import UTC, datetime
from functools import cache

import httpx
from standardwebhooks import Webhook

from banso.desk.models import Delivery
from banso.pipeline.act.addresses import pin
from banso.pipeline.act.answers import judge
from banso.pipeline.act.verdict import NotNowError

SECONDS = httpx.Timeout(10.0, connect=5.0)


def body_of(delivery: Delivery) -> str:
    """The same text in every attempt."""
    content = {
        "type": delivery.kind,
        "timestamp": delivery.created_at.astimezone(UTC).isoformat(),
        "data": delivery.body,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def send(delivery: Delivery, *, secret: str) -> str:
    """What the receiver answered. Raises NotNowError, RefusedError, ShutOutError."""
    pinned, text, now = pin(delivery.channel.address), body_of(delivery), datetime.now(tz=UTC)
    message = str(delivery.message)
    headers = {
        "Host": pinned.host,
        "Content-Type": "application/json",
        "User-Agent": "Banso",
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message, now, text),
    }
    try:
        # neither the environment's proxy nor a redirect (httpx follows none) may lead elsewhere
        # than to what was checked
        with (
            httpx.Client(timeout=SECONDS, verify=_authorities(), trust_env=False) as client,
            client.stream(
                "POST",
                pinned.url,
                content=text.encode(),
                headers=headers,
                extensions={"sni_hostname": pinned.name},
            ) as answer,
        ):
            return _judged(answer)
    except httpx.HTTPError as error:
        raise NotNowError(f"{type(error).__name__}: {error}") from None


@cache
def _authorities() -> ssl.SSLContext:
    """Reading all certificates takes longer than sending a message."""
    return httpx.create_ssl_context(trust_env=False)


def _judged(answer: httpx.Response) -> str:
    """The answer's body is not read: nothing in it matters, and it may never end."""
    return judge(
        answer.status_code,
        answer.reason_phrase,
        location=answer.headers.get("location", ""),
        retry_after=answer.headers.get("retry-after", ""),
    )
