"""Empties the outbox: every message that is due is sent, and what became of it is written down."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from banso.core.definitions import Definitions
from banso.core.definitions.money import without_money
from banso.desk.models import ChannelKind, Delivery
from banso.desk.sealing import SealError, unseal
from banso.desk.services.sending import LEASE, claim, delivered, put_off, refused, release, shut_out
from banso.pipeline.act import chatwork, customer_mail, line_works, mail, slack, webhook
from banso.pipeline.act.refusals import HAS_LEFT
from banso.pipeline.act.verdict import NotNowError, RefusedError, ShutOutError
from banso.store import crash

SENDERS = 4
"""Threads, and so the channels that can hang at the same time without holding up another."""

EVERY_SECONDS = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """key: the home's, which opens the secrets of channels. base: where members reach Banso.
    definitions: in force, asked anew for each message. lease: see services.sending."""

    key: str
    base: str
    definitions: Callable[[], Definitions]
    lease: timedelta = LEASE

    def send_due(self, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Send all that is due; how many messages were tried."""
        tried = 0
        while not stop():
            claimed = claim(now=_now(), lease=self.lease)
            if not claimed:
                break
            crash.point("outbox_claimed")
            tried += self._work_off(claimed, stop)
        return tried

    def _work_off(self, claimed: Sequence[Delivery], stop: Callable[[], bool]) -> int:
        """One after the other; the rest is given back where the receiver is in trouble, or where
        the lease might end."""
        enough = _now() + self.lease / 2
        for done, delivery in enumerate(claimed, start=1):
            well = self._send_one(delivery)
            if not well or stop() or _now() > enough:
                release(claimed[done:])
                return done
        return len(claimed)

    def _send_one(self, delivery: Delivery) -> bool:
        """Whether the next message of the channel may follow."""
        try:
            answer, place = self._send(delivery)
        except NotNowError as error:
            put_off(delivery, now=_now(), answer=str(error), wait=error.wait)
            return False
        except RefusedError as error:
            refused(delivery, now=_now(), answer=str(error))
        except (ShutOutError, SealError) as error:
            shut_out(delivery, now=_now(), answer=str(error))
            log.error("Channel '%s' is disabled: %s", delivery.channel, error)
            return False
        except Exception as error:
            # a mistake in one message must not keep the others
            log.exception("Delivery %s can't be made", delivery.pk)
            refused(delivery, now=_now(), answer=f"{type(error).__name__}: {error}")
        else:
            crash.point("outbox_sent")
            delivered(delivery, now=_now(), answer=answer, place=place)
        crash.point("outbox_recorded")
        return True

    def _send(self, delivery: Delivery) -> tuple[str, Mapping[str, str] | None]:
        channel, definitions = delivery.channel, self.definitions()
        currency = definitions.organisation.currency
        _only_what_may_be_seen(delivery, definitions)
        secrets = unseal(channel.secrets, key=self.key)
        if channel.kind == ChannelKind.WEBHOOK:
            return webhook.send(delivery, secret=secrets["signing"]), None
        if channel.kind == ChannelKind.CUSTOMERS:
            return customer_mail.send(
                delivery,
                secrets["url"],
                key=self.key,
                base=self.base,
                organisation=definitions.organisation.name,
            ), None
        if channel.kind == ChannelKind.EMAIL:
            return mail.send(delivery, base=self.base, currency=currency), None
        if channel.kind == ChannelKind.SLACK:
            place = slack.send(delivery, token=secrets["token"], base=self.base, currency=currency)
            return "posted", place
        return _by_service(delivery, secrets, self.base, currency), None


def _by_service(delivery: Delivery, secrets: Mapping[str, str], base: str, currency: str) -> str:
    kind = delivery.channel.kind
    if kind == ChannelKind.CHATWORK:
        return chatwork.send(delivery, token=secrets["token"], base=base, currency=currency)
    if kind == ChannelKind.LINE_WORKS:
        return line_works.send(delivery, secrets=secrets, base=base, currency=currency)
    from banso.pipeline.act import service  # noqa: PLC0415  apprise takes half a second to import

    return service.send(delivery, url=secrets["url"], base=base, currency=currency)


def _only_what_may_be_seen(delivery: Delivery, definitions: Definitions) -> None:
    """Raises RefusedError for a member who has left. Amounts of money are left out, as on pages,
    where the channel or the member may not see them; what is kept in the outbox stays whole."""
    member, body = delivery.member, delivery.body
    if member is not None and not member.is_active:
        raise RefusedError(HAS_LEFT.format(member=member))
    if delivery.channel.revenue and (member is None or member.sees_revenue):
        return
    if "why" in body:
        delivery.body = {**body, "why": without_money(definitions, body["why"]), "arr": None}
    elif "items" in body:  # a morning mail
        items = [{**x, "why": without_money(definitions, x["why"])} for x in body["items"]]
        delivery.body = {**body, "items": items}


class Sender:
    """Sends in threads of its own until it is stopped. Several may run, in several processes."""

    def __init__(self, post: Post, *, every: float = EVERY_SECONDS) -> None:
        self._post = post
        self._every = every
        self._stopping = threading.Event()
        self.threads = [
            threading.Thread(target=self._work, name=f"sender-{number}")
            for number in range(SENDERS)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Returns when what is in hand has been sent."""
        self._stopping.set()
        for thread in self.threads:
            thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._post.send_due(stop=self._stopping.is_set)
            except Exception:
                log.exception("Messages are not sent for now")
                connection.close()
            self._stopping.wait(self._every)
        connection.close()


def _now() -> datetime:
    return datetime.now(tz=UTC)
