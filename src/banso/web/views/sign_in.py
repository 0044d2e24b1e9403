from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from banso.desk.invitation import Invitation, InvitationError, read_token
from banso.desk.models import Member
from banso.desk.services.members import OvertakenError, found_first_admin, set_password
from banso.web.forms.sign_in import ChangePasswordForm, FirstAdminForm, PasswordForm
from banso.web.request import Request
from banso.web.sign_in import limited

GONE = 410


@sensitive_post_parameters("password", "again")
@never_cache
@limited("reset_password_from_key")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """What a link of `banso serve` or `banso members invite` opens. Looking at it (a mail scanner
    follows links) changes nothing; sending the form uses it up and signs the member in."""
    try:
        invitation = read_token(token, key=settings.SECRET_KEY)
    except InvitationError:
        return render(request, "sign_in/link_used.html", status=GONE)
    form = _form(request, invitation)
    if request.method == "POST" and form.is_valid():
        try:
            member = _accept(invitation, form)
        except OvertakenError:
            return render(request, "sign_in/link_used.html", status=GONE)
        login(request, member)
        return redirect("today")
    return render(request, "sign_in/set_up.html", {"form": form, "member": invitation.member})


def _form(request: HttpRequest, invitation: Invitation) -> PasswordForm:
    data = request.POST if request.method == "POST" else None
    kind = PasswordForm if invitation.member else FirstAdminForm
    return kind(data, member=invitation.member)


def _accept(invitation: Invitation, form: PasswordForm) -> Member:
    told = form.cleaned_data
    if invitation.member:
        return set_password(
            member=invitation.member.pk,
            password=told["password"],
            before=invitation.member.password,
        )
    return found_first_admin(handle=told["handle"], name=told["name"], password=told["password"])


@sensitive_post_parameters("old", "password", "again")
@never_cache
@limited("change_password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request) -> HttpResponse:
    form = ChangePasswordForm(
        request.POST if request.method == "POST" else None, member=request.member
    )
    if request.method == "POST" and form.is_valid():
        member = set_password(member=request.member.pk, password=form.cleaned_data["password"])
        update_session_auth_hash(request, member)
        messages.success(request, gettext("Your password has been changed."))
        return redirect("today")
    return render(request, "sign_in/password.html", {"form": form})


urlpatterns = [
    path("sign-in/", LoginView.as_view(), name="account_login"),
    path("sign-out/", require_POST(LogoutView.as_view()), name="account_logout"),
    path("set-up/<str:token>/", set_up, name="set_up"),
    path("password/", password, name="password"),
]
