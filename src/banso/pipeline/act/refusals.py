"""What Banso's own sending refuses, for pages to say in their reader's language. The outbox keeps
one text beside each message, ours or the receiver's, as programs and the command line show it: a
text that fits one of our patterns is ours; everything else is a receiver's and stays as it is."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from string import Formatter

from django.utils.translation import gettext_noop

from banso.desk.sealing import OTHER_KEY
from banso.desk.services.channels import REMOVED, STOPPED

NO_ADDRESS = gettext_noop("{member} has no e-mail address")
THE_OWNER = gettext_noop("the owner")
HAS_LEFT = gettext_noop("{member} has left; give the customer another owner")
NOT_IN_LINE_WORKS = gettext_noop("{member} is no member of LINE WORKS")
UNWANTED = gettext_noop("{to} wants no mail any more")
NO_CONTACT = gettext_noop("no contact who is still there has the address {to}")
TEST_TO_NOBODY = gettext_noop("a test of this channel goes to a member who has an e-mail address")
NEVER_DELIVERED = gettext_noop("the message that it is about was never delivered")
NOT_TOLD = gettext_noop("{service} could not be told this message")
LEADS_ON = gettext_noop(
    "{status}: leads on to {place}. Messages are not sent on; if that is the receiver now, add it "
    "as a channel."
)
NOWHERE = gettext_noop("nowhere")
PRIVATE_NETWORK = gettext_noop(
    "{name} leads to {number}, which is not in the public network. If it is a receiver of your "
    "own, name it: {setting}={name}"
)
NOT_LOOKED_UP = gettext_noop("{name} can't be looked up: {error}")
IN_CLEAR = gettext_noop(
    "'{url}' sends in clear. Use https://, or for a receiver in your own network name its host in "
    "{setting}."
)
NO_SERVER = gettext_noop(
    "{named} names the server by which mail leaves, such as "
    "smtp://user:password@mail.example.co.jp:587; it is {state}."
)
NOT_SET = gettext_noop("not set")
NO_SUCH_ADDRESS = gettext_noop("no such address")
NO_SENDER = gettext_noop(
    "{named} is the address that mail comes from, such as banso@example.co.jp."
)
TOKEN_ANEW = gettext_noop("401: the token is asked for anew")
NO_TOKEN = gettext_noop("LINE WORKS gave no token")
CANT_SIGN = gettext_noop("the private key can't sign: {error}")

PATTERNS = (
    *(NO_ADDRESS, HAS_LEFT, NOT_IN_LINE_WORKS, UNWANTED, NO_CONTACT, TEST_TO_NOBODY),
    *(NEVER_DELIVERED, NOT_TOLD, LEADS_ON, PRIVATE_NETWORK, NOT_LOOKED_UP, IN_CLEAR),
    *(NO_SERVER, NO_SENDER, TOKEN_ANEW, NO_TOKEN, CANT_SIGN, OTHER_KEY, REMOVED, STOPPED),
)
PARTS = frozenset({THE_OWNER, NOWHERE, NOT_SET, NO_SUCH_ADDRESS})
"""Words of ours that stand in a pattern's place."""


def in_words(answer: str, translate: Callable[[str], str]) -> str:
    """translate: from a pattern to that of the reader's language."""
    for pattern in PATTERNS:
        found = _fits(pattern).fullmatch(answer)
        if found:
            return translate(pattern).format(**_values(found.groupdict(), translate))
    return answer


def _values(found: Mapping[str, str], translate: Callable[[str], str]) -> Mapping[str, str]:
    return {key: translate(x) if x in PARTS else x for key, x in found.items()}


@cache
def _fits(pattern: str) -> re.Pattern[str]:
    """A place that stands in the pattern twice holds the same both times."""
    made, seen = "", set[str]()
    for words, name, _, _ in Formatter().parse(pattern):
        made += re.escape(words)
        if name is not None:
            made += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
            seen.add(name)
    return re.compile(made, re.DOTALL)
