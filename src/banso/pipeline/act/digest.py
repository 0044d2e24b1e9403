"""The morning mail: what each owner has to do today, most urgent first."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from banso.core.rules.rank import Stake, rank
from banso.desk.models import Member
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.today import OpenAlert, open_alerts
from banso.desk.services.outbox import owe_digests

SHOWN = 10


def tell_the_day(day: date) -> int:
    """Every channel that gathers owes each owner with something to do one mail for the day; how
    many are owed now. Doing so again on the same day changes nothing."""
    alerts = sorted(open_alerts(EVERYTHING, to_do_on=day), key=lambda x: x.owner or "")
    by_owner = {owner: list(rows) for owner, rows in groupby(alerts, key=lambda x: x.owner)}
    members = Member.objects.filter(is_active=True).in_bulk(
        [x for x in by_owner if x is not None], field_name="handle"
    )
    return owe_digests(day, {x.pk: _body(day, by_owner[x.handle]) for x in members.values()})


def _body(day: date, alerts: Sequence[OpenAlert]) -> Mapping[str, object]:
    ranked = rank(alerts, stake=lambda x: Stake(x.priority, x.arr, x.opened_on))
    return {
        "day": str(day),
        "count": len(ranked),
        "items": [_item(x) for x in ranked[:SHOWN]],
    }


def _item(alert: OpenAlert) -> Mapping[str, object]:
    return {
        "account": alert.account_name,
        "label": alert.label,
        "priority": alert.priority,
        "opened_on": str(alert.opened_on),
        "why": [x["text"] for x in alert.why[:1]],
        "action": alert.action,
    }
