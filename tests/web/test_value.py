"""The pages of value: their numbers, who sees them, what they do not promise."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests.pipeline.vendor import DEFINITIONS, LAST, apply
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.rest import answered
from tests.web.site import SEEN, Site

from banso.core.definitions import loads
from banso.core.value.dominoes import STEPS, Fallen, Wish
from banso.desk.models import (
    Account,
    Alert,
    Effect,
    Episode,
    Expectation,
    Followed,
    Foresight,
    Handling,
    Loss,
    Member,
    PlayRun,
    RunExpectation,
    Task,
    ValueFigures,
    Withheld,
)
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services import tasks
from banso.desk.services.alerts import finish
from banso.desk.services.tokens import add_token
from banso.desk.services.value_figures import keep_figures
from banso.pipeline import review
from banso.pipeline.value_figures import counted, figures_now
from banso.web.tags import day
from banso.web.value.words import told

EXPECT = "    expect: {condition: weekly_users >= 3, within_days: 14}\n    outcome: gone\n"
TEXT = (
    DEFINITIONS.replace("    cooldown_days: 4\n", "    cooldown_days: 4\n" + EXPECT)
    + "outcomes:\n  - {name: gone, kind: churn, label: {en: Gone, ja: 解約}}\n"
)


NAMES = frozenset({"quiet", "fading", "overdue", "large", "mate", "other", "sato", "example"})
"""Of rules, segments and owners of the test's vendor."""


def shown(client: Client, address: str = "/value/") -> Element:
    response = client.get(address)
    assert response.status_code == 200
    return read(response.content)


def fallen(wish: Wish) -> Fallen:
    definitions = loads({"all.yaml": DEFINITIONS})
    return counted(EVERYTHING, definitions, as_of=LAST).dominoes(wish).fallen()


def counts(page: Element) -> list[int]:
    return [int(x.text.replace(",", "")) for x in page.all("p", class_="domino-count")]


def kept(**more: object) -> Effect:
    plain: dict[str, object] = {
        "rule": "quiet", "target": "", "grade": "A", "version": "v", "as_of": LAST,
        "verdict": "helps", "value": 0.21, "low": 0.05, "high": 0.37,
        "told": {
            "treated": 80, "held_out": 40, "events": 50, "held_out_events": 17, "base": 0.425,
            "open": 3, "unmeasured": 0, "outside": 2, "other_version": 4, "drawn": 129,
            "needed": 420, "to_see": 0.05, "ready_on": "2027-02-01",
        },
    }  # fmt: skip
    return Effect.objects.create(**{**plain, **more})  # type: ignore[arg-type]


def withheld(site: Site) -> str:
    episode = Episode.objects.create(
        rule="quiet", account=Account.objects.get(key="A1"), journey="x", opened_on=LAST
    )
    Withheld.objects.create(
        episode=episode, priority="high", label={"en": "Quiet one", "ja": "静か"}, action={},
        why=[], fingerprint="f", generation=1,
    )  # fmt: skip
    return f"/accounts/{site.accounts['A1']}/timeline/"


@pytest.mark.parametrize("handle", SEEN)
def test_the_dominoes_count_the_accounts_in_reach(as_member: AsMember, handle: str) -> None:
    open_one = Alert.objects.filter(episode__account__key="A1", episode__closed_on=None).first()
    if open_one is not None:
        finish(scope=EVERYTHING, alert=open_one.pk, today=LAST)
    keys = SEEN[handle]
    found = counts(shown(as_member(handle)))
    since = LAST - timedelta(days=89)
    here = Episode.objects.filter(account__key__in=keys, opened_on__gt=since, opened_on__lte=LAST)
    flagged = set(here.values_list("account__key", flat=True))
    acted = set(here.filter(alert__state="done").values_list("account__key", flat=True))
    assert (found[0], found[2], found[4]) == (len(keys), len(flagged), len(acted))


