"""What a source promises by the clock can be judged."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft
from banso.core.definitions.mistake import Mistake
from banso.core.wording import worded

LEAST_MINUTES = 15
"""Facts are counted by quarters of an hour."""


def check(draft: Draft) -> Iterator[Mistake]:
    for item in draft.sources:
        said, hours = item.model.late_after or "", item.model.hours
        if said.endswith("m") and int(said[:-1]) < LEAST_MINUTES:
            message = worded("facts are counted by quarters of an hour, so 15m is the least")
            yield item.mistake("late_after", message=message)
        if hours is None:
            continue
        start, end = hours.split("-")
        if start >= end:
            message = worded("hours end after they begin, on the same day, such as 08:00-20:00")
            yield item.mistake("hours", message=message)
        if not said.endswith(("h", "m")):
            message = worded(
                "'hours' says something only beside 'late_after' in hours or minutes, such as 4h"
            )
            yield item.mistake("hours", message=message)
