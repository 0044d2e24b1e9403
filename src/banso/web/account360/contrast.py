"""Where use and contract tell different stories: accounts are caught by their disagreement, so the
two are shown side by side and never mixed into one number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext, ngettext

from banso.core.definitions.metrics import Metric
from banso.core.health import Assessment, Colour
from banso.web.account360.labels import metric_label
from banso.web.account360.visit import Visit
from banso.web.tags import percent, text

SOON, FAR = 90, 180
"""Days to the end of what has been signed."""
FEW = 0.5
"""Share of the seats."""

Tone = Literal["warning", "info"]


@dataclass(frozen=True)
class Contrast:
    tone: Tone
    text: str


def contrasts(
    visit: Visit, journeys: Sequence[Assessment], seat_use: Sequence[str]
) -> Iterator[Contrast]:
    """journeys: those the account is on. seat_use: metrics that are a share of the seats."""
    told = visit.one.told("contract.days_to_end", visit.as_of).value
    ends_in = int(told) if isinstance(told, float) else None
    colours = {x.colour for x in journeys}
    if not colours:
        return
    if colours == {Colour.HEALTHY}:
        yield from _healthy(visit, ends_in, seat_use)
    elif Colour.AT_RISK in colours and ends_in is not None:
        yield from _at_risk(ends_in)
    elif colours == {Colour.UNMEASURED} and ends_in is not None and ends_in <= SOON:
        yield Contrast("warning", _unmeasured(ends_in))


def _healthy(visit: Visit, ends_in: int | None, seat_use: Sequence[str]) -> Iterator[Contrast]:
    if ends_in is not None and ends_in <= SOON:
        words = ngettext(
            "Health is good, and the contract ends in %(days)s day: nothing signed follows yet.",
            "Health is good, and the contract ends in %(days)s days: nothing signed follows yet.",
            ends_in,
        )
        yield Contrast("warning", words % {"days": ends_in})
    for name in seat_use:
        share = visit.one.told(name, visit.as_of).value
        if isinstance(share, float) and share < FEW:
            yield Contrast("warning", _few(visit.definitions.metrics[name], share))


def _few(metric: Metric, share: float) -> str:
    words = gettext("Health is good, but %(metric)s is only %(share)s.")
    return words % {"metric": text(metric_label(metric)), "share": percent(share)}


def _at_risk(ends_in: int) -> Iterator[Contrast]:
    if ends_in <= SOON:
        words = ngettext(
            "At risk, and the contract ends in %(days)s day.",
            "At risk, and the contract ends in %(days)s days.",
            ends_in,
        )
        yield Contrast("warning", words % {"days": ends_in})
    elif ends_in >= FAR:
        words = gettext("At risk, while the contract runs for %(days)s more days: there is time.")
        yield Contrast("info", words % {"days": ends_in})


def _unmeasured(ends_in: int) -> str:
    words = ngettext(
        "The contract ends in %(days)s day, and nobody knows how healthy the use is.",
        "The contract ends in %(days)s days, and nobody knows how healthy the use is.",
        ends_in,
    )
    return words % {"days": ends_in}
