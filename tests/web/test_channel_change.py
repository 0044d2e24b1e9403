"""The page on which a channel is changed; over REST: test_channels.py."""

from django.conf import settings
from django.utils.translation import gettext, override
from tests.web.conftest import AsMember
from tests.web.markup import Element, read

from banso.desk.models import Channel, ChannelKind, Member
from banso.desk.sealing import OTHER_KEY, seal, unseal

CUSTOMERS = {"name": "customers", "address": "cs@vendor.example",
             "url": "smtp://u:s3cret@mail.example", "language": "ja"}  # fmt: skip


def changing(name: str) -> str:
    return f"/data/channels/change/{name}/"


def fields(page: Element) -> dict[str, str]:
    """Name -> value, of what a form asks for."""
    chosen = {
        x.attrs["name"]: y.attrs["value"]
        for x in page.all("select")
        for y in x.all("option")
        if "selected" in y.attrs
    }
    typed = {x.attrs["name"]: x.attrs.get("value", "") for x in page.all("input")}
    return {**typed, **chosen}


def test_the_server_and_the_sender_of_mail_to_customers_are_changed_on_its_page(
    as_member: AsMember,
) -> None:
    ops, place = as_member("cs_ops"), changing("customers")
    ops.post("/data/channels/new/customers/", CUSTOMERS)

    def now() -> tuple[str, str, str]:
        row = Channel.objects.get()
        return row.address, row.language, unseal(row.secrets, key=settings.SECRET_KEY)["url"]

    links = [x.attrs["href"] for x in read(ops.get("/data/channels/").content).one("main").all("a")]
    assert place in links
    asked = ops.get(place)
    said = fields(read(asked.content).one("main"))
    said.pop("csrfmiddlewaretoken")
    assert said == {"address": "cs@vendor.example", "url": "", "language": "ja"}
    assert ("s3cret" in asked.content.decode(), asked.headers["Cache-Control"]) == (
        False,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    changed = {**said, "address": "hello@vendor.example", "language": "en"}
    assert ops.post(place, changed).headers["Location"] == "/data/channels/"
    assert now() == ("hello@vendor.example", "en", CUSTOMERS["url"])  # empty: as it was
    ops.post(place, {**changed, "url": " smtps://u:n3w@mail.example "})
    kept = ("hello@vendor.example", "en", "smtps://u:n3w@mail.example")
    assert now() == kept
    for wrong, field, why in (
        ({"url": "http://u:n3w@mail.example"}, "url", "names the server by which"),
        ({"address": "nobody"}, "address", "is the address that mail"),
        ({"address": ""}, "address", "This is needed."),
    ):
        answer = ops.post(place, {**changed, "language": "ja", **wrong})
        told = read(answer.content).one("main").one(class_="invalid-feedback")
        assert (answer.status_code, told.attrs["id"]) == (422, f"id_{field}_error")
        assert (why in told.text, "n3w" in answer.content.decode()) == (True, False)
    assert now() == kept  # nothing of a form that is refused
    assert as_member("csm").post(place, changed).status_code == 403
    assert ops.get(changing("other")).status_code == 404


def test_a_server_that_was_sealed_with_another_key_is_given_anew(as_member: AsMember) -> None:
    ops, place = as_member("cs_ops"), changing("customers")
    Channel.objects.create(
        name="customers",
        kind=ChannelKind.CUSTOMERS,
        address="cs@vendor.example",
        secrets=seal({"url": "smtp://lost.example"}, key="the key of another home"),
    )
    sent = {"address": "hello@vendor.example", "url": "", "language": "ja"}
    Member.objects.filter(handle="cs_ops").update(language="ja")
    answer = ops.post(place, sent)
    told = read(answer.content).one("main").one(class_="notice")
    assert (answer.status_code, gettext_ja(OTHER_KEY) in told.text) == (422, True)
    given = {**sent, "address": "cs@vendor.example", "url": CUSTOMERS["url"]}
    assert ops.post(place, given).status_code == 302
    secrets = Channel.objects.get().secrets
    assert unseal(secrets, key=settings.SECRET_KEY) == {"url": CUSTOMERS["url"]}


def gettext_ja(text: str) -> str:
    with override("ja"):
        return gettext(text)


def test_what_a_channel_tells_is_changed_on_its_page(as_member: AsMember) -> None:
    ops, place = as_member("cs_ops"), changing("team")
    channel = Channel.objects.create(
        name="team", kind=ChannelKind.SLACK, address="C012345", secrets="sealed"
    )

    def asked() -> dict[str, str]:
        return fields(read(ops.get(place).content).one("main"))

    assert list(asked()) == ["csrfmiddlewaretoken", "tasks", "revenue", "least", "language"]
    ops.post(place, {"least": "high", "language": "ja", "revenue": "on"})
    channel.refresh_from_db()
    assert (channel.least, channel.language, channel.tasks, channel.revenue) == (
        *("high", "ja"),
        *(False, True),
    )
    assert (channel.address, channel.secrets) == ("C012345", "sealed")
    Member.objects.filter(handle="cs_ops").update(sees_revenue=False)
    assert "revenue" not in asked()
    ops.post(place, {"least": "low", "language": "ja", "tasks": "on"})
    channel.refresh_from_db()
    assert (channel.least, channel.tasks, channel.revenue) == ("low", True, True)
    assert ops.post(place, {"least": "lowest", "language": "ja"}).status_code == 422
    Channel.objects.create(name="crm", kind=ChannelKind.WEBHOOK, address="https://crm.example")
    hook = fields(read(ops.get(changing("crm")).content).one("main"))
    assert list(hook) == ["csrfmiddlewaretoken", "tasks", "least"]
