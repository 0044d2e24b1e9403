"""The API as a whole: its routes, and what becomes of errors."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from banso.api.rest import (
    accounts,
    alerts,
    channels,
    deliveries,
    drafts,
    mails,
    merges,
    mutes,
    notes,
    play_drafts,
    plays,
    rules,
    tasks,
    value,
)
from banso.api.rest.door import NOBODY
from banso.api.rest.webhooks import documented
from banso.core.definitions import DefinitionError
from banso.core.definitions.rule_draft import UnplaceableError
from banso.core.metrics.filters import PlanError
from banso.desk.services.alerts import (
    AlertOverError,
    MayNotActError,
    NoReasonError,
    OvertakenError,
    PastDateError,
    UnknownAlertError,
)
from banso.desk.services.channels import ChannelError
from banso.desk.services.drafts import NoDraftError, OtherSetError
from banso.desk.services.mails import MailOvertakenError, UnfitMailError, UnknownMailError
from banso.desk.services.merges import MergeError, NoAccountError
from banso.desk.services.mutes import UnknownAccountError, UnknownMuteError
from banso.desk.services.notes import UnfitNoteError, UnknownNoteError
from banso.desk.services.pauses import NotPausedError, PausedAlreadyError
from banso.desk.services.play_problem import ProblemError
from banso.desk.services.plays import UnknownRunError
from banso.desk.services.sending import NothingToReplayError, UnknownDeliveryError
from banso.desk.services.tasks import (
    TaskOvertakenError,
    UnfitMemberError,
    UnknownPointError,
    UnknownTaskError,
)
from banso.pipeline.drafts import FilesOnlyError
from banso.pipeline.play_entries import NobodyMeantError


class Documented(NinjaAPI):
    """Its document names what webhooks are sent, too."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        found = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        documented(found)
        return found


api = Documented(
    title="Banso",
    version="1",
    description="What members see and do on screens. Each call is made as one member: "
    "`Authorization: Bearer TOKEN`, with a token from `banso tokens add`.",
    urls_namespace="api",
    docs_url=None,  # its page would load scripts from elsewhere
    auth=NOBODY,
)
for routes in (
    *(accounts, merges, notes, alerts, channels, deliveries, tasks, mails, plays, play_drafts),
    *(rules, drafts, mutes, value),
):
    api.add_router("", routes.router)

STATUS: dict[type[Exception], int] = {
    MayNotActError: 403,
    UnknownAlertError: 404,
    UnknownAccountError: 404,
    UnknownMuteError: 404,
    ChannelError: 404,
    UnknownDeliveryError: 404,
    NothingToReplayError: 409,
    UnknownTaskError: 404,
    UnknownRunError: 404,
    UnknownPointError: 404,
    UnknownMailError: 404,
    UnknownNoteError: 404,
    MailOvertakenError: 409,
    ProblemError: 409,
    UnfitMailError: 422,
    NobodyMeantError: 404,
    NoAccountError: 404,
    MergeError: 409,
    NoDraftError: 404,
    NotPausedError: 404,
    AlertOverError: 409,
    OvertakenError: 409,
    TaskOvertakenError: 409,
    OtherSetError: 409,
    PausedAlreadyError: 409,
    FilesOnlyError: 409,
    UnplaceableError: 409,
    DefinitionError: 422,
    PlanError: 422,
    PastDateError: 422,
    NoReasonError: 422,
    UnfitNoteError: 422,
    UnfitMemberError: 422,
}
"""What the services refuse -> HTTP status. The words are theirs."""


def refused(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    kind = error if isinstance(error, type) else type(error)
    return api.create_response(request, {"detail": str(error)}, status=STATUS[kind])


for kind in STATUS:
    api.add_exception_handler(kind, refused)