def test_the_page_says_what_the_query_says(as_member: AsMember) -> None:
    found = fallen(Wish(LAST - timedelta(days=89), LAST))
    assert counts(shown(as_member("admin"))) == [found.at(x) for x in STEPS]


def test_a_part_leads_to_its_own_dominoes(as_member: AsMember) -> None:
    client = as_member("admin")
    page = shown(client, "/value/?by=month")
    link = page.one(class_="value-table").one("tbody").all("a")[0]
    assert link.attrs["href"] == "/value/?by=month&month=2026-05"
    found = fallen(Wish(LAST.replace(day=1), LAST.replace(day=31)))
    assert counts(shown(client, "/value/?month=2026-05")) == [found.at(x) for x in STEPS]


def test_a_play_has_dominoes_of_its_own(as_member: AsMember, vendor_site: Site) -> None:
    PlayRun.objects.all().delete()
    told = [Alert.objects.filter(episode__account__key=key).earliest("pk") for key in ("A1", "A2")]
    Episode.objects.filter(alert__in=told).update(opened_on=LAST)
    for one in told:
        run = PlayRun.objects.create(
            play="visit", account=one.episode.account, alert=one, version={}, fingerprint="f",
            state="open",
        )  # fmt: skip
    task = Task.objects.create(
        account=run.account, run=run, step="1", label={}, made_on=LAST, due_on=LAST
    )
    tasks.finish(scope=EVERYTHING, task=task.pk, today=LAST)
    client = as_member("admin")
    page = shown(client, "/value/?by=play")
    (row,) = page.one(class_="value-table").one("tbody").all("tr")
    assert row.one("a").attrs["href"] == "/value/?by=play&play=visit"
    assert [row.one("th").text, *(x.text for x in row.all("td")[:3])] == [
        "Visit them", "2", "1 50%", "1 50%",
    ]  # fmt: skip
    assert counts(shown(client, "/value/?play=visit"))[2:] == [2, 1, 1, 0]


def test_what_an_old_address_asks_for_is_told_not_guessed(as_member: AsMember) -> None:
    page = shown(as_member("admin"), "/value/?rule=nobody&month=1999-01&by=moon")
    assert [x.text for x in page.one(role="alert").all("code")] == [
        "month=1999-01", "by=moon", "rule=nobody",
    ]  # fmt: skip


def test_a_proven_effect_is_told_with_its_grade_its_interval_and_its_numbers(
    as_member: AsMember,
) -> None:
    apply(TEXT)
    kept()
    page = shown(as_member("csm"), "/definitions/rules/quiet/")
    effect = page.one(class_="effect")
    assert effect.one(class_="effect-head").text.split() == (
        ["A", "Helps", "What", "the", "rule", "expects", "+21", "points", "(+5", "to", "+37)"]
    )
    assert [x.text for x in effect.all("li")] == [
        "It happened to 50 of 80 accounts that were told, and to 17 of 40 held out.",
        "To see a difference of 5 points takes about 420 accounts; 129 have been drawn.",
        "At the pace of the last half year: about 1 Feb 2027.",
        "Still within their time: 3 accounts.",
        "It could not happen to 2 accounts; they are not counted.",
        "Drawn when the rule did something else, so not counted: 4 accounts.",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"least": 120, "least_on": "2027-03-01"},
            ["That takes about 120 accounts in all; 129 have been drawn.",
             "At the pace of the last half year: about 1 Mar 2027."],
        ),
        (
            {"only": "none"},
            ["So far it has happened to none of them: nobody can say yet how many accounts it "
             "takes."],
        ),
        ({"ended": True}, ["Nobody is held out any more, so no further accounts come."]),
    ],
    ids=["least", "only", "ended"],
)  # fmt: skip
def test_too_little_says_what_it_takes_and_when_it_could_be_known(
    vendor_site: Site, more: dict[str, object], said: list[str]
) -> None:
    numbers = DRAWN | {"drawn": 129, "needed": None, "least": None, "only": None} | more
    effect = kept(verdict="too_little", value=None, low=None, high=None, told=numbers)
    found = told(apply(TEXT), effect)
    assert found.difference == ""
    assert list(found.lines[1:]) == [
        "Before anything is said, each side needs 30 accounts, 5 to which it happened and 5 to "
        "which it did not.",
        *said,
    ]


