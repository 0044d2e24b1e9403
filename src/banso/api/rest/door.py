"""Who calls, and which roles may. Every route names its door; one that names none stays shut."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from banso.core.definitions import Definitions
from banso.desk.models import Member, Role, Run
from banso.desk.queries.decided import latest_run
from banso.desk.queries.scope import ACTING, OPERATING, Scope, scope_of
from banso.desk.queries.tokens import member_of
from banso.pipeline.session import in_force


class Token(HttpBearer):
    """Lets members of these roles in, by a token of theirs. A session's cookie opens nothing here,
    so no page from elsewhere can call with it."""

    def __init__(self, roles: Collection[str]) -> None:
        super().__init__()
        self.roles = frozenset(roles)

    def authenticate(self, request: HttpRequest, token: str) -> Member | None:
        member = member_of(token)
        if member is not None and member.role not in self.roles:
            raise HttpError(403, f"not for the role {member.role}")
        return member


NOBODY = Token(())
READ = Token(Role)
ACT = Token(ACTING)
OPERATE = Token(OPERATING)


@dataclass(frozen=True)
class Caller:
    """What an answer rests on. definitions, run: None before the first ones. today: in the
    organisation's zone."""

    scope: Scope
    definitions: Definitions | None
    run: Run | None
    today: date


def caller(request: HttpRequest) -> Caller:
    definitions = in_force()
    zone = ZoneInfo(definitions.organisation.time_zone if definitions else "UTC")
    return Caller(
        scope=scope_of(cast("Member", request.auth)),  # type: ignore[attr-defined]
        definitions=definitions,
        run=latest_run(),
        today=datetime.now(tz=UTC).astimezone(zone).date(),
    )
