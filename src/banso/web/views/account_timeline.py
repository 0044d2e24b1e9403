"""Everything that happened to an account, by date."""

from django.http import HttpRequest
from django.urls import path

from banso.web.account360.page import tab
from banso.web.account360.timeline import timeline_tab
from banso.web.account360.visit import Visit


@tab("timeline")
def timeline(request: HttpRequest, visit: Visit) -> dict[str, object]:
    return {"timeline": timeline_tab(request, visit)}


urlpatterns = [path("accounts/<int:account>/timeline/", timeline, name="account_timeline")]
