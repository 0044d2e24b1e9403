"""Users of an account: who uses it, who has stopped, who never began."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.pipeline.one_vendor import ago, contact, contacts, fact
from tests.web.conftest import AsMember
from tests.web.house_of_one import card, furnished, page, reader, rows, the_account
from tests.web.markup import Element
from tests.web.site import Site

from banso.cli.session import Session
from banso.desk.services.contacts import ContactRow

CHAMPION = "metrics: [{name: champion, kind: recency, where: role = 'champion'}]"


def address(query: str = "") -> str:
    return reverse("account_users", args=(the_account(),)) + query


def figures(shown: Element) -> list[str]:
    return [x.text for x in shown.all(class_="stat-value")]


def test_everybody_stands_there_with_what_matters_first(session: Session) -> None:
    events = [
        fact(ago(100), user="ann"),
        fact(ago(40), user="ann"),
        fact(ago(35), user="ann"),
        fact(ago(90), user="bob"),
        fact(ago(30), user="bob"),
        fact(ago(3), user="bob"),
        fact(ago(2), "save", user="bob"),
        fact(ago(1), user="cho"),
        fact(ago(1)),
    ]
    furnished(session, CHAMPION, events=events)
    left = ContactRow(
        row=0, account="A1", key="c1", user="ann", name="安藤", role="champion", left_on=ago(20)
    )
    contacts(left, contact("c2", name="千葉", role="executive"))
    shown = page(reader(), address())
    assert figures(shown) == ["2", "1", "1", "1"]
    assert rows(card(shown, "People")) == [
        [
            *("安藤 ann", "Stopped 35 days ago Left on 12 May 2026", "champion"),
            *("27 Apr 2026", "21 Feb 2026", "0", "Down by −2", "0"),
        ],
        ["cho", "New", "not a contact", "31 May 2026", "31 May 2026", "1", "Up by +1", "1"],
        ["bob", "Active", "not a contact", "30 May 2026", "3 Mar 2026", "2", "Up by +1", "2"],
        ["千葉", "Never used", "executive", "never", "", "", "", ""],
    ]
    assert "1 event of the last 28 days names no user." in shown.text


def test_one_status_alone_can_be_shown(session: Session) -> None:
    furnished(session, events=[fact(ago(60), user="ann"), fact(ago(2), user="bob")])
    client = reader()
    shown = page(client, address("?status=stopped"))
    assert [x[0] for x in rows(card(shown, "People"))] == ["ann"]
    chosen = [x.text for x in shown.all("a") if x.attrs.get("aria-current") == "true"]
    assert chosen == ["Stopped 1"]
    nobody = page(client, address("?status=never"))
    assert "Nobody matches" in nobody.text
    every = page(client, address("?status=nonsense"))
    assert len(rows(card(every, "People"))) == 2


def test_hundreds_of_users_come_page_by_page(session: Session) -> None:
    events = [fact(ago(2), user=f"u{n:03}") for n in range(230)]
    furnished(session, events=[*events, fact(ago(80), user="u000")])
    client = reader()
    names: list[str] = []
    onward = address()
    pages = 0
    while onward:
        shown = page(client, onward)
        names += [x[0] for x in rows(card(shown, "People"))]
        links = [x.attrs["href"] for x in shown.all("a") if x.attrs.get("rel") == "next"]
        onward = address(links[0]) if links else ""
        pages += 1
    assert pages == 3
    assert sorted(names) == [f"u{n:03}" for n in range(230)]
    back = [x.attrs["href"] for x in shown.all("a") if x.attrs.get("rel") == "prev"]
    assert rows(card(page(client, address(back[0])), "People"))[0][0] == names[100]


def test_of_a_past_day_only_what_had_happened_by_then_is_known(session: Session) -> None:
    furnished(session, events=[fact(ago(60), user="ann"), fact(ago(2), user="bob")])
    shown = page(reader(), address(f"?as_of={ago(50)}"))
    assert [x[:2] for x in rows(card(shown, "People"))] == [["ann", "Active"]]


def test_where_the_source_is_late_nobody_is_said_to_have_stopped_without_a_warning(
    session: Session,
) -> None:
    text = "sources: [{name: web, late_after: 5d}]\nmetrics: [{name: uses, kind: count}]"
    furnished(session, text, events=[fact(ago(90), user="ann"), fact(ago(30), user="ann")])
    shown = page(reader(), address())
    assert "may only not have been reported" in shown.one(class_="notice-warning").text


def test_an_account_without_any_use_teaches_the_next_step(session: Session) -> None:
    furnished(session, events=[fact(ago(9), account="A2", user="ann")])
    shown = page(reader(), address())
    assert shown.one(class_="empty").one("code").text == "banso import contacts FILE"


def test_text_from_outside_is_shown_and_never_run(session: Session) -> None:
    evil = "<script>alert(1)</script>"
    furnished(session, events=[fact(ago(2), user=evil)])
    contacts(contact("c1", user=evil, name=f"n{evil}", role=f"r{evil}"))
    html = reader().get(address()).content.decode()
    assert evil not in html
    assert "&lt;script&gt;" in html


def test_it_is_japanese_for_japanese_readers(session: Session) -> None:
    furnished(session, events=[fact(ago(60), user="ann"), fact(ago(2), user="bob")])
    shown = page(reader(language="ja"), address())
    assert rows(card(shown, "利用者"))[0][1] == "利用が途絶えた 60日前"


def test_the_number_of_queries_is_fixed(session: Session) -> None:
    furnished(session, events=[fact(ago(2), user=f"u{n}") for n in range(90)])
    contacts(*(contact(f"c{n}", user=f"u{n}") for n in range(90)))
    client = reader()
    client.get(address())
    with CaptureQueriesContext(connection) as asked:
        client.get(address())
    assert len(asked) <= 10


def test_an_account_out_of_reach_is_not_found(vendor_site: Site, as_member: AsMember) -> None:
    for handle in ("csm", "manager"):
        for key in vendor_site.unseen(handle):
            target = reverse("account_users", args=(vendor_site.accounts[key],))
            assert as_member(handle).get(target).status_code == 404


def test_features_stand_below_the_people_who_use_them(
    vendor_site: Site, as_member: AsMember
) -> None:
    target = reverse("account_users", args=(vendor_site.accounts["A1"],))
    (table,) = [
        x
        for x in page(as_member("admin"), target).all("div", role="group")
        if x.attrs["aria-labelledby"] == "features-title"
    ]
    assert [x.one("th").text for x in table.one("tbody").all("tr")] == ["login"]