def sensitivity(limit: float, holds: bool | None) -> dict[str, object]:
    return {
        "acted": 60, "others": 70, "control_holds": holds,
        "sensitivity": {"e_value": 5.0, "e_limit": limit}, "trimmed": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "holds", "first"),
    [
        (
            2.4,
            True,
            "A hidden cause that makes being acted on and the outcome each 2.4 times as likely "
            "would explain it. Before the alert the two groups were alike.",
        ),
        (
            4.0,
            False,
            "A hidden cause that makes being acted on and the outcome each 4 times as likely would "
            "explain it. The two groups differed even before the alert, so something else is at "
            "work.",
        ),
        (
            1.0,
            None,
            "Chance alone would explain it. Whether the two groups were alike before is not "
            "measured.",
        ),
    ],
)
def test_a_comparison_is_never_told_without_its_sensitivity(
    vendor_site: Site, limit: float, holds: bool | None, first: str
) -> None:
    definitions = apply(TEXT)
    effect = kept(grade="C", verdict="fragile", told=sensitivity(limit, holds))
    found = told(definitions, effect)
    assert found.lines[0] == first
    assert found.verdict == "Fragile: may only seem so"


def test_a_roll_out_is_never_told_without_the_drift_that_it_outlasts(as_member: AsMember) -> None:
    because = [{"code": "staged", "number": 2}, {"code": "outlasts", "number": 2.4}]
    counts = {"treated": 80, "others": 90, "events": 50, "other_events": 17, "because": because}
    kept(grade="B", told=counts)
    for address in ("/value/", "/definitions/rules/quiet/"):
        effect = shown(as_member("admin"), address).all("div", class_="effect")[0].text
        assert "drifted apart 2.4 times as fast as the time before leaves possible" in effect


def test_before_and_after_says_that_it_is_no_effect(as_member: AsMember) -> None:
    definitions = apply(TEXT)
    numbers = {"accounts": 12, "before": 41.0, "after": 55.5}
    found = told(definitions, kept(grade="D", verdict="before_after", value=None, told=numbers))
    assert (found.difference, found.verdict) == ("", "Before and after, no proof")
    assert found.lines[1] == (
        "That is no effect: alerts open at a low point, and much gets better by itself."
    )


@pytest.mark.parametrize(
    ("handle", "sees"), [("admin", True), ("cs_ops", True), ("manager", False), ("csm", False)]
)
def test_only_who_keeps_the_rules_sees_which_account_is_held_out(
    as_member: AsMember, vendor_site: Site, handle: str, sees: bool
) -> None:
    address = withheld(vendor_site)
    client = as_member(handle)
    page = client.get(address).content.decode()
    assert ("Alert, held out: Quiet one" in page) == sees
    assert ("Its owner does not know." in page) == sees
    for other in ("/", f"/accounts/{vendor_site.accounts['A1']}/", "/accounts/"):
        assert "Quiet one" not in client.get(other).content.decode()


def test_what_was_expected_stands_on_the_timeline(as_member: AsMember, vendor_site: Site) -> None:
    episode = Episode.objects.filter(rule="quiet", account__key="A1").earliest("opened_on")
    Expectation.objects.create(
        episode=episode, condition="x", within_days=14, came="reached", reached_on=LAST,
        due_on=LAST, settled_on=LAST,
    )  # fmt: skip
    page = (
        as_member("csm").get(f"/accounts/{vendor_site.accounts['A1']}/timeline/").content.decode()
    )
    assert "What was expected came true: quiet" in page


