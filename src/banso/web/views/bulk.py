"""The same done with several alerts and tasks of Today at once: each is a step of its own, kept and
taken back as one done alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from banso.desk.models import Handling, Member, NotUseful, TaskHandling
from banso.desk.queries.scope import Scope
from banso.desk.queries.tasks import takers, tasks_in_scope
from banso.desk.services import alerts, tasks
from banso.web.components import undoable
from banso.web.forms.alerts import NotUsefulForm, SnoozeForm, snooze_days
from banso.web.house import look
from banso.web.request import scope
from banso.web.tags import number
from banso.web.today.rows import reason_words
from banso.web.views.handling import back

MOST = 200
REFUSED = (
    alerts.AlertOverError,
    alerts.OvertakenError,
    alerts.UnknownAlertError,
    tasks.TaskOvertakenError,
    tasks.UnfitMemberError,
    tasks.UnknownTaskError,
)
Step = Handling | TaskHandling
Do = Callable[[str, int], Step | None]
"""Of the kind (alert, task) and number; None: it can't be done with this kind."""


@dataclass(frozen=True)
class Marked:
    """An alert or task, as its element on the page is called: `alert-12`."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.number}"


def marked(said: QueryDict) -> Sequence[Marked]:
    """Each once, in the order of the list. What nobody can mean is left out."""
    found: dict[Marked, None] = {}
    for text in said.getlist("item")[:MOST]:
        kind, _, rest = text.partition("-")
        if kind in ("alert", "task") and rest.isascii() and rest.isdigit() and len(rest) < 19:
            found[Marked(kind, int(rest))] = None
    return list(found)


@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest, action: str) -> HttpResponse:
    """What is not said yet (until when, to whom, why) is asked for; the buttons below the list only
    ask (`ask`)."""
    said = request.POST if request.method == "POST" else request.GET
    items, seen, mine = marked(said), look(), scope(request)
    if action not in ("done", "snooze", "pass", "not_useful"):
        raise Http404
    if not items:
        return redirect(back(request))
    acts = request.method == "POST" and "ask" not in said
    form = _form(action, said, seen.today) if acts else None
    if acts and (form is None or form.is_valid()):
        values = form.cleaned_data if form else {"to": said.get("to", "")}
        return _all(request, items, _deed(action, mine, seen.today, values))
    days = snooze_days(seen.today)
    return render(
        request,
        "today/bulk.html",
        {
            "look": seen,
            "nav": "today",
            "action": action,
            "items": items,
            "count": len(items),
            "form": form,
            "days": days,
            "first": days[0][1],
            "members": _takers(mine, items) if action == "pass" else (),
            "reasons": [(x.value, word) for x, word in reason_words().items() if x != "other"],
            "back": back(request),
        },
        status=422 if acts else None,
    )


def _form(action: str, said: QueryDict, today: date) -> SnoozeForm | NotUsefulForm | None:
    if action == "snooze":
        return SnoozeForm(said, today=today)
    return NotUsefulForm(said) if action == "not_useful" else None


def _takers(mine: Scope, items: Sequence[Marked]) -> Sequence[Member]:
    """Who could take all the tasks among them."""
    return takers(*tasks_in_scope(mine, [x.number for x in items if x.kind == "task"]))


def _deed(action: str, mine: Scope, today: date, values: Mapping[str, object]) -> Do:
    def do(kind: str, pk: int) -> Step | None:
        alert, task = {"scope": mine, "alert": pk}, {"scope": mine, "task": pk}
        if action == "pass":
            to = str(values["to"])
            return tasks.pass_on(**task, to=to, today=today) if kind == "task" else None  # type: ignore[arg-type]
        more: dict[str, object] = {"today": today}
        if action == "snooze":
            more |= {"until": values["until"], "note": str(values["note"])}
        if action == "not_useful":
            more |= {"reason": NotUseful(str(values["reason"])), "note": str(values["note"])}
        name = {"done": "finish", "snooze": "snooze", "not_useful": "dismiss"}[action]
        service, subject = (tasks, task) if kind == "task" else (alerts, alert)
        return cast("Step", getattr(service, name)(**subject, **more))

    return do


def _all(request: HttpRequest, items: Sequence[Marked], do: Do) -> HttpResponse:
    """One that somebody was faster with does not keep the others."""
    steps: list[str] = []
    for item in items:
        try:
            made = do(item.kind, item.number)
        except REFUSED:
            continue
        if made is not None:
            steps.append(f"{item}:{made.pk}")
    address = back(request)
    left = len(items) - len(steps)
    if steps:
        words = ngettext("Done with %(n)s", "Done with %(n)s", len(steps))
        undo = f"{reverse('bulk_undo')}?{urlencode({'step': steps, 'next': address}, doseq=True)}"
        said = words % {"n": number(len(steps))}
        messages.success(request, said, extra_tags=undoable(undo))
    if left:
        words = ngettext(
            "%(n)s stayed as it is: it was handled already, or it can't be done with it.",
            "%(n)s stayed as they are: they were handled already, or it can't be done with them.",
            left,
        )
        messages.warning(request, words % {"n": number(left)})
    return redirect(address)


@require_POST
def bulk_undo(request: HttpRequest) -> HttpResponse:
    mine, count = scope(request), 0
    for text in request.GET.getlist("step")[:MOST]:
        item, _, step = text.partition(":")
        kind, _, pk = item.partition("-")
        if not (pk.isascii() and pk.isdigit() and step.isascii() and step.isdigit()):
            continue
        try:
            if kind == "task":
                tasks.undo(scope=mine, task=int(pk), handling=int(step))
            else:
                alerts.undo(scope=mine, alert=int(pk), handling=int(step))
        except REFUSED:
            continue
        count += 1
    words = ngettext("Taken back: %(n)s", "Taken back: %(n)s", count)
    messages.success(request, words % {"n": number(count)})
    return redirect(back(request))


urlpatterns = [
    path("today/bulk/undo/", bulk_undo, name="bulk_undo"),
    path("today/bulk/<str:action>/", bulk, name="bulk"),
]
