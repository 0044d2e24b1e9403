"""Which accounts a rule leaves alone, so that one can see what it changes."""

import hashlib
import json
from collections.abc import Mapping

from banso.core.definitions.model import Rule
from banso.core.definitions.plays import Play, fingerprint_of, starts
from banso.core.expressions import canonical

SALT = "banso:arm:1"
"""Part of every hash. Never changed: it would deal all accounts anew."""
MOST = 0.5
"""No more than half may be held out."""


def held_out(account: str, action: str, *, share: float) -> bool:
    """Whether an account is held out from an action (a rule, a play), for ever.

    account: its key. action: name of a rule, or `play_action`. share: 0 to MOST of all accounts.
    The same account is drawn the same way on every machine, in every order and after every restored
    backup, independently of all other actions; a larger share holds out the same accounts and
    further ones.
    """
    if not 0 <= share <= MOST:
        raise ValueError(f"a holdout is a share from 0 to {MOST}, not {share}")
    text = "\0".join((SALT, action, account))
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")
    return number < share * 2**64


APART = frozenset({"label", "description", "priority", "outcome", "expect", "holdout", "rollout"})
"""Of a rule's fields those that change neither to whom something is done, nor what."""


def version(rule: Rule, plays: Mapping[str, Play]) -> str:
    """16 hex digits over what is done to whom: accounts drawn under another version were done
    something else to, and are not counted together.

    plays: all that are defined; what the rule's own play says, and those that it starts, counts.
    """
    return _hash(
        rule.model_dump(mode="json", exclude=set(APART))
        | {
            "when": canonical(rule.when),
            "plays": {x: fingerprint_of(plays[x]) for x in _reached(rule.play, plays)},
        }
    )


def play_version(play: Play, plays: Mapping[str, Play]) -> str:
    """As `version`, of a play that holds accounts out by itself, with those that it starts as far
    as they are still defined."""
    known = {**plays, play.name: play}
    return _hash({x: fingerprint_of(known[x]) for x in _reached(play.name, known)})


def play_action(play: str) -> str:
    """As `held_out` names a play: no rule can be called so."""
    return f"play:{play}"


def _hash(told: Mapping[str, object]) -> str:
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _reached(first: str | None, plays: Mapping[str, Play]) -> set[str]:
    found: set[str] = set()
    waiting = [first] if first else []
    while waiting:
        name = waiting.pop()
        if name not in found and name in plays:
            found.add(name)
            waiting += starts(plays[name])
    return found
