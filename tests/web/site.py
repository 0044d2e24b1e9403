"""The small vendor of tests/pipeline/vendor.py with a run done and members of every role.

Every account has a contact (利用者 A1, user A1-0, who is the champion) and an attribute (region:
地域 A1), so that what belongs to one account can be told from what belongs to another.

Owners: csm has A1 and A2, mate (the same team, East) A3, other (team West) A4 and A5, and
sato@example.com, whom an import made and nobody has invited, A6.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
from django.db import connection
from tests.pipeline.vendor import DEFINITIONS, FIRST, LAST, apply, furnish
from tests.server import start_test_server

from banso.desk.database import django_database
from banso.desk.models import Account, Member, Reach, Role, Team
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.pipeline.run import run
from banso.pipeline.session import Session, open_session
from banso.store.server import create_database

OWNERS = {"A1": "csm", "A2": "csm", "A3": "mate", "A4": "other", "A5": "other"}
OWN = ("A1", "A2")
TEAM = (*OWN, "A3")
ALL = ("A1", "A2", "A3", "A4", "A5", "A6")
SEEN: Mapping[str, tuple[str, ...]] = {
    "admin": ALL,
    "cs_ops": ALL,
    "manager": TEAM,
    "csm": OWN,
    "viewer": ALL,
}
"""Handle of a member -> keys of the accounts that they may see."""


@dataclass(frozen=True)
class Site:
    """accounts: key -> desk id. members: handle -> id. as_of: the day of its run."""

    session: Session
    accounts: Mapping[str, int]
    members: Mapping[str, int]

    def unseen(self, handle: str) -> tuple[str, ...]:
        """Keys of the accounts that a member may not see."""
        return tuple(key for key in ALL if key not in SEEN[handle])


def traces(key: str) -> tuple[str, ...]:
    """What a page says only where it shows this account: its name, its contact, its attribute, its
    contract, its users."""
    return f"{key} 商事", f"利用者 {key}", f"地域 {key}", *(f"{key}-{i}" for i in range(5))


@contextmanager
def connected(url: str, home: Path) -> Iterator[None]:
    """Django, and every command of this process, works with this database and home."""
    settings = dict(connection.settings_dict)
    environment = dict(os.environ)
    connection.close()
    connection.settings_dict.update(django_database(url))
    os.environ.update(DATABASE_URL=url, BANSO_HOME=str(home), BANSO_LANGUAGE="en")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(settings)
        os.environ.clear()
        os.environ.update(environment)


def create_site_database(name: str) -> str:
    """Address of an empty database beside the one of the other tests."""
    url = start_test_server()
    with psycopg.connect(url, autocommit=True) as server:
        create_database(server, name=name)
    return url.replace("/banso?", f"/{name}?")


def build_site(definitions: str = DEFINITIONS, *, first_number: int = 1_000_000) -> Site:
    """Fill the database at hand.

    first_number: of its definition sets. Parsed definitions are kept by their number
    (pipeline.session), so those of each site have numbers that no other test uses.
    """
    session = open_session(create=True)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SEQUENCE definition_set_id_seq RESTART WITH {first_number}")
    furnish(session)
    members = _members()
    save_accounts(
        [
            AccountRow(row=i, key=key, owner=OWNERS.get(key), attributes={"region": f"地域 {key}"})
            for i, key in enumerate(ALL)
        ],
        effective=FIRST,
    )
    save_contacts(
        [
            ContactRow(
                row=i, account=key, key="1", user=f"{key}-0", name=f"利用者 {key}", role="champion"
            )
            for i, key in enumerate(ALL)
        ],
        effective=FIRST,
    )
    run(session.store, apply(definitions), as_of=LAST, since=FIRST + timedelta(days=10))
    return Site(
        session=open_session(),
        accounts=dict(Account.objects.values_list("key", "pk")),
        members=members,
    )


def _members() -> Mapping[str, int]:
    east, west = (Team.objects.create(name=name) for name in ("East", "West"))
    rows = (
        ("admin", Role.ADMIN, None, Reach.ALL),
        ("cs_ops", Role.CS_OPS, None, Reach.ALL),
        ("manager", Role.MANAGER, east, Reach.TEAM),
        ("csm", Role.CSM, east, Reach.OWN),
        ("mate", Role.CSM, east, Reach.OWN),
        ("other", Role.CSM, west, Reach.OWN),
        ("viewer", Role.VIEWER, None, Reach.ALL),
    )
    made = [
        Member(
            handle=handle,
            name=handle,
            role=role,
            team=team,
            reach=reach,
            sees_revenue=role is not Role.VIEWER,
            language="en",
        )
        for handle, role, team, reach in rows
    ]
    for member in made:
        member.set_unusable_password()
    Member.objects.bulk_create(made)
    return {member.handle: member.pk for member in made}
