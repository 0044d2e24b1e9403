"""The health board: its numbers against the tables, what changed, past days as shown."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.pipeline.vendor import DEFINITIONS, LAST, apply
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.site import SEEN, Site
from tests.web.test_accounts import many, names

from banso.desk.models import Account, Assessment, Cause, Change, DefinitionSet, Run, Standing

COLOURS = ("at_risk", "watch", "unmeasured", "healthy")
STAGES = ("onboarding", "habit")


def shown(client: Client, address: str = "/board/") -> Element:
    response = client.get(address)
    assert response.status_code == 200
    return read(response.content)


def number(cell: Element) -> int:
    return int(cell.one("span", class_="board-number").text.replace(",", ""))


def cells(page: Element) -> dict[tuple[str, str], Element]:
    return {
        (row.one("th").text.split()[0], colour): cell
        for row in page.one(class_="board-table").one("tbody").all("tr")
        for colour, cell in zip(COLOURS, row.all("td", class_="board-cell"), strict=True)
    }


def counted(page: Element) -> dict[tuple[str, str], int]:
    return {place: number(cell) for place, cell in cells(page).items()}


def by_hand(rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Every cell of the board, from rows of (stage, colour)."""
    found = Counter(rows)
    return {(stage, colour): found[stage, colour] for stage in STAGES for colour in COLOURS}


def standings(keys: Iterable[str]) -> list[Standing]:
    return list(Standing.objects.filter(account__key__in=list(keys)))


def spread() -> None:
    """Accounts in several cells, so that a mistaken cell shows."""
    places = {
        "A1": ("onboarding", "at_risk", 0, True),
        "A2": ("habit", "at_risk", 0, False),
        "A3": ("habit", "at_risk", 0, True),
        "A4": ("habit", "watch", 1, None),
        "A5": ("onboarding", "unmeasured", 2, False),
        "A6": ("habit", "healthy", 3, False),
    }
    for key, (stage, colour, urgency, overdue) in places.items():
        Standing.objects.filter(account__key=key).update(
            stage=stage, colour=colour, urgency=urgency, overdue=overdue
        )


# --- the matrix


@pytest.mark.parametrize("handle", SEEN)
def test_the_matrix_counts_the_accounts_in_reach(as_member: AsMember, handle: str) -> None:
    spread()

    page = shown(as_member(handle))

    rows = [(x.stage, x.colour) for x in standings(SEEN[handle])]
    assert counted(page) == by_hand(rows)


def test_columns_stand_in_the_order_of_urgency(as_member: AsMember) -> None:
    heads = shown(as_member("admin")).one(class_="board-table").one("thead").all("th")

    assert [x.text for x in heads] == [
        *("Stage", "At risk", "Watch", "Unmeasured", "Healthy", "Total", "Overdue")
    ]


def test_rows_and_columns_add_up(as_member: AsMember) -> None:
    spread()
    board = shown(as_member("admin")).one(class_="board-table")

    totals = [[number(x) for x in row.all(class_="board-total")] for row in board.all("tr")[1:]]
    overdue = [x.text for x in board.all("td", class_="board-overdue")]
    assert totals == [[2], [4], [3, 1, 1, 1, 6]]
    assert overdue == ["1", "1", "2"]


def test_amounts_stand_in_the_cells_and_what_is_unmeasured_is_said(as_member: AsMember) -> None:
    spread()
    Standing.objects.filter(account__key="A3").update(arr=None)
    Standing.objects.filter(account__key="A4").update(arr=None)

    found = cells(shown(as_member("admin")))

    said = {
        place: [x.text for x in cell.all("span", class_="board-arr")]
        for place, cell in found.items()
    }
    assert said["onboarding", "at_risk"] == ["¥100K"]
    assert said["habit", "at_risk"] == ["¥200K", "ARR of 1 unmeasured"]
    assert said["habit", "watch"] == ["ARR of 1 unmeasured"]
    assert said["onboarding", "healthy"] == []


def test_amounts_are_not_for_everybody(as_member: AsMember) -> None:
    page = shown(as_member("viewer"))

    assert page.all("span", class_="board-arr") == []
    assert "¥" not in page.text


@pytest.mark.parametrize("handle", ["admin", "manager", "csm"])
def test_every_cell_leads_to_the_very_accounts_it_counts(as_member: AsMember, handle: str) -> None:
    spread()
    client = as_member(handle)
    board = shown(client).one(class_="board-table")
    followed = 0
    for cell in board.all("td"):
        for link in cell.all("a"):
            counts = link.all("span", class_="board-number")
            said = int((counts[0] if counts else link).text)
            assert len(names(shown(client, link.attrs["href"]))) == said
            followed += 1
    assert followed >= 4


