"""There is exactly one organisation, its time zone exists, and its quiet hours end."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, available_timezones

from banso.core.definitions.draft import Draft
from banso.core.definitions.mistake import Mistake
from banso.core.expressions import nearest
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    if not draft.organisations and draft.whole and "organisation" not in draft.broken:
        message = worded(
            "no organisation; write one, such as organisation: {{name: Kaede, time_zone: UTC}}"
        )
        yield Mistake(draft.files[0] if draft.files else "", 1, 1, message)
    for item in draft.organisations[1:]:
        first = draft.organisations[0].file
        yield item.mistake(
            message=worded("a second organisation; the first is in {first}", first=first)
        )
    for item in draft.organisations:
        zone = item.model.time_zone
        if not _exists(zone):
            message = worded(
                "unknown time zone {zone!r}; IANA names such as Asia/Tokyo are needed", zone=zone
            )
            meant = nearest(zone, available_timezones())
            yield item.mistake("time_zone", message=message, suggestion=meant)
        start, _, end = (item.model.quiet_hours or "").partition("-")
        if start and start == end:
            message = worded("quiet hours that end when they begin say nothing; leave them out")
            yield item.mistake("quiet_hours", message=message)


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):  # not found, a folder, a path outside, NUL
        return False
    return True
