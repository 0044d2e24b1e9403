"""Gives alerts to members where a rule says so, and remembers whose turn it was."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date

from banso.core.definitions.assign import Assign
from banso.core.rules.turns import in_turn
from banso.desk.models import Account, Alert, Turn
from banso.desk.queries.assignable import assignable

Opened = tuple[str, str, date]
"""(rule, account key, opened_on)."""
BATCH = 2_000


def take_back() -> int:
    """Alerts whose member has left, or no longer sees the account, are the owner's again; how many
    there were. Within a transaction."""
    rows = Alert.objects.filter(assignee__isnull=False, episode__closed_on__isnull=True)
    found = list(rows.values_list("pk", "assignee_id", "episode__account__key"))
    if not found:
        return 0
    who = assignable()
    people = {x.number: x for x in who.people.values()}
    gone = [
        alert
        for alert, member, account in found
        if member not in people or not who.sees(people[member], account)
    ]
    return Alert.objects.filter(pk__in=gone).update(assignee=None)


def give(
    opened: Sequence[tuple[Opened, Assign]], accounts: Mapping[str, Account]
) -> Mapping[Opened, int]:
    """Alert -> number of the member who gets it; where nobody may, it is left out and stays with
    the account's owner. opened: all that open, also those held out, so that a replay takes the
    same turns. Within a transaction."""
    if not opened:
        return {}
    who = assignable()
    rules = {rule for (rule, _, _), _ in opened}
    turns = Turn.objects.filter(rule__in=rules).select_for_update()
    held: dict[str, dict[Hashable, int]] = {rule: {} for rule in rules}
    for rule, account, member in turns.values_list("rule", "account__key", "member_id"):
        held[rule][account] = member
    given: dict[Opened, int] = {}
    fresh: dict[tuple[str, str], Turn] = {}
    for key, assign in sorted(opened, key=lambda x: (x[0][2], x[0][1])):
        rule, account, day = key
        before = held[rule].get(account)
        chosen = in_turn(held[rule], account, [x.number for x in who.among(assign, account)])
        if chosen is None:
            continue
        given[key] = chosen
        if chosen != before:
            fresh[rule, account] = Turn(
                rule=rule, account=accounts[account], member_id=chosen, since=day
            )
    Turn.objects.bulk_create(
        fresh.values(),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=("rule", "account"),
        update_fields=("member", "since"),
    )
    return given
