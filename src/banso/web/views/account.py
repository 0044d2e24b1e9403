"""One account: how it stands, how it came there, what each number was."""

from django.http import HttpRequest
from django.urls import path

from banso.web.account360.page import tab
from banso.web.account360.visit import Visit


@tab("overview")
def overview(request: HttpRequest, visit: Visit) -> dict[str, object]:
    return {}


urlpatterns = [
    path("accounts/<int:account>/", overview, name="account"),
]
