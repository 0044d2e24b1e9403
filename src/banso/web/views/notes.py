"""Members write down what was said with a customer, on the account's page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from banso.desk.models import NoteKind
from banso.desk.queries.notes import note_in_scope
from banso.desk.services.mutes import UnknownAccountError
from banso.desk.services.notes import UnknownNoteError, take_back_note, write_note
from banso.web.account360.overview import overview
from banso.web.account360.page import tab
from banso.web.account360.visit import Visit
from banso.web.forms.notes import AccountNoteForm
from banso.web.house import look
from banso.web.request import scope

OK, UNUSABLE = 200, 422


@tab("overview")
def with_mistakes(request: HttpRequest, visit: Visit) -> dict[str, object]:
    """What was written is not lost."""
    form = AccountNoteForm(request.POST, today=visit.look.today)
    form.full_clean()
    return {"shown": overview(visit), "noting": form}


@require_POST
def write(request: HttpRequest, account: int) -> HttpResponse:
    today = look().today
    form = AccountNoteForm(request.POST, today=today)
    if not form.is_valid():
        response = with_mistakes(request, account)
        if response.status_code == OK:
            response.status_code = UNUSABLE
        return response
    said = form.cleaned_data
    try:
        write_note(
            scope=scope(request),
            account=account,
            kind=NoteKind(said["kind"]),
            text=said["text"],
            on=said["on"],
            today=today,
        )
    except UnknownAccountError as error:
        raise Http404 from error
    messages.success(request, gettext("Written down. The next run counts it as contact."))
    return _back(account)


@require_POST
def take_back(request: HttpRequest, account: int, note: int) -> HttpResponse:
    mine = scope(request)
    found = note_in_scope(mine, note)
    if found is None or found.account_id != account:
        raise Http404
    try:
        take_back_note(scope=mine, note=note)
    except UnknownNoteError:
        said = gettext("Only your own notes, and before a run has counted them. Write another one.")
        messages.error(request, said)
    else:
        messages.success(request, gettext("Taken back."))
    return _back(account)


def _back(account: int) -> HttpResponse:
    return redirect(f"{reverse('account', args=[account])}#notes")


urlpatterns = [
    path("accounts/<int:account>/notes/", write, name="account_note"),
    path("accounts/<int:account>/notes/<int:note>/take-back/", take_back, name="note_take_back"),
]
