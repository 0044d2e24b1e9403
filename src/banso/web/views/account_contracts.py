"""What an account has bought, and how much of it is in use."""

from django.http import HttpRequest
from django.urls import path

from banso.web.account360.contracts import contracts_tab
from banso.web.account360.page import tab
from banso.web.account360.visit import Visit


@tab("contracts")
def contracts(_request: HttpRequest, visit: Visit) -> dict[str, object]:
    return {"contracts": contracts_tab(visit)}


urlpatterns = [path("accounts/<int:account>/contracts/", contracts, name="account_contracts")]
