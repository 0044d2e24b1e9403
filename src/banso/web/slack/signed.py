"""Who has sent it: Slack signs with the secret of the app, and names the person."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.signature import SignatureVerifier

from banso.desk.models import Channel, ChannelKind, Member
from banso.desk.queries.outbox import channels_in_use, member_of_email
from banso.desk.sealing import SealError, unseal
from banso.pipeline.act.slack import client

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignedBy:
    """The channel whose signing secret has signed a request. token: of its bot."""

    channel: Channel
    token: str


def signed_by(body: bytes, headers: Mapping[str, str]) -> SignedBy | None:
    """Not over five minutes ago; None where no channel in use has."""
    for channel in channels_in_use(ChannelKind.SLACK):
        try:
            secrets = unseal(channel.secrets, key=settings.SECRET_KEY)
        except SealError:
            continue
        if SignatureVerifier(secrets["signing"]).is_valid_request(body, dict(headers)):
            return SignedBy(channel, secrets["token"])
    return None


def member_of(token: str, user: str) -> Member | None:
    """Of that user of Slack, by e-mail address; None for nobody here, or where Slack does not
    tell."""
    try:
        found = client(token).users_info(user=user)["user"]
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("Slack does not say whose user '%s' is: %s", user, error)
        return None
    return member_of_email(str((found.get("profile") or {}).get("email") or ""))
