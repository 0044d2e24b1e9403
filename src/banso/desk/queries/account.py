"""What the desk has recorded of one account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from banso.desk.models import Account, Alert, Assessment, Run
from banso.desk.queries.account_ids import key_now
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Head:
    """Who the account is. owner: as shown to people; None where nobody owns it."""

    id: int
    key: str
    name: str
    owner: str | None


def account_number(scope: Scope, key: str) -> int | None:
    """Desk id of the account that this key or other id names by now; None where the scope has
    none. Three queries."""
    rows = within(scope, Account.objects.filter(key=key_now(key)))
    return rows.values_list("pk", flat=True).first()


def account_head(scope: Scope, account: int) -> Head | None:
    """None where there is no such account, or none that the reader may see. One query."""
    rows = within(scope, Account.objects.filter(id=account)).select_related("owner")
    found = rows.only("key", "name", "owner__handle", "owner__name").first()
    if found is None:
        return None
    owner = str(found.owner) if found.owner else None
    return Head(id=found.id, key=found.key, name=str(found), owner=owner)


@dataclass(frozen=True)
class ShownJourney:
    """What a run recorded of a journey: what people were shown."""

    journey: str
    stage: str
    days_in_stage: int
    overdue: bool | None
    score: float | None
    confidence: float
    colour: str


def shown_journeys(scope: Scope, account: int, run: Run) -> Sequence[ShownJourney]:
    """One query."""
    rows = within(scope, Assessment.objects.filter(account=account), account="account").filter(
        as_of=run.as_of, fingerprint=run.fingerprint, generation=run.generation
    )
    return [
        ShownJourney(
            journey=x.journey,
            stage=x.stage,
            days_in_stage=x.days_in_stage,
            overdue=x.overdue,
            score=x.score,
            confidence=x.confidence,
            colour=x.colour,
        )
        for x in rows.order_by("journey")
    ]


@dataclass(frozen=True)
class AccountAlert:
    """An alert of the account, frozen as it was when it opened; `closed_on` None: still open.

    opened_on: as of which day. since: when people were told, if that was earlier (live). state,
    until: what members did with it last; see models.AlertState.
    """

    id: int
    rule: str
    journey: str
    label: dict[str, str]
    action: dict[str, str]
    why: list[dict[str, object]]
    priority: str
    opened_on: date
    since: date
    closed_on: date | None
    state: str
    until: date | None

    def open_on(self, day: date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or self.closed_on > day)


def account_alerts(scope: Scope, account: int, *, until: date) -> Sequence[AccountAlert]:
    """All that opened by that day, oldest first. One query."""
    rows = within(
        scope,
        Alert.objects.filter(episode__account=account, episode__opened_on__lte=until),
        account="episode__account",
    ).select_related("episode")
    return [
        AccountAlert(
            id=x.id,
            rule=x.episode.rule,
            journey=x.episode.journey,
            label=x.label,
            action=x.action,
            why=x.why,
            priority=x.priority,
            opened_on=x.episode.opened_on,
            since=x.since,
            closed_on=x.episode.closed_on,
            state=x.state,
            until=x.until,
        )
        for x in rows.order_by("episode__opened_on", "id")
    ]
