"""Which features an account uses, which it has stopped using, which it has just begun to use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from banso.pipeline.one_account import OneAccount
from banso.pipeline.users import DAYS, Status, status_of, use_before

ORDER: Sequence[Status] = ("stopped", "new", "active")


@dataclass(frozen=True)
class FeatureUse:
    """feature: its name, product '' where none is told. status: never `never`. first, last: days of
    use. users, before: how many people used it in the last 28 days and in the 28 before those
    (those alone whom events name). days: with use, of the last 28."""

    product: str
    feature: str
    status: Status
    first: date
    last: date
    users: int
    before: int
    days: int


def features_used(one: OneAccount, *, as_of: date) -> Sequence[FeatureUse]:
    """As of a day of the axis: what stopped lately first, then what is new, then what fewer and
    fewer people use."""
    today, use = one.index(as_of), use_before(one, as_of=as_of)
    began = int(use.day.min()) if len(use.day) else 0
    found = []
    for number in np.unique(use.feature).tolist():
        rows = use.feature == number
        days, users = np.sort(use.day[rows]), use.user[rows]
        recent = use.day[rows] >= today - DAYS
        earlier = (use.day[rows] >= today - 2 * DAYS) & ~recent
        product, feature = use.features[number]
        found.append(
            FeatureUse(
                product=product,
                feature=feature,
                status=status_of(days, today=today, began=began),
                first=one.calendar.as_of(int(days[0])),
                last=one.calendar.as_of(int(days[-1])),
                users=len(np.unique(users[recent & (users > 0)])),
                before=len(np.unique(users[earlier & (users > 0)])),
                days=len(np.unique(use.day[rows][recent])),
            )
        )
    return sorted(found, key=_order)


def _order(x: FeatureUse) -> tuple[int, int, str, str]:
    within = -x.last.toordinal() if x.status == "stopped" else x.users - x.before
    return ORDER.index(x.status), within, x.product, x.feature
