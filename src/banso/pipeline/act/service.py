"""Microsoft Teams and other services, each in its own form, through apprise.

apprise calls `requests` by itself. In the modules of its services that name is bound to `Guarded`,
so that what they send goes to public addresses alone, to the very address that was checked, with
certificates checked and without redirects, as webhooks do.
"""

import sys
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import requests
from apprise.plugins.base import NotifyBase
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.mattermost import NotifyMattermost
from apprise.plugins.rocketchat import NotifyRocketChat
from apprise.plugins.webexteams import NotifyWebexTeams
from apprise.plugins.workflows import NotifyWorkflows
from apprise.plugins.zulip import NotifyZulip
from requests.adapters import HTTPAdapter

from banso.core.wording import worded
from banso.desk.models import Delivery
from banso.pipeline.act import mail
from banso.pipeline.act.addresses import AddressError, Pinned, check_address, pin
from banso.pipeline.act.answers import judge
from banso.pipeline.act.refusals import NOT_TOLD
from banso.pipeline.act.verdict import NotNowError, RefusedError, ShutOutError

SECONDS = (5.0, 10.0)
SERVICES: Mapping[str, tuple[str, type[NotifyBase]]] = {
    "workflows": ("Microsoft Teams", NotifyWorkflows),
    "gchat": ("Google Chat", NotifyGoogleChat),
    "discord": ("Discord", NotifyDiscord),
    "mmosts": ("Mattermost", NotifyMattermost),
    "mmost": ("Mattermost", NotifyMattermost),
    "rockets": ("Rocket.Chat", NotifyRocketChat),
    "rocket": ("Rocket.Chat", NotifyRocketChat),
    "wxteams": ("Webex", NotifyWebexTeams),
    "zulip": ("Zulip", NotifyZulip),
}
"""By the beginning of apprise's address. Named one by one: to look one up, apprise would import
all of its hundreds."""

OWN_HOST = frozenset({"workflows", "mmosts", "mmost", "rockets", "rocket"})
"""Those whose address names the host that is called; the others have one of their own."""

NAMELESS = "\N{ZERO WIDTH SPACE}"
_answers: ContextVar[list[str | Exception] | None] = ContextVar("answers", default=None)


def check_service(url: str) -> str:
    """What the channel is called where its address, which is a secret, is not shown. Raises
    AddressError, which does not tell it either."""
    schema = url.partition("://")[0].lower()
    if schema not in SERVICES:
        raise AddressError(
            worded(
                "'{schema}://' is none of the services that Banso sends to: {services}. How each "
                "is written: https://appriseit.com/services/",
                schema=schema[:20],
                services=", ".join(f"{x}://" for x in SERVICES),
            )
        )
    plugin = _plugin(url)
    if schema not in OWN_HOST:
        return SERVICES[schema][0]
    host = str(plugin.host or "")
    port = f":{plugin.port}" if plugin.port else ""
    clear = not plugin.secure and schema != "workflows"
    check_address(f"{'http' if clear else 'https'}://{host}{port}/")
    return f"{SERVICES[schema][0]} ({host})"


def send(delivery: Delivery, *, url: str, base: str, currency: str) -> str:
    """What the service answered. Raises NotNowError, RefusedError, ShutOutError."""
    try:
        check_service(url)
        plugin = _plugin(url)
    except AddressError as error:
        raise ShutOutError(str(error)) from None
    title, text, _ = mail.written(delivery, base=base, currency=currency)
    answers: list[str | Exception] = []
    token = _answers.set(answers)
    try:
        taken = plugin.notify(body=harmless(text), title=harmless(title))
    finally:
        _answers.reset(token)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    if not taken:
        raise RefusedError(NOT_TOLD.format(service=plugin.service_name))
    return str(answers[-1]) if answers else "sent"


def harmless(text: str) -> str:
    """Nothing that a customer's name holds calls people or becomes a link."""
    return text.replace("@", f"@{NAMELESS}").replace("](", f"]{NAMELESS}(")


def _plugin(url: str) -> Any:
    """Any: apprise's services have no common type for what they are reached by."""
    _, kind = SERVICES[url.partition("://")[0].lower()]
    parts = kind.parse_url(url)
    try:
        return kind(**(parts or {}))
    except TypeError:
        raise AddressError(
            worded(
                "The address of the service is not complete. How it is written: "
                "https://appriseit.com/services/"
            )
        ) from None


class Guarded:
    """Stands where apprise expects `requests`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def get(self, url: str, **more: Any) -> requests.Response:
        return self.request("GET", url, **more)

    def post(self, url: str, **more: Any) -> requests.Response:
        return self.request("POST", url, **more)

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        found = _answers.get()
        answers: list[str | Exception] = [] if found is None else found
        try:
            answer = _call(method, url, more)
            answers.append(_judged(answer))
        except (NotNowError, RefusedError, ShutOutError) as error:
            answers.append(error)
            raise requests.RequestException(str(error)) from None
        except requests.RequestException as error:
            answers.append(NotNowError(type(error).__name__))  # its text has the address
            raise
        return answer


def _call(method: str, url: str, more: Mapping[str, Any]) -> requests.Response:
    """Raises NotNowError, ShutOutError of `pin`."""
    full = requests.Request(method, url, params=more.get("params")).prepare().url or url
    pinned = pin(full)
    kept = {name: more[name] for name in ("data", "json", "auth", "files") if name in more}
    headers = {**(more.get("headers") or {}), "Host": pinned.host}
    with requests.Session() as session:
        session.trust_env = False  # no proxy or password of the environment
        session.mount("https://", _ToPinned(pinned))
        return session.request(
            method, pinned.url, headers=headers, timeout=SECONDS, allow_redirects=False, **kept
        )


class _ToPinned(HTTPAdapter):
    """Calls a numeric address and checks the certificate for the name it was looked up by."""

    def __init__(self, pinned: Pinned) -> None:
        self._name = pinned.name
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(
            *args, **more, server_hostname=self._name, assert_hostname=self._name
        )


def _judged(answer: requests.Response) -> str:
    headers = answer.headers
    return judge(
        answer.status_code,
        answer.reason or "",
        location=headers.get("location", ""),
        retry_after=headers.get("retry-after", ""),
    )


for _, _kind in SERVICES.values():
    sys.modules[_kind.__module__].requests = Guarded()  # type: ignore[attr-defined]
