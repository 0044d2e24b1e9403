"""The reader's language and colours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from banso.desk.models import Language, Member, Theme
from banso.desk.services.preferences import prefer

YEAR = 365 * 86_400
CHOICES = {"language": frozenset(Language), "theme": frozenset({*Theme, ""})}


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen: on the member, or before signing in as a cookie. What is unknown is
    left as it was; an empty theme is the browser's wish."""
    chosen = {
        name: request.POST[name]
        for name, known in CHOICES.items()
        if name in request.POST and request.POST[name] in known
    }
    response = redirect(_safe(request, request.POST.get("next", "")))
    if isinstance(request.user, Member):
        prefer(request.user, **chosen)
    for name, value in chosen.items():
        response.set_cookie(
            name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


def _safe(request: HttpRequest, address: str) -> str:
    """The page to go back to; the first page where the address leads elsewhere."""
    inside = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if inside else "/"


urlpatterns = [path("preferences/", preferences, name="preferences")]
