"""A rule can open: n of m days with n at most m."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft
from banso.core.definitions.mistake import Mistake


def check(draft: Draft) -> Iterator[Mistake]:
    for item in draft.rules:
        held, _, days, _ = item.model.for_.split()
        if int(held) > int(days):
            message = f"{held} of {days} days can never hold"
            yield item.mistake("for", message=message, suggestion=f"{days} of {held} days")
