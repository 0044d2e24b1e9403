"""Users of an account, ready to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext, pgettext

from banso.core.unmeasured import Reason
from banso.desk.queries.people import people
from banso.pipeline.features_used import FeatureUse, features_used
from banso.pipeline.users import DAYS, AccountUsers, Status, UserUse, account_users
from banso.web.account360.visit import Visit
from banso.web.components import reason_words

PAGE = 100
STATUSES: tuple[Status, ...] = ("stopped", "new", "active", "never")
ICONS = {"stopped": "user-x", "new": "user-plus", "active": "user-check", "never": "user-off"}
OF_FEATURES = {"stopped": "player-stop", "new": "sunrise", "active": "check"}


@dataclass(frozen=True)
class UserRow:
    """stopped_for: days since the last use, None unless they have stopped. change: days with use
    more (or less) than in the 28 days before; None where there is nothing to compare."""

    use: UserUse
    icon: str
    word: str
    stopped_for: int | None
    change: int | None
    left_on: date | None


@dataclass(frozen=True)
class FeatureRow:
    """As UserRow. change: of how many people used it."""

    use: FeatureUse
    icon: str
    word: str
    stopped_for: int | None
    change: int | None


@dataclass(frozen=True)
class Choice:
    """value: of the parameter `status`, '' for everybody."""

    value: str
    word: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class UsersTab:
    """page: cursors, as components/pager.html takes them. warning: why use can't be trusted as of
    the day, '' where it can. unseen: nothing is known of use at all."""

    choices: Sequence[Choice]
    rows: Sequence[UserRow]
    total: int
    used_now: int
    used_before: int | None
    nameless: int
    warning: str
    unseen: bool
    days: int
    previous: str | None
    next: str | None
    features: Sequence[FeatureRow]


def users_tab(request: HttpRequest, visit: Visit) -> UsersTab:
    persons = people(visit.scope, visit.head.id, as_of=visit.as_of)
    found = account_users(visit.one, persons, as_of=visit.as_of)
    asked = request.GET.get("status", "")
    status = next((x for x in STATUSES if x == asked), None)
    kept = [x for x in found.users if status is None or x.status == status]
    start = _start(kept, request)
    rows = kept[start : start + PAGE]
    comparable = found.reason is Reason.MEASURED and _covered(visit)
    return UsersTab(
        choices=_choices(found, status),
        rows=[_row(x, visit, comparable=comparable) for x in rows],
        total=len(kept),
        used_now=found.count("active") + found.count("new"),
        used_before=found.used_before if comparable else None,
        nameless=found.nameless,
        warning=_warning(found),
        unseen=found.reason is not Reason.MEASURED and not any(x.last for x in found.users),
        days=DAYS,
        previous=_key(kept[max(start - PAGE, 0)]) if start else None,
        next=_key(kept[start + PAGE]) if start + PAGE < len(kept) else None,
        features=[
            _feature(x, visit, comparable=comparable)
            for x in features_used(visit.one, as_of=visit.as_of)
        ],
    )


def _key(user: UserUse) -> str:
    """Unlike any other's: a user's key, or a contact's."""
    return f"u{user.key}" if user.last is not None or user.person is None else f"c{user.person.key}"


def _start(users: Sequence[UserUse], request: HttpRequest) -> int:
    """Where the page begins: at the user that a cursor names; at the front for an unknown one."""
    cursor = request.GET.get("after") or request.GET.get("before")
    return next((i for i, x in enumerate(users) if _key(x) == cursor), 0) if cursor else 0


def _covered(visit: Visit) -> bool:
    """Whether the data reaches back over both spans of days."""
    return visit.one.calendar.index(visit.as_of) >= 2 * DAYS


def _choices(found: AccountUsers, chosen: Status | None) -> Sequence[Choice]:
    every = Choice("", gettext("All"), len(found.users), chosen is None)
    return [every, *(Choice(x, status_word(x), found.count(x), chosen == x) for x in STATUSES)]


def status_word(status: Status) -> str:
    return {
        "stopped": gettext("Stopped"),
        "new": pgettext("user", "New"),
        "active": gettext("Active"),
        "never": gettext("Never used"),
    }[status]


def _row(user: UserUse, visit: Visit, *, comparable: bool) -> UserRow:
    silent = (visit.as_of - user.last).days if user.last is not None else None
    left = user.person.left_on if user.person else None
    return UserRow(
        use=user,
        icon=ICONS[user.status],
        word=status_word(user.status),
        stopped_for=silent if user.status == "stopped" else None,
        change=user.active - user.before if comparable and user.active + user.before else None,
        left_on=left if left is not None and left <= visit.as_of else None,
    )


def _feature(use: FeatureUse, visit: Visit, *, comparable: bool) -> FeatureRow:
    return FeatureRow(
        use=use,
        icon=OF_FEATURES[use.status],
        word=status_word(use.status),
        stopped_for=(visit.as_of - use.last).days if use.status == "stopped" else None,
        change=use.users - use.before if comparable and use.users + use.before else None,
    )


def _warning(found: AccountUsers) -> str:
    if found.reason is Reason.SOURCE_LATE:
        return gettext(
            "A source of usage is late. Who seems to have stopped may only not have been reported."
        )
    if found.reason is Reason.BEFORE_FIRST_DATA:
        return gettext("Data does not reach back far enough yet: who seems new may not be.")
    if found.reason is Reason.MEASURED:
        return ""
    return gettext("Nothing can be told of who uses it: %(reason)s.") % {
        "reason": reason_words(found.reason)
    }
