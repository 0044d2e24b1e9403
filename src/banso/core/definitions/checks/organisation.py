"""There is exactly one organisation, its time zone exists, its quiet hours end, and it calls
nothing by two names."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, available_timezones

from banso.core.definitions.draft import Draft, Item
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.model import Organisation
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
        yield from _called_twice(item)


def _called_twice(item: Item[Organisation]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for at, name in enumerate(item.model.names):
        if name.of in seen:
            message = worded("{name} is called by two names", name=name.of)
            yield item.mistake("names", at, "of", message=message)
        seen.add(name.of)


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):  # not found, a folder, a path outside, NUL
        return False
    return True
