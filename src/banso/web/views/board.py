"""The health board."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from banso.desk.queries.beside_list import owners_in
from banso.web.board.nothing import nothing
from banso.web.board.page import Reading, page
from banso.web.forms.board import asked_of
from banso.web.house import look
from banso.web.request import scope


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    seen = look()
    context: dict[str, object] = {"look": seen, "nav": "board", "nothing": nothing(seen)}
    if seen.definitions and seen.run and seen.definitions.journeys:
        reader = scope(request)
        reading = Reading(reader, seen.definitions, seen.run, owners_in(reader))
        found = page(reading, asked_of(request.GET, definitions=seen.definitions))
        context |= {"board": found, "revenue": reader.revenue}
    response = render(request, "board/board.html", context)
    if "board" in context:
        response["HX-Push-Url"] = found.address
    return response


urlpatterns = [path("board/", board, name="board")]
