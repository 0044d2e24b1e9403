"""How a page of one account is made: the frame that all of them share, and what it holds."""

from collections.abc import Callable, Mapping
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from banso.desk.queries.merges import now_at
from banso.web.account360.frame import frame
from banso.web.account360.visit import NothingToSee, Visit, visiting

Page = Callable[[HttpRequest, Visit], Mapping[str, object]]
View = Callable[[HttpRequest, int], HttpResponse]


def _merged(request: HttpRequest, account: int) -> HttpResponse:
    """An address of before: the same page of the account that it turned out to be. Raises Http404
    where there is none that the reader may see."""
    into = now_at(account)
    if into is None:
        raise Http404
    match = request.resolver_match
    name = match.view_name if match else "account"
    query = request.META.get("QUERY_STRING", "")
    with visiting(request, into):
        address = reverse(name, args=[into])
    return redirect(f"{address}?{query}" if query else address)


def tab(name: str) -> Callable[[Page], View]:
    """A view of one account: the function's values in `account360/NAME.html`. The template extends
    `account360/base.html`; `visit` and `frame` are there too."""

    def wrap(page: Page) -> View:
        @wraps(page)
        def view(request: HttpRequest, account: int) -> HttpResponse:
            try:
                with visiting(request, account) as visit:
                    shared = {
                        "visit": visit,
                        "look": visit.look,
                        "nav": "accounts",
                        "tab": name,
                        "account": frame(visit),
                    }
                    values = {**shared, **page(request, visit)}
                    return render(request, f"account360/{name}.html", values)
            except Http404:
                return _merged(request, account)
            except NothingToSee as nothing:
                values = {"nothing": nothing, "nav": "accounts"}
                return render(request, "account360/nothing.html", values)

        return view

    return wrap
