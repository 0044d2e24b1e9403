"""One event of each kind that can't be taken. Each says its name, so that it can be found again."""

import json
from collections.abc import Callable

GOOD = {"type": "track", "event": "x", "userId": "u1", "context": {"groupId": "a1"}}


def _with(**fields: object) -> Callable[[str], str]:
    return lambda name: json.dumps({**GOOD, "messageId": name, "mark": name, **fields})


KINDS: tuple[Callable[[str], str], ...] = (
    json.dumps,  # no object
    lambda name: json.dumps([name]),
    lambda name: f'{{"mark": "{name}", nonsense}}',  # no JSON: the batch is read piece by piece
    lambda name: f'{{"mark": "{name}", "number": {"9" * 5_000}}}',
    lambda name: json.dumps({"mark": name}),
    lambda name: json.dumps({"mark": name, "type": "track", "event": "of nobody"}),
    _with(type="tack"),
    _with(event=""),
    _with(event="x" * 201),
    _with(userId="a\tb"),
    _with(userId={"id": 1}),
    _with(userId="\ud83d"),
    _with(properties={"half": "\ud83d"}),
    _with(properties={"large": "y" * 33_000}),
    _with(timestamp="yesterday"),
    _with(timestamp="1985-01-01T00:00:00Z"),
    _with(timestamp="2085-01-01T00:00:00Z"),
    _with(timestamp=True),
    _with(messageId=["m"]),
    _with(type="group", context={}),
    _with(type="alias"),
)


def poison(name: str, kind: int) -> str:
    """JSON, or what should be."""
    return KINDS[kind % len(KINDS)](name)
