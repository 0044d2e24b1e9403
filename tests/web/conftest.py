"""Pages are tried on a real site (tests/web/site.py), through Django's client."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from psycopg import IsolationLevel
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker
from tests.web.rest import Call, answered
from tests.web.site import Site, build_site, connected, create_site_database

from banso.desk.models import Member
from banso.desk.queries import kept
from banso.desk.services.tokens import add_token
from banso.web import house
from banso.web.accounts import cells
from banso.web.today import tasks, written

Built = tuple[str, Site]
"""The address of its database, and what is in it."""

AsMember = Callable[[str], Client]


@pytest.fixture(autouse=True)
def fresh_house(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """A test with a home of its own (`home`, `session`) has a house of its own. Rate limits begin
    anew in every test, and passwords are hashed fast."""
    own = "home" in request.fixturenames
    cache.clear()
    kept.memory.clear()
    written.memory.clear()
    tasks.memory.clear()
    cells.memory.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if own:
        house.opened.cache_clear()
    yield
    if own:
        if house.opened.cache_info().currsize:
            house.opened().store.close()
        house.opened.cache_clear()


@pytest.fixture(scope="session")
def built_site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    """Built once a test run (with pytest-xdist: once a worker)."""
    url = create_site_database("site")
    home = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), connected(url, home):
        return url, build_site()


@pytest.fixture
def vendor_site(built_site: Built, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """The site; what the test writes to the desk is taken back afterwards.

    It has a database of its own: never use it together with `db`, `home` or `session`.
    """
    with django_db_blocker.unblock(), visited(built_site) as site:
        yield site


@contextmanager
def visited(built: Built) -> Iterator[Site]:
    """Within a transaction that is taken back. What is durable inside is so as far as a test can
    see, and as it sees one state from its beginning, reading one state within it is allowed."""
    url, site = built
    with connected(url, site.session.home):
        if house.opened().home != site.session.home:
            house.opened.cache_clear()
            house.opened()
        connection.close()
        connection.settings_dict["OPTIONS"]["isolation_level"] = IsolationLevel.REPEATABLE_READ
        around = transaction.atomic()
        around._from_testcase = True
        with around:
            yield site
            transaction.set_rollback(True)


@pytest.fixture
def as_member(vendor_site: Site) -> AsMember:
    """A browser in which this member is signed in: admin, cs_ops, manager, csm, mate, other or
    viewer."""

    def signed_in(handle: str) -> Client:
        client = Client()
        client.force_login(Member.objects.get(handle=handle))
        return client

    return signed_in


@pytest.fixture
def call(vendor_site: Site) -> Call:
    """Calls of the REST API, each with a token of the member who calls."""

    def sent(who: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
        token = add_token(handle=who, name="a test").text
        return answered(f"Bearer {token}", method, path, body)

    return sent
