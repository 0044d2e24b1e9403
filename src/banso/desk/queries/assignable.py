"""Who may be given the alerts of an account: only members who see it anyway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from banso.core.definitions.assign import Assign
from banso.desk.models import Account, Member, Reach
from banso.desk.queries.scope import ACTING


@dataclass(frozen=True)
class Person:
    """team: number, None: of none. reach: whose accounts they see."""

    number: int
    handle: str
    team: int | None
    reach: str


@dataclass(frozen=True)
class Assignable:
    """As members, teams and owners are now. people: by handle, those who are here and may act.
    teams: name -> number. owned: account key -> (owner, team of the owner)."""

    people: Mapping[str, Person]
    teams: Mapping[str, int]
    owned: Mapping[str, tuple[int | None, int | None]]

    def among(self, assign: Assign, account: str) -> Sequence[Person]:
        """Those that a rule names who may see the account, in its order; a team by handle. Empty:
        the alert stays with the account's owner."""
        return [x for x in self._named(assign) if self.sees(x, account)]

    def _named(self, assign: Assign) -> Sequence[Person]:
        if assign.team is not None:
            team = self.teams.get(assign.team)
            mine = [x for x in self.people.values() if team is not None and x.team == team]
            return sorted(mine, key=lambda x: x.handle)
        names = assign.in_turn or ((assign.member,) if assign.member else ())
        return [self.people[x] for x in names if x in self.people]

    def sees(self, person: Person, account: str) -> bool:
        owner, team = self.owned.get(account, (None, None))
        if person.reach == Reach.ALL:
            return True
        if person.reach == Reach.TEAM and person.team is not None:
            return team == person.team
        return owner == person.number


def assignable() -> Assignable:
    """Three queries."""
    people = Member.objects.filter(is_active=True, role__in=ACTING)
    found = [Person(*x) for x in people.values_list("pk", "handle", "team_id", "reach")]
    teams = Member.objects.filter(team__isnull=False).values_list("team__name", "team_id")
    owned = Account.objects.values_list("key", "owner_id", "owner__team_id")
    return Assignable(
        people={x.handle: x for x in found},
        teams=dict(teams.distinct().order_by()),
        owned={key: (owner, team) for key, owner, team in owned.iterator(chunk_size=10_000)},
    )