def test_a_cell_without_accounts_is_zero_and_no_link(as_member: AsMember) -> None:
    spread()
    cell = cells(shown(as_member("admin")))["onboarding", "healthy"]

    assert (cell.text, cell.all("a")) == ("0", [])
    assert "heat-0" in cell.classes


def test_tint_grows_with_proportion(as_member: AsMember) -> None:
    spread()
    found = cells(shown(as_member("admin")))

    assert "heat-5" in found["habit", "at_risk"].classes
    assert "heat-1" in found["habit", "watch"].classes


def test_a_stage_that_is_no_longer_defined_is_still_counted(as_member: AsMember) -> None:
    Standing.objects.filter(account__key="A1").update(stage="forgotten")

    rows = shown(as_member("csm")).one(class_="board-table").one("tbody").all("tr")

    assert [row.one("th").text.split()[0] for row in rows] == ["onboarding", "habit", "forgotten"]


def test_the_board_of_one_segment_and_of_one_owner(as_member: AsMember, vendor_site: Site) -> None:
    spread()
    client = as_member("admin")
    large = [x for x in standings(SEEN["admin"]) if "large" in x.segments]
    owner = vendor_site.members["csm"]

    segment, own = shown(client, "/board/?segment=large"), shown(client, f"/board/?owner={owner}")

    assert 0 < len(large) < 6
    assert counted(segment) == by_hand((x.stage, x.colour) for x in large)
    assert counted(own) == by_hand((x.stage, x.colour) for x in standings(["A1", "A2"]))
    links = [x.attrs["href"] for x in segment.one(class_="board-table").all("a")]
    assert links
    assert all("segment=large" in link for link in links)


def test_what_the_definitions_do_not_have_is_left_out_and_said(as_member: AsMember) -> None:
    page = shown(as_member("admin"), "/board/?journey=gone&days=9&as_of=soon")

    said = [x.text for x in page.one("div", role="alert").all("code")]
    assert said == ["journey=gone", "days=9", "as_of=soon"]
    assert counted(page) == by_hand((x.stage, x.colour) for x in standings(SEEN["admin"]))


# --- what changed


def change(key: str, before: str, after: str, **others: object) -> None:
    values = {
        "as_of": LAST,
        "what": "colour",
        "journey": "adoption",
        "score_before": 80.0,
        "score_after": 30.0,
        "fingerprint": "f",
        "generation": 1,
        **others,
    }
    account = Account.objects.get(key=key)
    Change.objects.create(account=account, before=before, after=after, **values)


@pytest.fixture
def quiet(vendor_site: Site) -> None:
    """No change but those that a test makes."""
    Change.objects.all().delete()


def changes(page: Element) -> list[str]:
    items = page.all("li", class_="board-change")
    return [x.one("p", class_="board-change-what").text for x in items]


def directions(page: Element) -> list[str]:
    return [x.text for x in page.all("a", class_="board-direction")]


def test_a_change_says_from_what_to_what_and_why(
    quiet: None, as_member: AsMember, vendor_site: Site
) -> None:
    part = {
        "kind": "data",
        "condition": "used",
        "label": {"en": "Used lately", "ja": "最近の利用"},
        "metric": "quiet_days",
        "amount": -50.0,
        "before": 2.0,
        "after": 9.0,
    }
    held = {**part, "metric": None, "label": {"en": "Seats", "ja": "席"}, "before": 1.0}
    change("A1", "healthy", "at_risk", parts=[part, {**held, "amount": 0.5, "after": 0.0}])

    (item,) = shown(as_member("csm")).all("li", class_="board-change")

    why = f"/accounts/{vendor_site.accounts['A1']}/why/quiet_days/?as_of={LAST}"
    assert item.one("p", class_="board-change-who").text == "A1 商事 30 May, csm"
    assert item.one("p", class_="board-change-what").text == (
        "Healthy At risk Score 80 30 Down by −50"
    )
    assert [x.text for x in item.all("ul")[0].all("li")] == [
        "Used lately Down by −50 2 days 9 days",
        "Seats Up by +0.5 holds does not hold",
    ]
    assert [x.attrs["href"] for x in item.all("ul")[0].all("a")] == [why]


def test_stage_and_colour_of_one_day_are_told_together(quiet: None, as_member: AsMember) -> None:
    change("A1", "healthy", "watch")
    change("A1", "onboarding", "habit", what="stage")
    change("A1", "watch", "at_risk", as_of=LAST - timedelta(days=1))

    page = shown(as_member("csm"))

    assert changes(page) == [
        "Healthy Watch onboarding habit Score 80 30 Down by −50",
        "Watch At risk Score 80 30 Down by −50",
    ]
    assert directions(page) == ["Got worse 2", "Reached a stage 1"]


