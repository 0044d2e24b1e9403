"""The house is opened once a process; each test has its own."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.pipeline.vendor import LAST, apply
from tests.web.site import Site

from banso.cli.session import Session
from banso.pipeline.one_account import one_account
from banso.web import house


def test_the_site_is_looked_into_as_of_its_last_run(vendor_site: Site) -> None:
    look = house.look()
    assert look.definitions is not None
    assert look.run is not None
    assert (look.run.as_of, look.session.home) == (LAST, vendor_site.session.home)


def test_a_home_without_definitions_can_be_looked_into(home: Path) -> None:
    home.mkdir()
    look = house.look()
    assert (look.session.home, look.definitions, look.run) == (home, None, None)


def test_definitions_applied_later_are_seen_at_once(session: Session) -> None:
    assert house.look().definitions is None
    applied = apply()
    assert house.look().definitions == applied


def test_a_server_computes_one_account_before_anybody_asks(vendor_site: Site) -> None:
    """In a thread of its own, which leaves no connection behind."""
    house.opened.cache_clear()  # as in a process that has just begun
    seen = house.look()
    assert seen.definitions is not None

    def queries() -> int:
        assert seen.definitions is not None
        with (
            CaptureQueriesContext(connection) as asked,
            one_account(
                seen.session.store,
                seen.definitions,
                account=min(vendor_site.accounts.values()),
                as_of=LAST,
            ),
        ):
            return len(asked)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(house.warm).result()
        assert pool.submit(lambda: connection.connection).result() is None
    assert queries() == 1  # which revision the book has


def test_a_home_without_a_run_has_nothing_to_compute(home: Path) -> None:
    home.mkdir()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(house.warm).result() is None
