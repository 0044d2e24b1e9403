"""The signed token in each mail to a customer, by which its reader wants no more of them."""

from django.core import signing

SALT = "banso.unsubscribe"


def write_token(mail: int, *, key: str) -> str:
    """For good: a link in an old mail must work too (RFC 8058)."""
    return signing.dumps(mail, key=key, salt=SALT)


def read_unsubscribe(token: str, *, key: str) -> int | None:
    """The mail's id; None where the token is not ours."""
    try:
        mail = signing.loads(token, key=key, salt=SALT)
    except signing.BadSignature:
        return None
    return mail if isinstance(mail, int) else None
