"""Template tags of what pages are built from: icons, states, small pictures, charts, assets.

Tags that stand in every row of a table put their HTML together here: a template for each of them
would cost a list of 50 accounts half of its time. `/design` shows all of them in every state.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from banso.core.unmeasured import Reason
from banso.desk.models import Member, Role
from banso.desk.queries.scope import OPERATING, scope_of
from banso.web.context import Frame, frame_of
from banso.web.house import Look, look
from banso.web.tags import language, number

register = template.Library()

UNDO = "undo:"


def assets() -> Mapping[str, str]:
    """Name -> file with the content's hash in its name; empty where nothing has been built."""
    return _manifest(Path(settings.STATIC_ROOT), _built())


def _built() -> int:
    """In development assets may be built anew while the server runs; this then changes."""
    if not settings.DEVELOPMENT:
        return 0
    path = Path(settings.STATIC_ROOT) / "manifest.json"
    return path.stat().st_mtime_ns if path.exists() else 0


@cache
def _manifest(folder: Path, _build: int) -> Mapping[str, str]:
    path = folder / "manifest.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file; empty where there is none (base.html then says what to run)."""
    return _address(name, settings.STATIC_ROOT, _built())


@cache
def _address(name: str, folder: Path, build: int) -> str:
    file = _manifest(folder, build).get(name)
    return static(file) if file else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One of Tabler's icons (frontend/build.mjs lists those in the sprite).

    label: what it means, where no word stands beside it; without one it is hidden from readers.
    """
    return _icon(name, label, asset("icons.svg"))


@cache
def _icon(name: str, label: str, sprite: str) -> SafeString:
    said = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"/></svg>',
        mark_safe(said),  # noqa: S308  built by format_html in the line above
        sprite,
        name,
    )


def _chip(kind: str, name: str, word: str) -> SafeString:
    return format_html('<span class="chip {}">{}<span>{}</span></span>', kind, icon(name), word)


STATE_ICONS = {
    "healthy": "circle-check-filled",
    "watch": "alert-triangle-filled",
    "at_risk": "alert-octagon-filled",
    "unmeasured": "circle-dashed",
    "": "minus",
}


def state_word(colour: str) -> str:
    """A colour of health in words; empty: on no journey."""
    return {
        "healthy": gettext("Healthy"),
        "watch": gettext("Watch"),
        "at_risk": gettext("At risk"),
        "unmeasured": gettext("Unmeasured"),
        "": gettext("On no journey"),
    }[colour]


@register.simple_tag
def state(colour: str | None) -> SafeString:
    """A colour of health, as icon, word and colour."""
    return _state(colour or "", language(), asset("icons.svg"))


@cache
def _state(colour: str, _language: str, _sprite: str) -> SafeString:
    """Put together once for each language and build: a list shows hundreds."""
    kind = f"state-{colour.replace('_', '-') or 'none'}"
    return _chip(kind, STATE_ICONS[colour], state_word(colour))


PRIORITY_ICONS = {"high": "chevrons-up", "medium": "equal", "low": "chevron-down"}


def priority_word(name: str) -> str:
    return {"high": gettext("High"), "medium": gettext("Medium"), "low": gettext("Low")}[name]


@register.simple_tag
def priority(name: str) -> SafeString:
    return _priority(name, language(), asset("icons.svg"))


@cache
def _priority(name: str, _language: str, _sprite: str) -> SafeString:
    return _chip(f"priority-{name}", PRIORITY_ICONS[name], priority_word(name))


def reason_words(reason: Reason | int | str) -> str:
    """Why something is unmeasured, in words: of a Reason, its number or its code."""
    known = Reason[reason.upper()] if isinstance(reason, str) else Reason(reason)
    return {
        Reason.MEASURED: "",
        Reason.NOT_APPLICABLE: gettext("Not applicable"),
        Reason.BEFORE_FIRST_DATA: gettext("Before first data"),
        Reason.NO_SOURCE: gettext("No source"),
        Reason.SOURCE_LATE: gettext("Source late"),
    }[known]


@register.simple_tag
def unmeasured(reason: Reason | int | str | None = None) -> SafeString:
    """Stands where a number would: never zero, never blank. The reason is shown, the word
    *unmeasured* read out before it; without a reason the word itself is shown."""
    if not reason:
        return state("unmeasured")
    return _unmeasured(reason, language(), asset("icons.svg"))


@cache
def _unmeasured(reason: Reason | int | str, _language: str, _sprite: str) -> SafeString:
    return format_html(
        '<span class="chip state-unmeasured">{}<span>{}</span></span>',
        icon(STATE_ICONS["unmeasured"], gettext("Unmeasured")),
        reason_words(reason),
    )


@register.simple_tag
def trend(delta: float | None, decimals: int = 0) -> SafeString:
    """A change as arrow and signed number. None: nothing to compare with."""
    rounded = None if delta is None else round(delta, decimals)
    return _trend(rounded, decimals, language(), asset("icons.svg"))


@lru_cache(maxsize=10_000)
def _trend(delta: float | None, decimals: int, _language: str, _sprite: str) -> SafeString:
    if delta is None:
        return format_html(
            '<span class="trend trend-none">{}</span>', icon("minus", gettext("Nothing to compare"))
        )
    if delta == 0:
        return format_html(
            '<span class="trend trend-level">{}0</span>', icon("equal", gettext("Unchanged"))
        )
    up = delta > 0
    said = gettext("Up by") if up else gettext("Down by")
    return format_html(
        '<span class="trend trend-{}">{}<span class="visually-hidden">{} </span>{}{}</span>',
        "up" if up else "down",
        icon("arrow-up-right" if up else "arrow-down-right"),
        said,
        "+" if up else "\N{MINUS SIGN}",
        number(abs(delta), decimals),
    )


WIDTH, HEIGHT, EDGE = 96, 24, 3


@register.simple_tag
def spark(
    scores: Sequence[float | None], low: float = 0, high: float = 100, label: str = ""
) -> SafeString:
    """Weekly scores as a small line; a gap where a week is unmeasured. label: what is read out,
    where they are no scores."""
    points = [
        None
        if score is None
        else (
            EDGE + index * (WIDTH - 2 * EDGE) / max(len(scores) - 1, 1),
            HEIGHT - EDGE - (min(max(score, low), high) - low) / (high - low) * (HEIGHT - 2 * EDGE),
        )
        for index, score in enumerate(scores)
    ]
    path, last = _path(points), next((p for p in reversed(points) if p), None)
    dot = f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.25"/>' if last else ""
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="{}"/>{}</svg>',
        WIDTH,
        HEIGHT,
        label or _spoken(scores),
        path,
        mark_safe(dot),  # noqa: S308  numbers only
    )


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    parts, drawing = [], False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if drawing else 'M'}{point[0]:.1f} {point[1]:.1f}")
        drawing = point is not None
    return "".join(parts)


def _spoken(scores: Sequence[float | None]) -> str:
    known = [score for score in scores if score is not None]
    if not known:
        return gettext("No scores")
    return gettext("Scores of %(weeks)s weeks, from %(first)s to %(last)s") % {
        "weeks": len(scores),
        "first": round(known[0]),
        "last": round(known[-1]),
    }


@register.simple_tag
def meter(share: float | None, label: str = "") -> SafeString:
    """A share from 0 to 1 as a bar. label: where the number does not stand beside it."""
    said = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    width = 100 * min(max(share or 0.0, 0.0), 1.0)
    return format_html(
        '<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" {}>'
        '<rect class="meter-track" width="100" height="8"/>'
        '<rect class="meter-fill" width="{}" height="8"/></svg>',
        mark_safe(said),  # noqa: S308  built by format_html above
        f"{width:.1f}",
    )


@register.inclusion_tag("components/chart.html")
def chart(
    id: str,  # noqa: A002  the HTML attribute's own name
    options: Mapping[str, Any],
    label: str,
    height: str = "md",
    table: object = None,
) -> dict[str, object]:
    """An ECharts picture. options: theirs; colours that begin with `--` are CSS variables.

    label: what it shows, for those who can't see it. height: sm, md, lg.
    table: (headings, rows) of the same figures, shown on demand.
    """
    return {
        "id": id,
        "options": options,
        "options_id": f"{id}-options",
        "label": label,
        "height": height,
        "table": table,
    }


@register.inclusion_tag("components/charts.html")
def charts() -> dict[str, object]:
    """The script that draws them; only on pages that have some."""
    return {}


@register.simple_tag(takes_context=True)
def frame(context: template.Context) -> Frame:
    """What base.html shows around a page; no queries where the view has passed its `look` on."""
    seen, request = context.get("look"), context.get("request")
    operates = getattr(getattr(request, "user", None), "role", "") in OPERATING
    return frame_of(seen if isinstance(seen, Look) else look(), operates=operates)


ROLE_WORDS: Mapping[Role, str] = {
    Role.ADMIN: gettext_noop("Administrator"),
    Role.CS_OPS: gettext_noop("CS operations"),
    Role.MANAGER: gettext_noop("Manager"),
    Role.CSM: gettext_noop("CSM"),
    Role.VIEWER: gettext_noop("Viewer"),
}


@register.filter
def role_words(member: Member) -> str:
    """A member's role, and what it keeps from them: Viewer (amounts hidden)."""
    role, scope = gettext(ROLE_WORDS[Role(member.role)]), scope_of(member)
    kept = [
        *([] if scope.revenue else [gettext("amounts hidden")]),
        *([] if scope.acts else [gettext("may not handle alerts")]),
    ]
    if not kept:
        return role
    return gettext("%(role)s (%(kept)s)") % {"role": role, "kept": gettext(", ").join(kept)}


@register.filter
def undo_address(message: object) -> str:
    """Where an undo of what a message tells is posted; empty where it can't be undone."""
    tags = str(getattr(message, "extra_tags", "") or "")
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""


def undoable(address: str) -> str:
    """`extra_tags` of a message whose deed can be undone by a POST to this address."""
    return UNDO + address
