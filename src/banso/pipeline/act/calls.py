"""Calls of the few services whose address is their own and does not come from a channel."""

from collections.abc import Mapping
from typing import Any

import httpx

from banso.pipeline.act.answers import judge
from banso.pipeline.act.verdict import NotNowError

SECONDS = httpx.Timeout(10.0, connect=5.0)


def post(url: str, *, headers: Mapping[str, str], **content: Any) -> tuple[str, Any]:
    """What was answered, in short and in JSON. content: as httpx takes it (data, json). Raises
    NotNowError, RefusedError, ShutOutError."""
    try:
        answer = httpx.post(url, headers=headers, timeout=SECONDS, trust_env=False, **content)
    except httpx.HTTPError as error:
        raise NotNowError(f"{type(error).__name__}: {error}") from None
    said = judge(
        answer.status_code,
        answer.reason_phrase,
        location=answer.headers.get("location", ""),
        retry_after=answer.headers.get("retry-after", ""),
    )
    try:
        return said, answer.json()
    except ValueError:
        return said, None
