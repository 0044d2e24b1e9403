"""What the answer of a receiver over HTTP means for a message and for its channel."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from banso.pipeline.act.refusals import LEADS_ON, NOWHERE
from banso.pipeline.act.verdict import NotNowError, RefusedError, ShutOutError

LONGEST_WAIT = timedelta(hours=1)
OF_THE_MESSAGE = frozenset({400, 406, 413, 415, 422})
OF_THE_CHANNEL = frozenset({401, 403, 404, 405, 410})


def judge(code: int, reason: str, *, location: str = "", retry_after: str = "") -> str:
    """What was answered, where the message was taken. Raises NotNowError, RefusedError,
    ShutOutError."""
    status = f"{code} {reason}".strip()
    if 200 <= code < 300:
        return status
    if 300 <= code < 400:
        raise ShutOutError(LEADS_ON.format(status=status, place=location[:200] or NOWHERE))
    if code in OF_THE_CHANNEL:
        raise ShutOutError(status)
    if code in OF_THE_MESSAGE:
        raise RefusedError(status)
    raise NotNowError(status, wait=_wait(retry_after.strip()))


def _wait(asked: str) -> timedelta | None:
    """Retry-After, in seconds or as a date; at most an hour."""
    if asked.isascii() and asked.isdigit():
        return min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(asked)
        left = until - datetime.now(tz=UTC)
    except (TypeError, ValueError):
        return None
    return min(left, LONGEST_WAIT) if left > timedelta() else None
