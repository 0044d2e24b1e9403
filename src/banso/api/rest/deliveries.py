"""Deliveries: single messages of the outbox, listed and sent again. For those who operate."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router

from banso.api.rest.door import OPERATE
from banso.api.rest.shapes import DeliveryRow
from banso.desk.queries.outbox import deliveries, delivery
from banso.desk.services.sending import UnknownDeliveryError, replay_one

router = Router(tags=["channels"])
MOST = 500


@router.get("deliveries", auth=OPERATE, response=list[DeliveryRow], operation_id="list_deliveries")
def list_deliveries(
    request: HttpRequest,
    channel: Annotated[str | None, Query(description="Only of this channel")] = None,
    state: Annotated[
        Literal["waiting", "delivered", "failed"] | None, Query(description="Only these")
    ] = None,
    before: Annotated[
        int | None, Query(ge=1, description="Only those with a lower id: the next page")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> list[DeliveryRow]:
    """The newest first, also of channels that were removed since."""
    found = deliveries(channel=channel, state=state, before=before, limit=limit)
    return [DeliveryRow.model_validate(x, from_attributes=True) for x in found]


@router.get("deliveries/{number}", auth=OPERATE, response=DeliveryRow, operation_id="get_delivery")
def get_delivery(request: HttpRequest, number: int) -> DeliveryRow:
    return _row(number)


@router.post(
    "deliveries/{number}/replay",
    auth=OPERATE,
    response=DeliveryRow,
    operation_id="replay_delivery",
)
def replay_delivery(request: HttpRequest, number: int) -> DeliveryRow:
    """Send it again, with the id that it had: a dead letter, or what a webhook has taken."""
    replay_one(number, now=datetime.now(tz=UTC))
    return _row(number)


def _row(number: int) -> DeliveryRow:
    found = delivery(number)
    if found is None:
        raise UnknownDeliveryError(f"There is no message {number}.")
    return DeliveryRow.model_validate(found, from_attributes=True)
