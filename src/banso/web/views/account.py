"""One account: how it stands, how it came there, what each number was."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from banso.web.account360.chosen import NoChartError, chosen
from banso.web.account360.compare import compare_tab
from banso.web.account360.metrics import first_choice, metrics_tab
from banso.web.account360.overview import overview
from banso.web.account360.page import tab
from banso.web.account360.visit import NothingToSee, Visit, visiting


@tab("overview")
def account(request: HttpRequest, visit: Visit) -> dict[str, object]:
    return {"shown": overview(visit)}


@tab("metrics")
def metrics(request: HttpRequest, visit: Visit) -> dict[str, object]:
    name = request.GET.get("metric") or first_choice(visit)
    try:
        history = chosen(visit, name) if name else None
    except NoChartError as error:
        raise Http404 from error
    return {"metrics": metrics_tab(visit, query=request.GET.get("q", "")), "chosen": history}


def metric_chart(request: HttpRequest, account: int, metric: str) -> HttpResponse:
    """The chart alone, for a page that is there already."""
    try:
        with visiting(request, account) as visit:
            values = {"chosen": chosen(visit, metric), "visit": visit}
            return render(request, "account360/chosen.html", values)
    except (NothingToSee, NoChartError) as error:
        raise Http404 from error


@tab("compare")
def compare(request: HttpRequest, visit: Visit) -> dict[str, object]:
    return {"compared": compare_tab(request, visit)}


urlpatterns = [
    path("accounts/<int:account>/", account, name="account"),
    path("accounts/<int:account>/metrics/", metrics, name="account_metrics"),
    path(
        "accounts/<int:account>/metrics/<str:metric>/chart/",
        metric_chart,
        name="account_metric_chart",
    ),
    path("accounts/<int:account>/compare/", compare, name="account_compare"),
]
