"""Calls of the REST API as programs make them."""

import json
from collections.abc import Callable
from typing import Any

from django.test import Client

Call = Callable[..., tuple[int, Any]]
"""Handle, method, path, body -> status and answer."""
HERE = "/api/v1/"


def answered(header: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
    answer = Client().generic(
        method,
        HERE + path,
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Authorization": header} if header else {},
    )
    return answer.status_code, json.loads(answer.content) if answer.content else None
