"""Accounts that are one company, brought together and split again on screen."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from banso.desk.queries.account import account_head
from banso.desk.queries.merges import ended_plays
from banso.desk.services.merges import MergeError
from banso.pipeline.merging import merge, unmerge
from banso.web.definitions.places import play_label
from banso.web.house import Look, look
from banso.web.request import scope
from banso.web.tags import text


@require_POST
def merge_account(request: HttpRequest, account: int) -> HttpResponse:
    """This account turned out to be the one whose key is sent; its page is shown then."""
    mine, seen = scope(request), look()
    head = account_head(mine, account)
    if head is None:
        raise Http404
    into = request.POST.get("into", "").strip()
    try:
        made = merge(
            seen.session.store, scope=mine, account=head.key, into=into, day=seen.today, now=_now()
        )
    except MergeError as error:
        messages.error(request, error.said.translated(gettext))
        return redirect(reverse("account", args=[account]))
    messages.success(request, gettext("Merged. The next run counts the facts of both here."))
    return redirect(reverse("account", args=[made.into_id]))


@require_POST
def split_account(request: HttpRequest, account: int) -> HttpResponse:
    """The account whose key is sent is one of its own again."""
    mine, seen = scope(request), look()
    if account_head(mine, account) is None:
        raise Http404
    try:
        store = seen.session.store
        made = unmerge(store, scope=mine, account=request.POST.get("account", ""), now=_now())
    except MergeError as error:
        messages.error(request, error.said.translated(gettext))
    else:
        messages.success(request, gettext("Two accounts again, from the next run on."))
        if plays := ended_plays(made):
            said = gettext("Ended by the merge, and not resumed: %(plays)s. Start them by hand.")
            named = ", ".join(_play_word(seen, x) for x in plays)
            messages.warning(request, said % {"plays": named})
    return redirect(reverse("account", args=[account]))


def _play_word(seen: Look, play: str) -> str:
    known = seen.definitions.plays.get(play) if seen.definitions else None
    return text(play_label(known)) if known else play


def _now() -> datetime:
    return datetime.now(tz=UTC)


urlpatterns = [
    path("accounts/<int:account>/merge/", merge_account, name="account_merge"),
    path("accounts/<int:account>/split/", split_account, name="account_split"),
]
