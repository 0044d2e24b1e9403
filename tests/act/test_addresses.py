"""Where webhooks may go."""

import socket

import pytest

from banso.pipeline.act.addresses import AddressError, Pinned, check_address, pin
from banso.pipeline.act.verdict import NotNowError, ShutOutError


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0.0.0.0/",
        "https://2130706433/",  # 127.0.0.1 as one number
        "https://0x7f.1/",
        "https://100.64.0.1/",
    ],
)
def test_addresses_that_are_not_public_are_refused(url: str) -> None:
    with pytest.raises(ShutOutError, match="which is not in the public network"):
        pin(url)


def test_a_public_address_is_pinned_to_the_number_that_was_checked() -> None:
    assert pin("https://93.184.215.14:8443/a?b=c") == Pinned(
        url="https://93.184.215.14:8443/a?b=c", host="93.184.215.14:8443", name="93.184.215.14"
    )


def test_a_host_that_the_operator_has_named_may_be_private(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BANSO_PRIVATE_RECEIVERS", "other, localhost")
    assert pin("http://localhost:8080/hook").host == "localhost:8080"
    assert pin("http://localhost:8080/hook").url in (
        "http://127.0.0.1:8080/hook",
        "http://[::1]:8080/hook",
    )


def test_a_host_that_cannot_be_looked_up_is_for_later() -> None:
    with pytest.raises(NotNowError, match=r"no-such-host\.invalid can't be looked up"):
        pin("https://no-such-host.invalid/")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com", "no address that begins with https://"),
        ("example.com/hook", "no address that begins with https://"),
        ("https://user:pass@example.com/", "shows them in every log"),
        ("http://example.com/", "sends in clear"),
        ("https://example.com:99999/", "is no address"),
        ("https://10.1.2.3/", "not in the public network"),
        ("https://0x7f.1/", "127.0.0.1, which is not in the public network"),
        ("https://localhost/hook", "not in the public network"),
    ],
)
def test_what_cannot_be_called_is_refused_when_it_is_added(url: str, why: str) -> None:
    with pytest.raises(AddressError, match=why):
        check_address(url)


def test_no_name_is_looked_up_when_it_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    look_up = socket.getaddrinfo

    def noted(*what: object, **how: object) -> object:
        asked.append(how.get("flags", 0))
        return look_up(*what, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    check_address("https://hooks.example.com/")
    assert asked == [socket.AI_NUMERICHOST]
