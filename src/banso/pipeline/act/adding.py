"""Checks, adds and changes a channel: the same for the command line, for the page and for REST."""

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from banso.core.wording import worded
from banso.desk.models import ChannelKind
from banso.desk.sealing import unseal
from banso.desk.services.channels import (
    ChannelError,
    NewChannel,
    add_channel,
    change_channel,
    change_sender,
    channel_named,
)
from banso.pipeline.act.addresses import AddressError, check_address
from banso.pipeline.act.line_works import LineWorksKeyError, check_key
from banso.pipeline.act.mail import MailSettingsError, mailbox, mailbox_of

REFUSALS = (ChannelError, AddressError, LineWorksKeyError, MailSettingsError)


def add(new: NewChannel, *, key: str) -> NewChannel:
    """The channel as it was added: a webhook with the secret that signs for it.

    key: what secrets are sealed with. Raises one of REFUSALS.
    """
    check = CHECKS.get(new.kind)
    made = check(new) if check else new
    add_channel(made, key=key)
    return made


def change(
    name: str,
    *,
    key: str,
    address: str | None = None,
    url: str | None = None,
    least: Literal["high", "medium", "low"] | None = None,
    language: Literal["en", "ja"] | None = None,
    revenue: bool | None = None,
    tasks: bool | None = None,
) -> None:
    """None: stays as it is. address, url: sender and mail server of the channel that writes to
    customers, which other kinds don't have.

    key: what secrets are sealed with. Raises one of REFUSALS, SealError; nothing is changed then.
    """
    if address is not None or url is not None:
        _change_sender(name, address=address, url=url, key=key)
    change_channel(name, least=least, language=language, revenue=revenue, tasks=tasks)


def _change_sender(name: str, *, address: str | None, url: str | None, key: str) -> None:
    row = channel_named(name)
    if row.kind != ChannelKind.CUSTOMERS:
        raise ChannelError(
            worded(
                "'{name}' does not write to customers, so it has no sender and no mail server.",
                name=name,
            ),
            field="url" if address is None else "address",
        )
    secrets = unseal(row.secrets, key=key) if url is None else {"url": url.strip()}
    new = NewChannel(name, ChannelKind.CUSTOMERS, address or row.address, secrets)
    change_sender(_customers(new), key=key)


def blamed(error: Exception, new: NewChannel) -> str | None:
    """The field that one of REFUSALS is about; None where it is no single one."""
    if isinstance(error, AddressError):
        return "url" if new.kind is ChannelKind.SERVICE else "address"
    if isinstance(error, LineWorksKeyError):
        return "private_key"
    if isinstance(error, MailSettingsError) and new.kind is ChannelKind.CUSTOMERS:
        return error.field
    return (getattr(error, "field", "") or None) if isinstance(error, ChannelError) else None


def _webhook(new: NewChannel) -> NewChannel:
    check_address(new.address)
    signing = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    return replace(new, secrets={"signing": signing})


def _email(new: NewChannel) -> NewChannel:
    mailbox()
    if new.digest and new.address:
        raise ChannelError(
            worded("The morning mail goes to owners in person: leave the address (--to) out."),
            field="address",
        )
    return new


def _service(new: NewChannel) -> NewChannel:
    from banso.pipeline.act.service import check_service  # noqa: PLC0415  it imports apprise

    return replace(new, address=check_service((new.secrets or {}).get("url", "")))


def _line_works(new: NewChannel) -> NewChannel:
    check_key((new.secrets or {}).get("private_key", ""))
    return new


def _customers(new: NewChannel) -> NewChannel:
    url = (new.secrets or {}).get("url", "")
    mailbox_of(url, new.address, named=worded("The mail server"), from_=worded("The sender"))
    return new


CHECKS: Mapping[ChannelKind, Callable[[NewChannel], NewChannel]] = {
    ChannelKind.WEBHOOK: _webhook,
    ChannelKind.EMAIL: _email,
    ChannelKind.SERVICE: _service,
    ChannelKind.LINE_WORKS: _line_works,
    ChannelKind.CUSTOMERS: _customers,
}
