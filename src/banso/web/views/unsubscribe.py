"""The page behind the link in each mail to a customer: no more of them, without signing in."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from banso.desk.queries.mails import address_of_mail, unwanted_among
from banso.desk.services.mails import subscribe, unsubscribe
from banso.desk.unsubscribe import read_unsubscribe
from banso.web.house import look


@csrf_exempt  # mail programs press it (RFC 8058); the token is what says who
@require_http_methods(["GET", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing: what scans mail follows its links. POST: no more; `again`: they may."""
    mail = read_unsubscribe(token, key=settings.SECRET_KEY)
    address = address_of_mail(mail) if mail is not None else None
    if address is None:
        raise Http404
    if request.method == "POST" and "again" in request.POST:
        subscribe(address=address)
    elif request.method == "POST":
        unsubscribe(address=address, mail=mail)
    definitions = look().definitions
    told = {
        "address": address,
        "done": address.lower() in unwanted_among([address]),
        "organisation": definitions.organisation.name if definitions else "",
    }
    return render(request, "mails/unsubscribe.html", told)


urlpatterns = [path("unsubscribe/<str:token>/", unsubscribe_page, name="unsubscribe")]
