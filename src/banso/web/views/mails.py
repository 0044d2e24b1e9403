"""Mails that plays write to customers: looked at, changed, approved, refused by a member."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from banso.desk.queries.mails import mail_in_scope
from banso.desk.services.alerts import NoReasonError
from banso.desk.services.mails import (
    MailOvertakenError,
    UnfitMailError,
    UnknownMailError,
    change,
    refuse,
)
from banso.desk.services.play_problem import ProblemError
from banso.pipeline.mails import approve
from banso.web.house import look
from banso.web.request import scope
from banso.web.tags import day
from banso.web.today.mails import mail_list, mail_page

UNUSABLE, CONFLICT = 422, 409


@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    seen = look()
    page = mail_list(scope(request), seen, wanted=request.GET.get("state", "draft"))
    return render(request, "mails/list.html", {"nav": "today", "look": seen, "page": page})


@require_GET
def one(request: HttpRequest, mail: int) -> HttpResponse:
    return _show(request, mail)


@require_POST
def approve_mail(request: HttpRequest, mail: int) -> HttpResponse:
    """As it is in the form; `save`: keep it so, as a draft."""
    seen, mine = look(), scope(request)
    said = {x: request.POST.get(x, "") for x in ("subject", "text")}
    try:
        if "save" in request.POST:
            change(scope=mine, mail=mail, **said)
            messages.success(request, gettext("Saved. It is a draft still."))
            return redirect(reverse("mail", args=[mail]))
        if seen.definitions is None:
            raise Http404
        made = approve(mine, seen.definitions, mail, **said)
    except UnknownMailError as error:
        raise Http404 from error
    except UnfitMailError as error:
        words = _unfit(error.field, said[error.field])
        return _show(request, mail, status=UNUSABLE, sent=said, wrong={error.field: words})
    except MailOvertakenError:
        return _overtaken(request, mail)
    except ProblemError:
        words = gettext("No channel mails customers any more. Add one (banso channels).")
        return _show(request, mail, status=CONFLICT, sent=said, wrong={"text": words})
    due = made.delivery.due_at if made.delivery else None
    told = gettext("Approved. It is sent to %(to)s, on %(day)s at the earliest.")
    messages.success(request, told % {"to": made.to, "day": day(due.date() if due else None)})
    return redirect(reverse("mails"))


@require_POST
def refuse_mail(request: HttpRequest, mail: int) -> HttpResponse:
    note = request.POST.get("note", "")
    try:
        made = refuse(scope=scope(request), mail=mail, note=note)
    except UnknownMailError as error:
        raise Http404 from error
    except NoReasonError:
        wrong = {"note": gettext("Say in a few words why.")}
        return _show(request, mail, status=UNUSABLE, wrong=wrong)
    except MailOvertakenError:
        return _overtaken(request, mail)
    messages.success(request, gettext("Refused. Nothing is sent to %(to)s.") % {"to": made.to})
    return redirect(reverse("mails"))


def _unfit(field: str, said: str) -> str:
    if not said.strip():
        return gettext("Write it.")
    if field == "subject":
        return gettext("One line, of at most 300 characters.")
    return gettext("At most 20,000 characters.")


def _overtaken(request: HttpRequest, mail: int) -> HttpResponse:
    messages.warning(request, gettext("Somebody was first: see what has become of it."))
    return _show(request, mail, status=CONFLICT)


def _show(
    request: HttpRequest,
    mail: int,
    *,
    status: int = 200,
    sent: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    """404 also for mails of accounts that the member does not see."""
    seen = look()
    found = mail_in_scope(scope(request), mail)
    if found is None:
        raise Http404
    page = mail_page(scope(request), seen, found, sent=sent, wrong=wrong or {})
    values = {"nav": "today", "look": seen, "mail": page}
    return render(request, "mails/mail.html", values, status=status)


urlpatterns = [
    path("mails/", mails, name="mails"),
    path("mails/<int:mail>/", one, name="mail"),
    path("mails/<int:mail>/approve/", approve_mail, name="mail_approve"),
    path("mails/<int:mail>/refuse/", refuse_mail, name="mail_refuse"),
]
