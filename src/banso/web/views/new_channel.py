"""A channel is added on screen: the same checks as `banso channels add-*`."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from banso.desk.models import ChannelKind
from banso.pipeline.act.adding import REFUSALS, add
from banso.web.forms.channels import FORMS, ChannelForm, kind_words
from banso.web.request import scope

UNUSABLE = 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in FORMS:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = FORMS[kind](sent, sees_revenue=scope(request).revenue)
    if sent is None:
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=UNUSABLE)
    try:
        added = add(form.new_channel(), key=settings.SECRET_KEY)
    except REFUSALS as error:
        form.refuse(error)
        return _show(request, form, status=UNUSABLE)
    if added.kind is ChannelKind.WEBHOOK:
        return _show(request, form, secret=(added.secrets or {})["signing"])
    words = gettext("%(name)s was added. Send a test message by it.") % {"name": added.name}
    messages.success(request, words)
    return redirect("data_channels")


def _show(
    request: HttpRequest, form: ChannelForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    """secret: of a webhook that was just added, shown this once."""
    values = {
        "nav": "data",
        "sees_quarantine": True,
        "form": form,
        "kind": form.kind.value,
        "kind_word": kind_words()[form.kind],
        "secret": secret,
        "name": form.cleaned_data.get("name", "") if form.is_bound else "",
    }
    return render(request, "data/new_channel.html", values, status=status)


urlpatterns = [path("data/channels/new/<str:kind>/", new, name="data_channel_new")]
