"""Accounts that are one company, brought together and split again on screen."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from banso.desk.queries.account import account_head
from banso.desk.services.merges import MergeError
from banso.pipeline.merging import merge, unmerge
from banso.web.house import look
from banso.web.request import scope


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
    mine, store = scope(request), look().session.store
    if account_head(mine, account) is None:
        raise Http404
    try:
        unmerge(store, scope=mine, account=request.POST.get("account", ""), now=_now())
    except MergeError as error:
        messages.error(request, error.said.translated(gettext))
    else:
        messages.success(request, gettext("Two accounts again, from the next run on."))
    return redirect(reverse("account", args=[account]))


def _now() -> datetime:
    return datetime.now(tz=UTC)


urlpatterns = [
    path("accounts/<int:account>/merge/", merge_account, name="account_merge"),
    path("accounts/<int:account>/split/", split_account, name="account_split"),
]
