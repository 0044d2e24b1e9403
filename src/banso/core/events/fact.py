"""A fact: one thing a user did (an event) or one dated answer, training, ticket (a record)."""

from dataclasses import dataclass
from typing import Literal

Dataset = Literal["events", "records"]


@dataclass(frozen=True)
class Fact:
    """One fact as the outside world tells it, checked but not yet encoded.

    event: what was done; for a record, its kind (`nps`, `training`).
    time: instant in UTC microseconds since 1970. The one original instant: a retry repeats it.
    message_id: the source's own id of this fact, at most 200 characters; None lets the store
        derive one from the content, so that the same file stored again stores nothing new.
    feature: None means the event's own name. value: None where there is no number.
    properties: flat JSON object as canonical text (sorted keys, no spaces), None where empty.
    """

    account: str
    event: str
    time: int
    user: str | None = None
    message_id: str | None = None
    feature: str | None = None
    product: str = ""
    value: float | None = None
    properties: str | None = None
