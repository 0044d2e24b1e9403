"""Which user each person of the segments is, as now known. Applied when facts are read, so that an
alias costs no file."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from banso.store.dictionary import Connection

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Users:
    """first: by person's id, the user that it is first of all; ids beyond its end are themselves.
    turning: person -> instants (UTC us, ascending) and the user from each of them on, for persons
    who are not always the same user."""

    first: Ids = field(default_factory=lambda: np.empty(0, np.int32))
    turning: dict[int, tuple[NDArray[np.int64], Ids]] = field(default_factory=dict)

    @property
    def trivial(self) -> bool:
        """Every person is the user."""
        return not len(self.first)

    @property
    def timed(self) -> bool:
        """Whether the time of a fact matters."""
        return bool(self.turning)

    def of(self, person: Ids, time: NDArray[np.int64] | None) -> Ids:
        """Users (0: nobody) of facts. time: UTC us; needed where `timed`."""
        if self.trivial:
            return person
        known = person < len(self.first)
        if known.all():
            user = self.first[person]
        else:
            user = person.copy()
            user[known] = self.first[person[known]]
        if time is not None and self.turning:
            self._turn(person, time, user)
        return user

    def _turn(self, person: Ids, time: NDArray[np.int64], user: Ids) -> None:
        rows = np.flatnonzero(np.isin(person, list(self.turning)))
        for each in np.unique(person[rows]).tolist():
            mine = rows[person[rows] == each]
            since, users = self.turning[each]
            user[mine] = users[np.searchsorted(since, time[mine], side="right") - 1]

    def now(self, ids: Iterable[int]) -> dict[int, int]:
        """The user that each of these persons is at last."""
        return {each: self._last(each) for each in ids}

    def _last(self, person: int) -> int:
        if person in self.turning:
            return int(self.turning[person][1][-1])
        return int(self.first[person]) if person < len(self.first) else person


EVERYBODY = Users()
"""Nothing is known but what the facts say."""


def users_of(connection: Connection) -> Users:
    """All that is known."""
    rows = connection.execute(
        "SELECT person, since, user_id FROM store.known_user ORDER BY person, since"
    ).fetchall()
    if not rows:
        return EVERYBODY
    person, since, user = (np.array(x, np.int64) for x in zip(*rows, strict=True))
    first = np.arange(person[-1] + 1, dtype=np.int32)
    begins = np.flatnonzero(np.diff(person, prepend=-1))
    first[person[begins]] = user[begins]
    ends = np.append(begins[1:], len(person))
    turning = {
        int(person[a]): (since[a:b], user[a:b].astype(np.int32))
        for a, b in zip(begins.tolist(), ends.tolist(), strict=True)
        if b - a > 1
    }
    return Users(first, turning)