@pytest.mark.parametrize(
    ("came", "words"),
    [
        ("open", "What is expected of it has until 31 May 2026"),
        ("reached", "What was expected of it came true on 25 May 2026"),
        ("not_reached", "What was expected of it did not come true by 31 May 2026"),
        ("unmeasured", "Whether what was expected of it came true is unmeasured"),
    ],
)
def test_what_was_expected_stands_on_the_alert_and_on_the_task_of_its_play(
    as_member: AsMember, vendor_site: Site, came: str, words: str
) -> None:
    client = as_member("csm")
    one = Alert.objects.filter(episode__closed_on=None, episode__account__key="A2").latest("pk")
    PlayRun.objects.all().delete()
    run = PlayRun.objects.create(
        play="visit", account=one.episode.account, alert=one, version={}, fingerprint="f",
        state="open",
    )  # fmt: skip
    task = Task.objects.create(
        account=run.account, run=run, step="1", label={}, made_on=LAST, due_on=LAST
    )
    shown(client, "/")  # what was written before anybody looked is not shown again
    reached = LAST.replace(day=25) if came == "reached" else None
    Expectation.objects.create(
        episode=one.episode, condition="x", within_days=14, came=came, reached_on=reached,
        due_on=LAST.replace(day=31),
    )  # fmt: skip
    keep_figures(figures_now(loads({"all.yaml": DEFINITIONS}), as_of=LAST))  # as `prove` does
    page = shown(client, "/")
    assert words in page.one(id=f"alert-{one.pk}").text
    assert f"Alert: {words}" in page.one(id=f"task-{task.pk}").text
    token = f"Bearer {add_token(handle='csm', name='a test').text}"
    _, told = answered(token, "GET", "alerts?account=A2&limit=200")
    (mine,) = [x["expected"] for x in told["items"] if x["id"] == one.pk]
    assert mine == {
        "came": came, "due_on": "2026-05-31", "reached_on": str(reached) if reached else None,
    }  # fmt: skip
    _, tasks_told = answered(token, "GET", "tasks")
    assert [x["expected"] for x in tasks_told if x["id"] == task.pk] == [mine]


