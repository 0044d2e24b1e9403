"""Which accounts a rule leaves alone, so that one can see what it changes."""

import hashlib

SALT = "banso:arm:1"
"""Part of every hash. Never changed: it would deal all accounts anew."""
MOST = 0.5
"""No more than half may be held out."""


def held_out(account: str, action: str, *, share: float) -> bool:
    """Whether an account is held out from an action (a rule, a play), for ever.

    account: its key. share: 0 to MOST of all accounts. The same account is drawn the same way on
    every machine, in every order and after every restored backup, independently of all other
    actions; a larger share holds out the same accounts and further ones.
    """
    if not 0 <= share <= MOST:
        raise ValueError(f"a holdout is a share from 0 to {MOST}, not {share}")
    text = "\0".join((SALT, action, account))
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")
    return number < share * 2**64


def key_hash(account: str) -> str:
    """By which a recorded arm still tells its account where numbers of accounts have changed."""
    return hashlib.sha256(f"{SALT}\0{account}".encode()).hexdigest()[:16]