@pytest.mark.parametrize(("days", "found"), [(7, 1), (14, 2), (28, 3)])
def test_a_period_goes_back_so_many_days(
    quiet: None, as_member: AsMember, days: int, found: int
) -> None:
    for key, back in (("A1", 6), ("A2", 7), ("A3", 27), ("A4", 28)):
        change(key, "healthy", "watch", as_of=LAST - timedelta(days=back))

    assert len(changes(shown(as_member("admin"), f"/board/?days={days}"))) == found


def test_changes_are_those_of_the_accounts_in_reach(quiet: None, as_member: AsMember) -> None:
    for key in SEEN["admin"]:
        change(key, "healthy", "watch")

    told = {handle: directions(shown(as_member(handle))) for handle in SEEN}
    assert told == {handle: [f"Got worse {len(SEEN[handle])}"] for handle in SEEN}


def test_a_kind_of_change_is_a_filter_and_a_second_click_takes_it_out(
    quiet: None, as_member: AsMember
) -> None:
    change("A1", "healthy", "at_risk")
    change("A2", "at_risk", "healthy")
    client = as_member("csm")
    better = shown(client, "/board/?direction=better")

    assert directions(better) == ["Got worse 1", "Got better 1"]
    assert len(changes(better)) == 1
    (chosen,) = better.all("a", class_="board-direction", aria_current="true")
    assert chosen.attrs["href"] == "/board/"


def run_of(as_of: date, *, fingerprint: str, generation: int) -> Run:
    newest = Run.objects.order_by("-id")[0]
    return Run.objects.create(
        as_of=as_of,
        fingerprint=fingerprint,
        generation=generation,
        started_at=newest.started_at,
        finished_at=newest.finished_at,
        accounts=6,
        opened=0,
        closed=0,
        metrics=newest.metrics,
    )


@pytest.mark.parametrize(
    ("definitions", "facts", "said"),
    [
        (True, False, "Definitions changed"),
        (False, True, "Facts came late"),
        (True, True, "Definitions changed, and facts came late"),
    ],
)
def test_a_restatement_is_told_apart_from_a_real_change(
    quiet: None, as_member: AsMember, definitions: bool, facts: bool, said: str
) -> None:
    before = Run.objects.order_by("-id")[0]
    run = run_of(
        LAST,
        fingerprint="other" if definitions else before.fingerprint,
        generation=before.generation + facts,
    )
    change(
        "A1",
        "healthy",
        "watch",
        cause=Cause.RESTATED,
        fingerprint=run.fingerprint,
        generation=run.generation,
    )
    change("A2", "healthy", "watch")

    page = shown(as_member("csm"))

    assert directions(page) == ["Got worse 1", "Restated 1"]
    assert page.one("p", class_="board-restated").text == (
        f"30 May 2026: 1 account is seen otherwise than it had been shown. {said}."
    )
    items = page.all("li", class_="board-change")
    told = {item.one("a").text: item.all("span", class_="badge") for item in items}
    assert [x.text for x in told["A1 商事"]] == [said]
    assert told["A2 商事"] == []


def test_days_without_changes_say_so(quiet: None, as_member: AsMember) -> None:
    said = shown(as_member("csm")).one("p", class_="board-quiet").text

    assert said == "No account changed its stage or health in these days."


def test_more_changes_come_on_demand(quiet: None, as_member: AsMember) -> None:
    for back in range(7):
        for key in ("A1", "A2", "A3"):
            change(key, "healthy", "watch", as_of=LAST - timedelta(days=back))
    client = as_member("admin")
    page = shown(client)
    more = page.one("p", class_="board-more").one("a")

    assert (len(changes(page)), more.text) == (15, "Show 6 more")
    assert len(changes(shown(client, more.attrs["href"]))) == 21


def test_numbers_that_tell_money_are_not_for_everybody(quiet: None, as_member: AsMember) -> None:
    money = "  - {name: amount, kind: latest, of: contract.arr}\n"
    apply(DEFINITIONS.replace("metrics:\n", f"metrics:\n{money}"))
    part = {
        "kind": "data",
        "condition": "paid",
        "label": {"en": "Paid", "ja": "支払"},
        "metric": "amount",
        "amount": -5.0,
        "before": 700_000.0,
        "after": 650_000.0,
    }
    change("A1", "healthy", "watch", parts=[part])

    assert "700,000" in shown(as_member("admin")).text
    assert "700,000" not in shown(as_member("viewer")).text


# --- past days


def record(run: Run, key: str, stage: str, colour: str) -> None:
    Assessment.objects.create(
        account=Account.objects.get(key=key),
        journey="adoption",
        as_of=run.as_of,
        fingerprint=run.fingerprint,
        generation=run.generation,
        stage=stage,
        days_in_stage=4,
        overdue=False,
        score=50.0,
        confidence=1.0,
        colour=colour,
    )


