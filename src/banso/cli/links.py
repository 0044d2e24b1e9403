"""Where members reach Banso, and the links that let them in for the first time."""

import os
from urllib.parse import urlsplit

from banso.cli.session import Session
from banso.desk.invitation import first_admin_token, member_token
from banso.desk.models import Member
from banso.pipeline.home import secret_key

HOST = "127.0.0.1"
PORT = 8000
SERVED_AT = "BANSO_SERVED_AT"
"""Set by `banso serve` for its worker, whose messages have links."""


class AddressError(Exception):
    """BANSO_URL is no address."""


def address(host: str = HOST, port: int = PORT) -> str:
    """BANSO_URL, else the server's own. Raises AddressError."""
    given = os.environ.get("BANSO_URL", "").rstrip("/")
    if not given:
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise AddressError(
            f"BANSO_URL is '{given}'; it takes what browsers show, with http:// or https:// and "
            "without a path, such as https://banso.example.co.jp"
        )
    return given


def served_at() -> str:
    """The address of the server that this process works for, else as `address` says."""
    return os.environ.get(SERVED_AT) or address()


def first_admin_link(session: Session, base: str) -> str:
    return f"{base}/set-up/{first_admin_token(key=secret_key(session.home))}/"


def member_link(session: Session, base: str, member: Member) -> str:
    return f"{base}/set-up/{member_token(member, key=secret_key(session.home))}/"
