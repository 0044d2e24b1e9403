"""Tokens are given out, listed by how they begin, and revoked."""

import json

import pytest
from tests.cli.conftest import Banso

from banso.desk.models import Member
from banso.desk.queries.tokens import member_of
from banso.desk.services.tokens import TokenError

pytestmark = pytest.mark.usefixtures("session")


def test_a_token_stands_for_its_member_until_it_is_revoked(banso: Banso) -> None:
    member = Member.objects.create(handle="sato")
    text = banso("tokens", "add", "sato", "--name", "our CRM").stdout.splitlines()[-1]
    assert member_of(text) == member
    (item,) = json.loads(banso("tokens", "list", "--json").stdout)
    assert (item["member"], item["name"], item["start"]) == ("sato", "our CRM", text[:9])
    assert item["revoked_at"] is None
    banso("tokens", "revoke", text[:9])
    assert member_of(text) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("add", "satoo", "--name", "x"), "There is no member 'satoo'. `banso members` shows them"),
        (("revoke", "bt_nothing"), "There is no token that begins with 'bt_nothin'."),
    ],
)
def test_what_is_not_there_is_said_with_the_mend(
    banso: Banso, said: tuple[str, ...], words: str
) -> None:
    with pytest.raises(TokenError, match=words):
        banso("tokens", *said)