@pytest.fixture
def past(vendor_site: Site) -> Run:
    """A run of the day before the newest, which was made before it."""
    newest = Run.objects.order_by("-id")[0]
    day = LAST - timedelta(days=1)
    run = run_of(day, fingerprint="then", generation=0)
    Run.objects.filter(pk=run.pk).update(id=newest.pk - 1_000)
    run = Run.objects.get(pk=newest.pk - 1_000)
    record(run, "A1", "onboarding", "watch")
    record(run, "A2", "onboarding", "watch")
    record(run, "A4", "habit", "healthy")
    return run


def test_a_past_day_is_shown_as_it_was_shown_then(as_member: AsMember, past: Run) -> None:
    spread()
    page = shown(as_member("admin"), f"/board/?as_of={past.as_of}")

    assert counted(page) == by_hand(
        [("onboarding", "watch"), ("onboarding", "watch"), ("habit", "healthy")]
    )
    assert "The board as it was shown on 29 May 2026." in page.one("div", class_="notice-box").text
    assert page.all("span", class_="board-arr") == []


def test_a_past_board_keeps_to_the_readers_reach(as_member: AsMember, past: Run) -> None:
    page = shown(as_member("csm"), f"/board/?as_of={past.as_of}")

    assert counted(page) == by_hand([("onboarding", "watch")] * 2)


def test_a_cell_of_a_past_board_opens_its_accounts_as_of_then(
    as_member: AsMember, past: Run, vendor_site: Site
) -> None:
    client = as_member("admin")
    cell = cells(shown(client, f"/board/?as_of={past.as_of}"))["onboarding", "watch"]
    opened = shown(client, cell.one("a").attrs["href"]).one("section", id="opened")

    assert opened.one("h2").text == "onboarding, Watch"
    assert [x.attrs["href"] for x in opened.all("a")] == [
        f"/accounts/{vendor_site.accounts[key]}/?as_of={past.as_of}" for key in ("A1", "A2")
    ]


def test_a_day_without_a_run_offers_the_nearest(as_member: AsMember, past: Run) -> None:
    before = past.as_of - timedelta(days=3)
    page = shown(as_member("admin"), f"/board/?as_of={before}")

    assert page.one("p", class_="empty-title").text == (
        "No run was made for 26 May 2026, so nothing was shown then."
    )
    assert [x.attrs["href"] for x in page.one(class_="board-nearest").all("a")] == [
        f"/board/?as_of={past.as_of}"
    ]
    assert page.all(class_="board-table") == []


def test_a_day_computed_in_retrospect_says_so(as_member: AsMember) -> None:
    run = run_of(LAST - timedelta(days=2), fingerprint="later", generation=9)
    record(run, "A1", "habit", "healthy")

    page = shown(as_member("csm"), f"/board/?as_of={run.as_of}")

    assert "computed later: nobody saw it on that day" in page.one("div", class_="notice-box").text
    assert counted(page)["habit", "healthy"] == 1


def test_the_newest_day_is_no_travel(as_member: AsMember) -> None:
    page = shown(as_member("admin"), f"/board/?as_of={LAST}")

    assert page.all("div", class_="notice-box") == []
    assert page.all("span", class_="board-arr")


# --- how much is asked of the database; before there is anything


def test_as_many_queries_for_many_accounts_as_for_few(quiet: None, as_member: AsMember) -> None:
    client = as_member("admin")

    def asked() -> int:
        client.get("/board/?days=28")
        with CaptureQueriesContext(connection) as found:
            client.get("/board/?days=28")
        return len(found)

    change("A1", "healthy", "watch")
    few = asked()
    many(60)
    for account in Account.objects.filter(key__startswith="M"):
        change(account.key, "healthy", "at_risk")

    assert asked() == few <= 11


def test_amounts_add_up_to_the_total(as_member: AsMember) -> None:
    total = sum((x.arr or Decimal(0) for x in standings(SEEN["admin"])), Decimal(0))
    board = shown(as_member("admin")).one(class_="board-table")

    said = board.one("tfoot").all("td")[4].one("span", class_="board-arr").text
    assert (total, said) == (Decimal(2_100_000), "¥2.1M")


def test_before_the_first_run_the_next_step_is_said(as_member: AsMember) -> None:
    Run.objects.all().delete()

    assert "banso run" in shown(as_member("admin")).one("pre").text


def test_without_a_journey_an_example_is_shown(as_member: AsMember) -> None:
    newest = DefinitionSet.objects.order_by("-pk")[0]
    newest.pk = None
    newest.files = {"all.yaml": "organisation: {name: Test}\n"}
    newest.save()

    empty = shown(as_member("admin")).one("div", class_="empty")

    assert empty.one("p", class_="empty-title").text == "No journey is defined yet"
    assert empty.one("pre").text.startswith("journeys: - name: adoption")
