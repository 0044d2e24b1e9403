"""Accounts of the list as HTML, written once while nothing that they show changes: most visits show
what the last one has shown, and to write an account takes a millisecond."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from banso.core.recent import Recent
from banso.desk.queries.to_do import Face, entries
from banso.web.tags import language
from banso.web.today.desk import Desk
from banso.web.today.markup import alerts_html
from banso.web.today.now import now_of
from banso.web.today.rows import row


@dataclass(frozen=True)
class Written:
    """An account in two parts, between which its tasks go: who it is, and its alerts."""

    id: int
    who: SafeString
    alerts: SafeString


memory: Recent[Hashable, Written] = Recent(4_000)
"""Of this process; some 4 KB each."""


def written(faces: Sequence[Face], *, desk: Desk, there: str) -> list[Written]:
    """there: the parameter that leads back to this list. No query where all is known already, else
    three, and one to know that."""
    shared = rests_on(desk, there)
    of: dict[Hashable, Face] = {(*shared, *_key(face)): face for face in faces}
    return memory.get_all(
        list(of), lambda missing: _write([of[key] for key in missing], desk, there)
    )


def rests_on(desk: Desk, there: str) -> tuple[Hashable, ...]:
    """All that an account and its tasks look like, but for what is their own. A run writes alerts,
    standings and measured values; what is proven after it, whether expectations came true. At most
    one query."""
    run, scope = desk.run, desk.scope
    reader = (language(), desk.currency, scope.revenue, scope.acts, there)
    meaning = (desk.definitions.fingerprint, desk.definitions.metadata_fingerprint)
    return (run.pk, run.finished_at, desk.proven, *meaning, desk.clock, *reader)


def _key(face: Face) -> tuple[Hashable, ...]:
    done = tuple((x.pk, str(x.member)) if x else None for x in face.latest)
    return (face.account.pk, str(face.account), str(face.account.owner), *face.alerts, done)


def _write(faces: Sequence[Face], desk: Desk, there: str) -> list[Written]:
    found = entries(desk.scope, faces)
    alerts = [alert for x in found for alert, _ in x.alerts]
    now = now_of(desk.scope, desk.run, desk.definitions, alerts)
    rows = [row(x, now=now, revenue=desk.scope.revenue, clock=desk.clock) for x in found]
    return [
        Written(
            id=x.id,
            who=render_to_string("today/who.html", {"row": x, "desk": desk}),
            alerts=alerts_html(x.items, there=there, acts=desk.scope.acts),
        )
        for x in rows
    ]
