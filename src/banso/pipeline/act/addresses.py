"""Where webhooks may go: to the public network, and to what the operator has named, so that nobody
who can name an address reads the network that Banso stands in."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

from banso.core.wording import worded
from banso.pipeline.act.refusals import IN_CLEAR, NOT_LOOKED_UP, PRIVATE_NETWORK
from banso.pipeline.act.verdict import NotNowError, ShutOutError

PRIVATE = "BANSO_PRIVATE_RECEIVERS"
LOOPBACK = "127.0.0.1"


class AddressError(ValueError):
    """This can't be the address of a webhook; says why and what to do."""


@dataclass(frozen=True)
class Pinned:
    """An address with its host already looked up, so that what was checked is what is called.

    url: with the numeric address in place of the host's name. host: for the Host header and, as
    `name`, for the certificate.
    """

    url: str
    host: str
    name: str


def check_address(url: str) -> SplitResult:
    """Raises AddressError for what can't be called at all."""
    parts = urlsplit(url)
    try:
        name, _ = parts.hostname, parts.port
    except ValueError:
        raise AddressError(worded("'{url}' is no address.", url=url)) from None
    if parts.scheme not in ("http", "https") or not name:
        raise AddressError(worded("'{url}' is no address that begins with https://.", url=url))
    if parts.username or parts.password:
        raise AddressError(
            worded(
                "An address with a name and password in it shows them in every log. Put what the "
                "receiver needs to know you into the path, or check the signature there."
            )
        )
    if parts.scheme == "http" and name not in named():
        raise AddressError(worded(IN_CLEAR, url=url, setting=PRIVATE))
    _check_public(name, _written(name))
    return parts


def named() -> frozenset[str]:
    """Hosts in one's own network that webhooks may go to (BANSO_PRIVATE_RECEIVERS)."""
    return frozenset(x.strip().lower() for x in os.environ.get(PRIVATE, "").split(",")) - {""}


def pin(url: str) -> Pinned:
    """Look the host up. Raises NotNowError where that fails, ShutOutError for an address that is
    not public and was not named by the operator."""
    try:
        parts = check_address(url)
    except AddressError as error:
        raise ShutOutError(str(error)) from None
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        numbers = _numbers(name, port)
        _check_public(name, numbers)
    except (OSError, UnicodeError) as error:
        raise NotNowError(NOT_LOOKED_UP.format(name=name, error=error)) from None
    except AddressError as error:
        raise ShutOutError(str(error)) from None
    number = numbers[0]
    literal = f"[{number}]" if ":" in number else number
    pinned = parts._replace(netloc=f"{literal}:{port}")
    return Pinned(url=urlunsplit(pinned), host=parts.netloc, name=name)


def _check_public(name: str, numbers: Sequence[str]) -> None:
    """Raises AddressError, unless the operator has named it."""
    inside = [x for x in numbers if not ip_address(x.partition("%")[0]).is_global]
    if inside and name not in named():
        raise AddressError(worded(PRIVATE_NETWORK, name=name, number=inside[0], setting=PRIVATE))


def _written(name: str) -> Sequence[str]:
    """The numeric address that the name is already, however it is written; nothing is looked up."""
    if name == "localhost" or name.endswith(".localhost"):
        return (LOOPBACK,)
    try:
        return _numbers(name, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return ()


def _numbers(name: str, port: int | None, *, flags: int = 0) -> Sequence[str]:
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=flags)
    return [str(each[4][0]) for each in found]
