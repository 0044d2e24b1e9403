"""Why live events were refused, in the reader's language, and what to do about each kind.

The store keeps reasons as core.events and store.live write them. What is not known here is told as
that of any row is (web.data.refusal).
"""

import re

from django.utils.translation import gettext, gettext_noop

from banso.web.data.refusal import Refusal, refusal

SEND = gettext_noop("Correct what the application sends. This one can be edited here and replayed.")
PERSON = gettext_noop("Send userId or anonymousId with every call.")
NAME = gettext_noop("Give every track call a name in event.")
TYPE = gettext_noop("Set type to track, page, screen, identify, group or alias.")
GROUP = gettext_noop("Send groupId with every group call: the key of the account.")
ALIAS = gettext_noop("Send previousId and userId with every alias call.")
TEXT = gettext_noop("Send a text or a number there.")
SHORT = gettext_noop("Send a shorter key there, without line ends or tabs.")
TIME = gettext_noop("Write times as 2026-11-22T09:00:00Z.")
CLOCK = gettext_noop("Check clock and time zone of the machine that sends.")
SMALL = gettext_noop("Send less with each call.")
JSON = gettext_noop("Send each call as one JSON object; a client library does it by itself.")
OTHER_ID = gettext_noop(
    "The first one was kept. Give every call a messageId of its own; edit this one's and replay it "
    "to have both."
)
BELONGS = gettext_noop(
    "Send a group call for this person, or context.groupId with every call. Then replay this one."
)
REPORT = gettext_noop("Please report it. Replay this one after the update that mends it.")

_KNOWN: tuple[tuple[str, str, str], ...] = (
    ("no userId and no anonymousId", gettext_noop("no userId and no anonymousId"), PERSON),
    ("no event", gettext_noop("event is missing"), NAME),
    (r"no type: .*", gettext_noop("type is missing"), TYPE),
    (
        r"type: (?:'(.*)'|…) is none of .*",
        gettext_noop("there is no type %s"),
        TYPE,
    ),
    ("no groupId", gettext_noop("groupId is missing"), GROUP),
    (
        "an alias needs previousId and userId",
        gettext_noop("an alias needs previousId and userId"),
        ALIAS,
    ),
    (
        r"([\w.]+): neither text nor a number",
        gettext_noop("%s is neither text nor a number"),
        TEXT,
    ),
    (
        r"([\w.]+): longer than ([\d,.…]+) (?:characters|bytes.*)",
        gettext_noop("%s is longer than %s characters"),
        SHORT,
    ),
    (
        r"([\w.]+): holds a control character.*",
        gettext_noop("%s holds a control character, such as a tab or a line end"),
        SHORT,
    ),
    (
        r"timestamp: (?:'?(.*?)'?) is no time(?: in ISO .*)?",
        gettext_noop("timestamp %s is no time"),
        TIME,
    ),
    (r"timestamp: before ([\d…]+)", gettext_noop("timestamp: before %s"), CLOCK),
    (
        "timestamp: more than a day in the future",
        gettext_noop("timestamp: more than a day in the future"),
        CLOCK,
    ),
    (r"larger than ([\d…]+) KB", gettext_noop("larger than %s KB"), SMALL),
    (
        r"(?:properties: )?objects are nested .*",
        gettext_noop("objects are nested too deeply"),
        SMALL,
    ),
    (
        "(?:not JSON|not a JSON object|half a character|The body)\\b.*",
        gettext_noop("not a JSON object that can be read"),
        JSON,
    ),
    (
        "this message_id already stands for a fact of other content",
        gettext_noop("this messageId already stands for a call of other content"),
        OTHER_ID,
    ),
    (
        "no account: .*",
        gettext_noop("it has never become known to which account this person belongs"),
        BELONGS,
    ),
    (
        r"a mistake in Banso .*",
        gettext_noop("a mistake in Banso itself"),
        REPORT,
    ),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), words, mend) for pattern, words, mend in _KNOWN)
_VALUES = re.compile(r"'[^']*'|-?[0-9][0-9,.:/-]*")


def alike(reason: str) -> str:
    """A reason without what it quotes, as the store groups them."""
    return _VALUES.sub("…", reason)


def refused_call(reason: str) -> Refusal:
    """A reason as the store keeps it, or one without its values."""
    for pattern, words, mend in _PATTERNS:
        if found := pattern.fullmatch(reason):
            given = tuple(part or "…" for part in found.groups())
            said = gettext(words) % given if given else gettext(words)
            return Refusal(said, gettext(mend))
    return Refusal(refusal(reason).why, gettext(SEND))
