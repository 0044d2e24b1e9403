"""How members come in: by invitation only, with handle or e-mail address and a password."""

from collections.abc import Callable
from typing import Any, TypeVar

from allauth import decorators
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from banso.desk.models import Member
from banso.desk.queries.members import DEMO_PASSWORD, named_at_sign_in

View = TypeVar("View", bound=Callable[..., Any])


class Backend(ModelBackend):
    """Whom a person means is for desk.queries.members to say."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_credentials: object,
    ) -> Member | None:
        """None where there is no such member, the password is wrong, or the member has left;
        it takes as long in either case."""
        if not username or not password:
            return None
        member = named_at_sign_in(username)
        if member is None:
            make_password(password)
            return None
        right = member.check_password(password) and self.user_can_authenticate(member)
        return member if right else None


class Adapter(DefaultAccountAdapter):
    error_messages = {  # noqa: RUF012  allauth declares it as an attribute of the instance
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Handle or password is wrong."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *_args: object, **_settings: object) -> None:
        """None: the page one comes to says that one is signed in, or out."""


class NotTheDemoPassword:
    """Nobody chooses the password that everybody can read in Banso's own documentation."""

    def validate(self, password: str, user: object = None) -> None:
        if password == DEMO_PASSWORD:
            raise ValidationError(self.get_help_text(), code="demo_password")

    def get_help_text(self) -> str:
        return gettext("This is the demo's password, which everybody knows. Choose another one.")


def limited(action: str) -> Callable[[View], View]:
    """A view that answers 429 to who sends more often than allauth's limit for this action."""
    rate_limit: Callable[..., Callable[[View], View]] = decorators.rate_limit
    return rate_limit(action=action)
