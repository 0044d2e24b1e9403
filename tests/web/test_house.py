"""The house is opened once a process; each test has its own."""

from pathlib import Path

from tests.pipeline.vendor import LAST, apply
from tests.web.site import Site

from banso.cli.session import Session
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
