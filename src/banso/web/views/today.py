from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from banso.web.house import look


def today(request: HttpRequest) -> HttpResponse:
    return render(request, "today.html", {"look": look()})


urlpatterns = [path("", today, name="today")]
