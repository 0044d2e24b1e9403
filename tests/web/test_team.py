"""The table of whoever leads a team: who has how much to do."""

from datetime import timedelta

from django.test import Client
from tests.pipeline.vendor import LAST
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.routes import task_of
from tests.web.site import OWN, Site

from banso.desk.models import Alert, Task


def table(client: Client) -> list[list[str]]:
    answer = client.get("/team/")
    assert answer.status_code == 200
    body: Element = read(answer.content).one("tbody")
    return [[x.text for x in row.all("th") + row.all("td")] for row in body.all("tr")]


def test_a_manager_sees_who_of_the_team_has_how_much_to_do(
    vendor_site: Site, as_member: AsMember
) -> None:
    late = task_of(vendor_site, "A1")
    Task.objects.filter(pk=late).update(due_on=LAST - timedelta(days=400))
    rows = {x[0]: x for x in table(as_member("admin"))}
    mine = Alert.objects.filter(
        episode__closed_on__isnull=True, episode__account__owner=vendor_site.members["csm"]
    )
    (_, alerts, _, _, tasks, past, _, accounts, _, handled) = rows["csm"]
    assert alerts == str(mine.count())
    assert (tasks, past, handled) == ("1", "1", "0")
    seen = mine.values("episode__account").distinct().count()
    assert accounts == f"{seen} of {len(OWN)}"


def test_whoever_sees_only_their_own_finds_themselves_and_no_way_there(
    vendor_site: Site, as_member: AsMember
) -> None:
    assert [x[0] for x in table(as_member("csm"))] == ["csm"]
    links = [x.attrs["href"] for x in read(as_member("csm").get("/").content).all("a")]
    assert "/team/" not in links
    links = [x.attrs["href"] for x in read(as_member("manager").get("/").content).all("a")]
    assert "/team/" in links
