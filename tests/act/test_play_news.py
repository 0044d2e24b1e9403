"""What other software is told of plays, of the mails they write, and of sources that break their
promise; and CS operations of the last."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from banso.core.definitions.model import Label
from banso.core.definitions.plays import Play
from banso.core.metrics.contract import Fault
from banso.desk.models import (
    Account,
    AccountAttribute,
    Channel,
    ChannelKind,
    Contact,
    DataIncident,
    Delivery,
    Member,
    Merge,
    PlayRun,
    Role,
)
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.channels import NewChannel, add_channel
from banso.desk.services.incident_news import Spoilt
from banso.desk.services.incidents import keep_incidents
from banso.desk.services.mails import refuse, unsubscribe
from banso.desk.services.merges import merge
from banso.desk.services.plays import resume, start_by_hand, step_run, stop
from banso.desk.services.sending import replay
from banso.pipeline.act.plays import step_all, world
from banso.pipeline.act.send import Post
from banso.pipeline.mails import approve
from tests.act.conftest import KEY, Add, Mailbox, alert_of, as_documented, due_now
from tests.act.emulator import Slack, words
from tests.act.receiver import receiving, status
from tests.act.test_customer_mail import DAY, DEFINITIONS, draft
from tests.act.test_customer_mail import box as customers_box
from tests.act.test_customer_mail import channel as customers_channel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
box, customers = customers_box, customers_channel

AddWebhook = Callable[..., Channel]
TASK = {"kind": "task", "label": {"en": "Call", "ja": "電話"}}
WAIT = {"kind": "wait", "days": 3}
MAIL = {"kind": "mail", "template": "invitation", "role": "champion"}


@contextmanager
def told(webhook: AddWebhook, post: Post, **more: object) -> Iterator[list[dict[str, Any]]]:
    """What a receiver that takes everything has got by the end; each as the API documents it."""
    found: list[dict[str, Any]] = []
    with receiving(status(200)) as receiver:
        webhook(receiver.url, **more)
        yield found
        due_now()
        while post.send_due():
            due_now()
        found += [json.loads(x.body) for x in receiver.got]
    for message in found:
        as_documented(message)


def begin(account: Account, *steps: dict[str, Any], **more: Any) -> PlayRun:
    play = Play.model_validate({"name": "rescue", "steps": list(steps), **more})
    (number,) = start_by_hand(scope=EVERYTHING, play=play, accounts=[account.pk])
    step_all([number], world(DEFINITIONS, day=DAY, facts={}))
    return PlayRun.objects.get(pk=number)


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [x["type"] for x in messages]


@pytest.fixture
def account(tanaka: Member) -> Account:
    made = Account.objects.create(key="A1", name="紅葉物産", owner=tanaka)
    AccountAttribute.objects.create(
        account=made, name="plan", value="pro", valid_from=date(1900, 1, 1)
    )
    Contact.objects.create(
        account=made, key="1", name="佐藤", email="sato@maple.example", role="champion"
    )
    return made


def test_a_run_is_told_when_it_begins_stands_still_goes_on_and_ends_with_why(
    account: Account, webhook: AddWebhook, post: Post, tanaka: Member
) -> None:
    with told(webhook, post) as found:
        Account.objects.update(owner=None)
        run = begin(account, TASK, WAIT)
        Account.objects.update(owner=tanaka)
        resume(scope=EVERYTHING, run=run.pk)
        step_all([run.pk], world(DEFINITIONS, day=DAY, facts={}))
        stop(scope=EVERYTHING, run=run.pk, day=DAY + timedelta(days=1))
    news = [x for x in found if x["type"].startswith("play.")]
    assert kinds(news) == ["play.started", "play.parked", "play.resumed", "play.ended"]
    started, parked, resumed, ended = (x["data"] for x in news)
    assert started == {
        "run": run.pk,
        "play": "rescue",
        "play_label": {"en": "rescue", "ja": "rescue"},
        "account": {"id": account.pk, "key": "A1", "name": "紅葉物産"},
        "owner": None,
        "owner_name": None,
        "state": "open",
        "at": "1",
        "started_by": None,
        "alert": None,
        "rule": None,
        "parent": None,
        "entered_on": str(DAY),
        "ended_on": None,
        "because": None,
        "because_words": None,
        "problem": None,
        "problem_words": None,
    }
    assert (parked["state"], parked["problem"], parked["problem_words"]["en"]) == (
        "parked",
        "no_owner",
        "The customer has no owner. Give it one, then resume the run.",
    )
    assert (resumed["state"], resumed["problem"], resumed["owner"]) == ("open", None, "tanaka")
    assert (ended["state"], ended["because"], ended["ended_on"], ended["because_words"]) == (
        "ended",
        "stopped",
        str(DAY + timedelta(days=1)),
        {"en": "stopped by hand", "ja": "手で止めた"},
    )


def test_a_run_says_which_alert_started_it_and_one_that_was_kept_out_says_nothing(
    webhook: AddWebhook, post: Post, tanaka: Member
) -> None:
    alert = alert_of(tanaka)
    account = alert.episode.account
    play = Play.model_validate({"name": "p", "steps": [TASK], "once": True})
    with told(webhook, post) as found:
        for _ in range(2):
            (run,) = start_by_hand(
                scope=EVERYTHING, play=play, accounts=[account.pk], alerts={account.pk: alert.pk}
            )
            step_run(run, world(DEFINITIONS, day=DAY, facts={}))
    news = [x["data"] for x in found if x["type"].startswith("play.")]
    assert [(x["alert"], x["rule"], x["state"], x["because"]) for x in news] == [
        (alert.pk, "silent", "open", None),
        (alert.pk, "silent", "ended", "finished"),
    ]
    assert PlayRun.objects.filter(state="kept_out").count() == 1


def test_a_run_that_a_merge_ends_is_told_and_takes_its_drafts_back(
    account: Account, customers: Channel, webhook: AddWebhook, post: Post
) -> None:
    other = Account.objects.create(key="A2", name="楓", owner=account.owner)
    with told(webhook, post) as found:
        begin(account, MAIL, WAIT)
        begin(other, WAIT)
        merge(scope=EVERYTHING, account="A1", into="A2", day=DAY, now=datetime.now(tz=UTC))
    assert Merge.objects.count() == 1
    assert [(x["type"], x["data"]["state"]) for x in found] == [
        ("play.started", "open"),
        ("mail.drafted", "draft"),
        ("play.started", "open"),
        ("mail.withdrawn", "withdrawn"),
        ("play.ended", "ended"),
    ]
    assert found[-1]["data"]["because"] == "merged"


def test_a_mail_is_told_from_draft_to_the_readers_server(
    account: Account, customers: Channel, webhook: AddWebhook, post: Post, tanaka: Member
) -> None:
    with told(webhook, post) as found:
        run = begin(account, MAIL)
        approve(EVERYTHING, DEFINITIONS, draft())
        begin(account, MAIL)
        refuse(scope=EVERYTHING, mail=draft(), note="wrong person")
        begin(account, MAIL)
        unsubscribe(address="sato@maple.example")
    news = [x for x in found if x["type"].startswith("mail.")]
    assert sorted((x["type"], x["data"]["state"]) for x in news) == [
        ("mail.approved", "waiting"),
        ("mail.drafted", "draft"),
        ("mail.drafted", "draft"),
        ("mail.drafted", "draft"),
        ("mail.refused", "refused"),
        ("mail.withdrawn", "unwanted"),
        ("mail.withdrawn", "unwanted"),
    ]
    first = news[0]["data"]
    assert (first["run"], first["to"], first["subject"], first["owner"]) == (
        run.pk,
        "sato@maple.example",
        "紅葉物産様 勉強会のご案内",
        "tanaka",
    )
    assert {x["data"]["note"] for x in news} == {None, "wrong person"}


def test_a_mail_that_is_not_delivered_is_told_each_time_and_so_is_that_it_has_left(
    account: Account, customers: Channel, webhook: AddWebhook, post: Post, box: tuple[Mailbox, str]
) -> None:
    with told(webhook, post) as found:
        box[0].answers["sato@maple.example"] = "550 no such user"
        begin(account, {**MAIL, "approval": False})
        for _ in range(2):
            due_now()
            post.send_due()
            dead = Delivery.objects.get(kind="customer.mail")
            replay([dead.pk], now=datetime.now(tz=UTC))
        box[0].answers.clear()
    news = [x for x in found if x["type"].startswith("mail.")]
    told_of = sorted((x["type"], x["data"]["state"], x["data"]["answer"]) for x in news)
    assert told_of == [
        ("mail.approved", "waiting", None),
        ("mail.failed", "failed", "550 no such user"),
        ("mail.failed", "failed", "550 no such user"),
        ("mail.sent", "sent", None),
    ]


def test_a_webhook_that_wants_no_tasks_is_told_nothing_of_plays(
    account: Account, customers: Channel, webhook: AddWebhook, post: Post
) -> None:
    with told(webhook, post, tasks=False) as found:
        begin(account, MAIL)
    assert found == []


DUE = datetime(2026, 6, 23, 0, tzinfo=UTC)
SPOILT = Spoilt(Label(en="Product log", ja="製品ログ"), metrics=("a", "b"), rules=("quiet",))


def judge(found: dict[str, Fault], day: int) -> None:
    keep_incidents(
        found, draining=(), as_of=date(2026, 6, day), now=DUE, spoilt=lambda _: SPOILT
    )  # fmt: skip


def test_an_incident_is_told_once_to_software_and_to_cs_operations_and_again_when_it_is_over(
    webhook: AddWebhook, post: Post, tanaka: Member, emulator: Slack, add: Add
) -> None:
    place = emulator.channel("cs")
    add(place)
    before = len(emulator.messages(place))
    with told(webhook, post) as found:
        judge({"app": Fault.LATE}, 23)
        judge({"app": Fault.SILENT}, 24)
        post.send_due()
        post.send_due()
        judge({}, 25)
    body = {
        "incident": DataIncident.objects.get().pk,
        "source": "app",
        "label": {"en": "Product log", "ja": "製品ログ"},
        "fault": "late",
        "since": "2026-06-23",
        "until": None,
        "metrics": ["a", "b"],
        "rules": ["quiet"],
    }
    assert [(x["type"], x["data"]) for x in found] == [
        ("incident.opened", body),
        ("incident.closed", {**body, "fault": "silent", "until": "2026-06-25"}),
    ]
    (message,) = emulator.messages(place)[before:]
    assert words(message)[:2] == [
        "Data source Product log is late",
        "Figures as of June 23, 2026 and later. Metrics that are unmeasured: 2. Rules that do not "
        "fire: 1. Both come back by themselves once the source is as promised and its backlog has "
        "drained.",
    ]
    assert emulator.replies(place, message["ts"])[-1] == (
        "Data source Product log is as promised again. Figures as of June 25, 2026 and later are "
        "measured again, and rules fire."
    )


@pytest.mark.parametrize("digest", [False, True])
def test_in_person_an_incident_is_told_to_cs_operations_else_to_administrators(
    mailbox: Mailbox, post: Post, tanaka: Member, *, digest: bool
) -> None:
    new = NewChannel("mail", ChannelKind.EMAIL, language="ja", digest=digest)
    add_channel(new, key=KEY)
    Member.objects.create(handle="admin", email="admin@vendor.example", role=Role.ADMIN)
    judge({"app": Fault.TENFOLD}, 23)
    for handle, active in (("ops", True), ("gone", False)):
        Member.objects.create(
            handle=handle, email=f"{handle}@vendor.example", role=Role.CS_OPS, is_active=active
        )
    judge({}, 24)
    judge({"app": Fault.DOUBLED}, 25)
    while post.send_due():
        pass
    assert [x.rcpt_tos for x in mailbox.mails] == [
        ["admin@vendor.example"],
        ["ops@vendor.example"],
    ]
    text = (mailbox.mails[0].content or b"").decode()
    assert "Message-ID" in text
    assert Delivery.objects.filter(failed_at__isnull=False).count() == 0
