"""Who may open what."""

import pytest
from tests.web.conftest import AsMember
from tests.web.site import SEEN


@pytest.mark.parametrize("handle", SEEN)
def test_everybody_opens_today(as_member: AsMember, handle: str) -> None:
    assert as_member(handle).get("/").status_code == 200
