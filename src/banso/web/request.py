"""The request as views see it: somebody is signed in."""

from typing import cast

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from banso.desk.models import Member
from banso.desk.queries.scope import Scope, scope_of


class Request(HttpRequest):
    """A request that has passed `web.middleware.Rights`, which sets `member`."""

    htmx: HtmxDetails
    LANGUAGE_CODE: str
    member: Member


def scope(request: HttpRequest) -> Scope:
    """What the signed-in member sees."""
    return scope_of(cast("Member", request.user))
