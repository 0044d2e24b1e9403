"""Who at an account uses the product, who has stopped, who never began."""

from django.http import HttpRequest
from django.urls import path

from banso.web.account360.page import tab
from banso.web.account360.users import users_tab
from banso.web.account360.visit import Visit


@tab("users")
def users(request: HttpRequest, visit: Visit) -> dict[str, object]:
    return {"users": users_tab(request, visit)}


urlpatterns = [path("accounts/<int:account>/users/", users, name="account_users")]
