"""What is true of every request: who may, in which language, in which colours."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from banso.web.request import Request
from banso.web.rights import PUBLIC, RIGHTS

Next = Callable[[HttpRequest], HttpResponseBase]
SAFE = ("GET", "HEAD")
API = "api"
"""Namespace of the REST API, which has doors of its own (api.rest.door)."""


class Preferences:
    """The member's language, else the cookie's (chosen before sign-in), else the browser's."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get("language", "")
        known = chosen in dict(settings.LANGUAGES)
        language = chosen if known else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class Rights:
    """Lets nobody through to a route that `web.rights` does not allow them."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in PUBLIC or (match and match.namespaces == [API]):
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if request.user.role not in RIGHTS.get(name, frozenset()):
            raise PermissionDenied
        cast("Request", request).member = request.user
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and, after that, back to the page one was on. What was about to be sent
    is not sent again. htmx would put the sign-in page into a corner of the page it stands on."""
    htmx = HtmxDetails(request)
    there = htmx.current_url_abs_path if htmx else request.get_full_path()
    back = there if htmx or request.method in SAFE else None
    to_sign_in = redirect_to_login(back or "/")
    return HttpResponseClientRedirect(to_sign_in.url) if htmx else to_sign_in