def test_a_run_and_the_alert_that_started_it_each_say_what_became_of_what_was_expected(
    as_member: AsMember, vendor_site: Site
) -> None:
    """On the task, the account, its timeline, the play and by REST; of a run begun by hand too."""
    play = "  - name: visit\n    expect: {condition: quiet_days < 1, within_days: 30}\n"
    apply(TEXT.replace("  - name: visit\n", play))
    client, account = as_member("csm"), vendor_site.accounts["A2"]
    PlayRun.objects.all().delete()
    one = Alert.objects.filter(episode__closed_on=None, episode__account__key="A2").latest("pk")
    of = {"play": "visit", "version": {}, "fingerprint": "f", "entered_on": LAST.replace(day=2)}
    runs = [
        PlayRun.objects.create(account_id=account, alert=one, state="open", **of),
        PlayRun.objects.create(account_id=account, state="ended", **of),
    ]
    tasks_of = [
        Task.objects.create(
            account_id=account, run=x, step="1", label={}, made_on=LAST, due_on=LAST
        )
        for x in runs
    ]
    said = {"condition": "x", "within_days": 14}
    Expectation.objects.create(
        episode=one.episode, came="not_reached", due_on=LAST, settled_on=LAST, **said
    )
    for run, came in zip(runs, ("reached", "open"), strict=True):
        day_, known = LAST.replace(day=25), came == "reached"
        RunExpectation.objects.create(
            run=run, came=came, due_on=LAST.replace(day=31), reached_on=day_ if known else None,
            settled_on=day_ if known else None, **said,
        )  # fmt: skip
    alert_words = "Alert: What was expected of it did not come true by 30 May 2026"
    reached_words = "Play: What was expected of it came true on 25 May 2026"
    open_words = "Play: What is expected of it has until 31 May 2026"
    page = shown(client, "/")
    by_alert, by_hand = (page.one(id=f"task-{x.pk}").text for x in tasks_of)
    assert [x in by_alert for x in (alert_words, reached_words, open_words)] == [True, True, False]
    assert [x in by_hand for x in (alert_words, reached_words, open_words)] == [False, False, True]
    section = shown(client, f"/accounts/{account}/").one("section", aria_labelledby="account-tasks")
    assert [x in section.text for x in (alert_words, reached_words, open_words)] == [True] * 3
    told = client.get(f"/accounts/{account}/timeline/").content.decode()
    assert told.count("What was expected of the play came true: visit") == 1
    assert "Begun on 2 May 2026" in told
    of_play = shown(client, "/definitions/plays/visit/").one("main").text
    assert "Came true in time: 1 of 1 1 still open" in of_play
    assert reached_words.removeprefix("Play: ") in of_play
    token = f"Bearer {add_token(handle='csm', name='a test').text}"
    came = {"came": "reached", "due_on": "2026-05-31", "reached_on": "2026-05-25"}
    waits = {"came": "open", "due_on": "2026-05-31", "reached_on": None}
    _, rest = answered(token, "GET", "tasks")
    mine = {x["id"]: (x["expected"], x["play_expected"]) for x in rest}
    missed = {"came": "not_reached", "due_on": "2026-05-30", "reached_on": None}
    assert [mine[x.pk] for x in tasks_of] == [(missed, came), (None, waits)]
    _, rest = answered(token, "GET", "runs?account=A2")
    assert {x["id"]: x["expected"] for x in rest} == {runs[0].pk: came, runs[1].pk: waits}
    kept(rule="", play="visit", grade="D", verdict="before_after", value=None)
    _, values = answered(token, "GET", "value")
    assert [x["expected"] for x in values if x["kind"] == "play"] == [
        {"reached": 1, "not_reached": 0, "unmeasured": 0, "open": 1}
    ]


def listed(page: Element, name: str) -> list[str]:
    return [x.text for x in page.one("section", aria_labelledby=f"review-{name}").all("a")]


UNCLEAR = {"verdict": "unclear", "value": 0.0, "low": -0.1, "high": 0.1}
DRAWN = {
    "treated": 300, "held_out": 130, "events": 50, "held_out_events": 20, "base": 0.15, "open": 0,
    "unmeasured": 0, "outside": 0, "other_version": 0, "drawn": 430, "needed": 420, "to_see": 0.05,
    "ready_on": None,
}  # fmt: skip


def test_no_effect_is_said_only_with_as_many_accounts_as_an_answer_takes(
    as_member: AsMember,
) -> None:
    apply(TEXT)
    kept(rule="quiet", **UNCLEAR, told=DRAWN)
    kept(rule="fading", **UNCLEAR, told=DRAWN | {"treated": 280})
    kept(rule="", play="visit", **UNCLEAR, told=DRAWN)
    page = shown(as_member("admin"), "/value/review/")
    assert listed(page, "retire") == ["quiet", "Visit them"]
    assert "No effect: 430 accounts by lot, and no difference is seen." in page.one("main").text
    assert listed(page, "watch") == ["fading", "overdue"]


