"""A channel is changed on screen: the same checks as `PATCH channels/NAME`."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from banso.desk.models import ChannelKind
from banso.desk.queries.outbox import channels
from banso.desk.sealing import SealError
from banso.pipeline.act.adding import REFUSALS, change
from banso.web.forms.channel_changes import ChannelChangeForm
from banso.web.forms.channels import kind_words
from banso.web.request import scope

UNUSABLE = 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def changed(request: HttpRequest, channel: str) -> HttpResponse:
    found = next((x for x in channels() if x.name == channel), None)
    if found is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = ChannelChangeForm(found, sent, sees_revenue=scope(request).revenue)
    if sent is None:
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=UNUSABLE)
    try:
        change(channel, key=settings.SECRET_KEY, **form.changes())
    except (*REFUSALS, SealError) as error:
        form.refuse(error)
        return _show(request, form, status=UNUSABLE)
    messages.success(request, gettext("%(name)s was changed.") % {"name": channel})
    return redirect("data_channels")


def _show(request: HttpRequest, form: ChannelChangeForm, *, status: int = 200) -> HttpResponse:
    values = {
        "nav": "data",
        "sees_quarantine": True,
        "form": form,
        "channel": form.channel,
        "kind_word": kind_words()[form.channel.kind],
        "to_customers": form.channel.kind == ChannelKind.CUSTOMERS,
    }
    return render(request, "data/channel_change.html", values, status=status)


urlpatterns = [
    path("data/channels/change/<str:channel>/", changed, name="data_channel_change"),
]
