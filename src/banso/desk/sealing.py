"""Secrets of channels as they lie in the database: encrypted, since backups travel."""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_noop

OTHER_KEY = gettext_noop(
    "The secret of this channel was sealed with another key than this home's "
    "(.banso/secret_key or BANSO_SECRET_KEY). Bring that key back, or remove the channel and add "
    "it anew."
)


class SealError(Exception):
    """What was sealed can't be opened with this key."""


def seal(secrets: Mapping[str, str], *, key: str) -> str:
    """key: the home's secret key. What comes is different every time, and of no use without it."""
    return _fernet(key).encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str, *, key: str) -> dict[str, str]:
    """Empty where nothing was sealed. Raises SealError for another key than it was sealed with."""
    if not sealed:
        return {}
    try:
        opened: dict[str, str] = json.loads(_fernet(key).decrypt(sealed.encode()))
    except InvalidToken:
        raise SealError(OTHER_KEY) from None
    return opened


def _fernet(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"banso channel secrets").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