def test_plays_are_reviewed_by_what_was_done_of_their_tasks(
    as_member: AsMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(TEXT)
    monkeypatch.setattr(review, "ENOUGH_TOLD", 2)
    PlayRun.objects.all().delete()
    for key in ("A1", "A2"):
        run = PlayRun.objects.create(
            play="visit", account=Account.objects.get(key=key), version={}, fingerprint="f",
            state="open", entered_on=LAST,
        )  # fmt: skip
        task = Task.objects.create(
            account=run.account, run=run, step="1", label={}, made_on=LAST, due_on=LAST
        )
    client = as_member("admin")
    page = shown(client, "/value/review/")
    assert "Visit them" in listed(page, "retire")
    assert "Nobody has done any of its tasks: 2 accounts in 90 days." in page.one("main").text
    tasks.finish(scope=EVERYTHING, task=task.pk, today=LAST)
    assert "Visit them" in listed(shown(client, "/value/review/"), "watch")
    PlayRun.objects.update(entered_on=LAST - timedelta(days=91))
    assert "Visit them" in listed(shown(client, "/value/review/"), "unused")


def test_losses_that_no_rule_saw_stand_in_the_review_of_whoever_sees_the_account(
    as_member: AsMember, vendor_site: Site
) -> None:
    def lost(handle: str) -> Element:
        page = shown(as_member(handle), "/value/review/")
        return page.one("section", aria_labelledby="review-lost")

    assert "not known" in lost("admin").text
    looked = Foresight.objects.create(
        as_of=LAST, since=LAST - timedelta(days=365), fingerprint="f", outcomes=["gone"]
    )
    seen = [{"rule": "quiet", "days_before": 20, "in_time": True}]
    for key, days, sights in (("A1", 3, seen), ("A2", 5, []), ("A3", 6, []), ("A4", 120, [])):
        Loss.objects.create(
            foresight=looked, account_id=vendor_site.accounts[key], outcome="gone",
            on=LAST - timedelta(days=days), foreseen=bool(sights), sights=sights, was=[],
        )  # fmt: skip
    assert "Lost: 3. Seen in time: 1; too late: 0; by no rule: 2." in lost("admin").text
    assert [x.text for x in lost("admin").all("a")] == ["A2 商事", "A3 商事"]
    assert "Lost: 2. Seen in time: 1; too late: 0; by no rule: 1." in lost("csm").text
    assert [x.text for x in lost("csm").all("a")] == ["A2 商事"]


def test_the_review_sorts_rules_by_what_speaks_for_them(as_member: AsMember) -> None:
    apply(TEXT)
    kept(rule="quiet")
    kept(rule="fading", verdict="harms")
    page = shown(as_member("admin"), "/value/review/")

    assert (listed(page, "keep"), listed(page, "retire"), listed(page, "watch")) == (
        ["quiet"], ["fading"], ["overdue"],
    )  # fmt: skip
    assert listed(page, "unused") == ["Visit them"]
    assert "1 to retire, 1 to watch, 1 to keep; 1 not used." in page.one("main").text


def test_what_the_limit_held_back_stands_beside_what_was_told(
    as_member: AsMember, vendor_site: Site
) -> None:
    """By the month of the alert; of the reader's accounts alone; in their language."""
    Alert.objects.update(told_on=LAST)
    days = {"A1": LAST.replace(day=4), "A3": LAST.replace(day=5)}  # of an earlier week
    for key, on in days.items():
        made = Episode.objects.create(
            rule="late", account=Account.objects.get(key=key), journey="", opened_on=on
        )
        Alert.objects.create(
            episode=made, priority="low", label={}, action={}, why=[], fingerprint="f",
            generation=1,
        )  # fmt: skip
        Followed.objects.create(episode=made, outcome="gone", came="yes" if key == "A1" else "no")

    def row(handle: str) -> list[str]:
        page = shown(as_member(handle), "/value/review/")
        table = page.all("table", class_="value-held")[0]
        (first, *_) = table.one("tbody").all("tr")
        return [first.one("th").text, *(x.text for x in first.all("td")[:5])]

    late = Alert.objects.filter(episode__opened_on__month=LAST.month).exclude(episode__rule="late")
    held = sum(1 for x in late if x.episode.opened_on < LAST - timedelta(days=LAST.weekday()))
    assert row("admin")[0] == f"{LAST:%b} {LAST.year}"
    assert [row(x)[2:4] for x in ("admin", "csm")] == [["1 50%", "1"], ["1 100%", "0"]]
    assert int(row("admin")[1]) == held + 2
    Member.objects.filter(handle="csm").update(language="ja")
    page = shown(as_member("csm"), "/value/review/")
    assert page.all("table", class_="value-held")[1].one("tbody").all("th")[0].text == "late"
    assert "件が待機しました" in page.one(id="review-order").text
    table = page.all("table", class_="value-held")[0]
    assert table.one("tbody").all("th")[0].text == f"{LAST.year}年{LAST.month}月"
    assert "待機" in table.one("thead").text


@pytest.mark.parametrize("address", ["/value/", "/value/?by=owner", "/value/review/"])
def test_the_pages_of_value_are_japanese_for_whoever_reads_japanese(
    as_member: AsMember, address: str
) -> None:
    Member.objects.filter(handle="admin").update(language="ja")
    page = shown(as_member("admin"), address)
    assert set(re.findall(r"[A-Za-z][a-z]{3,}", page.one("main").text)) <= NAMES


def test_what_a_run_has_kept_stays_until_the_next_one_and_says_as_of_when(
    as_member: AsMember, vendor_site: Site
) -> None:
    definitions = loads({"all.yaml": DEFINITIONS})
    keep_figures(figures_now(definitions, as_of=LAST))
    client = as_member("admin")
    before = counts(shown(client))
    since = LAST - timedelta(days=80)
    one = Alert.objects.filter(episode__opened_on__gt=since, handlings=None).earliest("pk")
    PlayRun.objects.create(
        play="visit", account_id=vendor_site.accounts["A1"], version={}, fingerprint="f",
        state="ended", entered_on=LAST,
    )  # fmt: skip
    Handling.objects.create(alert=one, state="done", before="open")
    told = shown(client).one(class_="notice-info").text
    assert counts(shown(client)) == before
    made_at = ValueFigures.objects.get().made_at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"Counted up to {day(LAST)}" in told
    assert f"{made_at:%H:%M}" in told
    assert "The definitions have changed since." not in told
    ValueFigures.objects.update(fingerprint="before", as_of=LAST - timedelta(days=1))
    told = shown(client, "/value/review/").one(class_="notice-info").text
    assert "A run has come since and is not counted yet." in told
    assert "The definitions have changed since." in told
    keep_figures(figures_now(definitions, as_of=LAST))
    page = shown(client, "/value/?by=owner")
    assert counts(page)[4] == before[4] + 1
    assert "for 1 account a member began a play by hand" in page.one("main").text


def test_whose_accounts_are_counted_is_asked_at_every_visit(as_member: AsMember) -> None:
    keep_figures(figures_now(loads({"all.yaml": DEFINITIONS}), as_of=LAST))
    client = as_member("csm")
    assert counts(shown(client))[0] == len(SEEN["csm"])
    Account.objects.filter(key=sorted(SEEN["csm"])[0]).update(owner=None)
    assert counts(shown(client))[0] == len(SEEN["csm"]) - 1


def test_a_play_tells_whom_it_was_compared_with_and_whom_with_nobody(as_member: AsMember) -> None:
    few = {"treated": 12, "held_out": 4, "events": 3, "held_out_events": 1, "alone": 9}
    nothing = {"value": None, "low": None, "high": None}
    kept(rule="", play="visit", grade="C", verdict="too_little", told=few, **nothing)
    after = {"accounts": 21, "before": 41.0, "after": 47.5}
    kept(rule="", play="visit", grade="D", verdict="before_after", told=after, **nothing)
    page = shown(as_member("admin"), "/definitions/plays/visit/").one("main").text
    assert "Told by an alert, and entered within 14 days: 12 accounts; did not enter: 4." in page
    assert "Compared with nobody: 9 accounts that entered without an alert, or late" in page
    assert "Score of 21 accounts that entered: 41 on that day, 47.5 four weeks later." in page
    assert "That is no effect" in page
