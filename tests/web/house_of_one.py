"""A house with one account, whose every fact the test has written, and somebody to look at it."""

from collections.abc import Sequence

from django.test import Client
from tests.pipeline.one_vendor import HEAD, TODAY, told
from tests.pipeline.vendor import apply
from tests.web.markup import Element, read

from banso.cli.session import Session
from banso.core.events.fact import Fact
from banso.desk.models import Account, Member, Reach, Role
from banso.pipeline.run import run

COUNT = "metrics: [{name: uses, kind: count}]"


def furnished(
    session: Session,
    text: str = COUNT,
    *,
    events: Sequence[Fact] = (),
    records: Sequence[Fact] = (),
) -> None:
    """text: definitions without the organisation. A run is done as of TODAY."""
    told(session, events=events, records=records)
    run(session.store, apply(HEAD + text), as_of=TODAY, since=TODAY)


def the_account() -> int:
    return Account.objects.get(key="A1").pk


def reader(*, revenue: bool = True, language: str = "en") -> Client:
    """Signed in, and sees everything (but amounts, where told so)."""
    member, _ = Member.objects.get_or_create(
        handle=f"reader-{revenue}-{language}",
        defaults={
            "role": Role.ADMIN,
            "reach": Reach.ALL,
            "language": language,
            "sees_revenue": revenue,
        },
    )
    client = Client()
    client.force_login(member)
    return client


def page(client: Client, address: str, status: int = 200) -> Element:
    """The main part of a page."""
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return read(answer.content).one("main")


def card(shown: Element, title: str) -> Element:
    """The card under a heading."""
    (found,) = [x for x in shown.all("section") if title in [h.text for h in x.all("h2")]]
    return found


def rows(table: Element) -> list[list[str]]:
    """What stands in its body."""
    cells = [
        [x for x in row.children if isinstance(x, Element)] for row in table.one("tbody").all("tr")
    ]
    return [[cell.text for cell in row] for row in cells]
