"""Who has how much to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from banso.desk.queries.to_do import Wanted
from banso.web.house import look
from banso.web.request import scope
from banso.web.today.nothing import before_anything
from banso.web.today.page import desk
from banso.web.today.team import team_page


@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """Of the accounts that the reader sees; whoever sees only their own finds one row."""
    seen = look()
    found = desk(scope(request), seen, Wanted())
    if found is None:
        context = {"look": seen, "nav": "today", "nothing": before_anything(seen)}
        return render(request, "today/team.html", context)
    context = {"look": seen, "nav": "today", "desk": found, "team": team_page(found)}
    return render(request, "today/team.html", context)


urlpatterns = [path("team/", team, name="team")]
