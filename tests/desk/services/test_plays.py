"""Runs of plays and what they bring about, stepped by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from banso.core.definitions.model import Label
from banso.core.definitions.plays import Play
from banso.core.plays.machine import Facts
from banso.core.value.arms import held_out
from banso.desk.models import (
    Account,
    Arm,
    Channel,
    ChannelKind,
    Delivery,
    Member,
    PlayRun,
    Reach,
    Role,
    Standing,
    Task,
    TaskHandling,
)
from banso.desk.queries.plays import play_figures, play_runs
from banso.desk.queries.proof import due_of_play
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.alerts import MayNotActError
from banso.desk.services.play_world import World
from banso.desk.services.plays import (
    UnknownRunError,
    going,
    resume,
    start_by_hand,
    step_run,
    stop,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 4, 1)


def task(name: str) -> dict[str, Any]:
    return {"kind": "task", "label": {"en": name, "ja": name}}


WAIT = {"kind": "wait", "days": 1}
UNTIL = {"kind": "wait_until", "condition": "a > 1", "within_days": 9}
MESSAGE = {"kind": "message", "text": {"en": "M", "ja": "M"}}
WEBHOOK = {"kind": "webhook", "channel": "crm"}


def play(*steps: Mapping[str, Any], name: str = "p", **fields: Any) -> Play:
    return Play.model_validate({"name": name, "steps": list(steps), **fields})


@pytest.fixture
def sato() -> Member:
    return Member.objects.create(handle="sato", reach=Reach.OWN)


@pytest.fixture
def account(sato: Member) -> Account:
    return Account.objects.create(key="A1", owner=sato)


def world(
    *plays: Play,
    day: int = 0,
    truths: Mapping[str, bool | None] | None = None,
    customer: bool = True,
) -> World:
    return World(
        day=DAY + timedelta(days=day),
        plays={x.name: x for x in plays},
        due=lambda after, days: after + timedelta(days=days),
        facts={"A1": Facts(customer=customer, truths=truths)} if truths is not None else {},
    )


def start(account: Account, of: Play, *others: Play, day: int = 0) -> int:
    (number,) = start_by_hand(scope=EVERYTHING, play=of, accounts=[account.pk])
    step(number, *others, day=day)
    return number


def step(number: int, *plays: Play, **more: Any) -> None:
    waiting = [number]
    while waiting:
        waiting += step_run(waiting.pop(0), world(*plays, **more))


def stood(number: int) -> tuple[str, str, Any]:
    run = PlayRun.objects.get(pk=number)
    return run.state, run.because or run.waits or run.at, run.about


def labels() -> list[str]:
    return list(Task.objects.order_by("id").values_list("label__en", flat=True))


HOLDS = {"holdout": 0.5, "expect": {"condition": "a > 1", "within_days": 9}}


def test_an_account_held_out_from_a_play_gets_no_step_whoever_asks(sato: Member) -> None:
    keys = [f"H{n}" for n in range(12)]
    rows = [Account.objects.create(key=x, owner=sato) for x in keys]
    first, other = play(task("T"), **HOLDS), play({"kind": "start_play", "play": "p"}, name="q")
    for x in rows:
        step(start(x, first))
        start(x, other, first, day=1)
    held = {x for x in keys if held_out(x, "play:p", share=0.5)}
    assert 0 < len(held) < 12
    assert set(Task.objects.values_list("account__key", flat=True)) == set(keys) - held
    asked = PlayRun.objects.filter(play="p", account__key__in=held)
    assert set(asked.values_list("state", "because")) == {("kept_out", "held_out")}
    assert asked.count() == 2 * len(held)
    arms = Arm.objects.filter(rule="", play="p").values_list("account__key", "held_out", "drawn_on")
    assert set(arms) == {(x, x in held, DAY) for x in keys}


def test_a_drawn_lot_stays_whatever_the_play_says_later_and_keeps_the_figures_of_the_day(
    account: Account,
) -> None:
    Standing.objects.create(
        account=account, lead=True, colour="watch", urgency=1, position=0, score=41.5,
        scores=[], arr=Decimal("1200.50"), segments=["large"],
    )  # fmt: skip
    for share, day in ((0.0001, 0), (0.5, 1)):
        number = start(account, play(task("T"), **(HOLDS | {"holdout": share})), day=day)
        assert stood(number)[0] == "ended"
    arm = Arm.objects.get(play="p")
    assert (arm.held_out, arm.drawn_on, arm.stratum) == (False, DAY, "watch: large")
    assert arm.figures == {"score": 41.5, "arr": 1200.5}


def test_a_play_rolled_out_by_stages_enters_whom_it_has_reached(account: Account) -> None:
    Standing.objects.create(
        account=account, lead=True, urgency=1, position=0, scores=[], segments=["large"]
    )
    stages = [{"segment": "large", "from": "2026-04-03"}, {"segment": "old", "from": "2026-04-01"}]
    staged = play(task("T"), **(HOLDS | {"holdout": None, "rollout": stages}))
    numbers = [start(account, staged, day=n) for n in (1, 2)]
    assert [stood(x)[:2] for x in numbers] == [("kept_out", "not_yet"), ("ended", "finished")]
    assert due_of_play(EVERYTHING, "p") == {
        "A1": [(DAY + timedelta(days=1), False), (DAY + timedelta(days=2), True)]
    }


def test_who_is_held_out_from_a_play_only_they_see_who_keep_the_plays(sato: Member) -> None:
    key = next(f"H{n}" for n in range(99) if held_out(f"H{n}", "play:p", share=0.5))
    number = start(Account.objects.create(key=key, owner=sato), play(task("T"), **HOLDS))
    assert [x.number for x in play_runs(EVERYTHING)] == [number]
    assert play_figures(EVERYTHING)["p"].kept_out == 1
    assert (play_runs(scope_of(sato)), dict(play_figures(scope_of(sato)))) == ([], {})


def test_the_first_steps_are_taken_and_a_condition_waits_for_a_run(account: Account) -> None:
    number = start(account, play(task("T1"), UNTIL, task("T2")))
    assert (stood(number), labels()) == (("open", "no_facts", None), ["T1"])
    step(number, truths={"a > 1": True})
    assert (stood(number), labels()) == (("ended", "finished", None), ["T1", "T2"])
    step(number, truths={"a > 1": True})
    assert labels() == ["T1", "T2"]


def test_a_task_says_what_is_due_when_for_the_owner_of_the_time(account: Account) -> None:
    said = {
        **task("T1"),
        "due_in": 4,
        "instructions": {"en": "I", "ja": "I"},
        "link": "https://x.example/script",
        "checklist": [{"en": "C", "ja": "C"}],
    }
    start(account, play(said))
    made = Task.objects.get()
    assert (made.made_on, made.due_on, made.state) == (DAY, DAY + timedelta(days=4), "open")
    assert (made.instructions, made.link) == ({"en": "I", "ja": "I"}, "https://x.example/script")
    assert (made.checklist, made.member) == ([{"en": "C", "ja": "C"}], None)


def test_the_exit_ends_the_run_and_withdraws_what_is_still_to_do(account: Account) -> None:
    number = start(account, play(task("T1"), task("T2"), WAIT, exit="b > 1"))
    done, open_ = Task.objects.order_by("id")
    Task.objects.filter(pk=done.pk).update(state="done")
    step(number, truths={"b > 1": None})
    assert stood(number)[0] == "open"
    step(number, truths={"b > 1": True})
    assert stood(number) == ("ended", "exit", None)
    assert list(Task.objects.order_by("id").values_list("state", flat=True)) == [
        *("done", "withdrawn")
    ]
    told = TaskHandling.objects.values_list("task", "before", "state", "member")
    assert list(told) == [(open_.pk, "open", "withdrawn", None)]


def test_an_account_that_is_no_customer_any_more_leaves(account: Account) -> None:
    number = start(account, play(WAIT))
    step(number, truths={}, customer=False)
    assert stood(number) == ("ended", "not_customer", None)


def test_a_second_play_is_kept_out_for_its_days_and_says_why(account: Account) -> None:
    start(account, play(WAIT))
    other = play(task("T9"), name="q", conflict_days=5)
    number = start(account, other, day=4)
    about = {"until": str(DAY + timedelta(days=5)), "play": "p"}
    assert stood(number) == ("kept_out", "conflict", about)
    assert stood(start(account, other, day=5)) == ("ended", "finished", None)
    assert labels() == ["T9"]
    figures = {name: vars(x) for name, x in play_figures(EVERYTHING).items()}
    assert figures == {
        "p": {"open": 1, "parked": 0, "ended": 0, "kept_out": 0},
        "q": {"open": 0, "parked": 0, "ended": 1, "kept_out": 1},
    }


def test_a_play_starts_another_which_is_not_kept_out_by_it(account: Account) -> None:
    child = play(task("T2"), name="q", conflict_days=30)
    first = play({"kind": "start_play", "play": "q"}, task("T1"), conflict_days=30)
    number = start(account, first, child)
    assert (stood(number)[:2], labels()) == (("ended", "finished"), ["T1", "T2"])
    (started,) = PlayRun.objects.filter(parent=number).values_list("play", "state", "parent_step")
    assert started == ("q", "ended", "1")


PROBLEMS = [
    (WEBHOOK, {"code": "no_webhook", "name": "crm"}),
    (MESSAGE, {"code": "no_channels", "name": ""}),
    ({**MESSAGE, "channel": "crm"}, {"code": "no_channel", "name": "crm"}),
    ({"kind": "assign", "to": "ueda"}, {"code": "no_member", "name": "ueda"}),
    ({"kind": "start_play", "play": "q"}, {"code": "no_play", "name": "q"}),
]


@pytest.mark.parametrize(("broken", "problem"), PROBLEMS, ids=lambda x: x.get("code"))
def test_a_step_that_can_not_be_done_parks_the_run_until_it_is_mended(
    account: Account, broken: dict[str, Any], problem: dict[str, str]
) -> None:
    number = start(account, play(task("T1"), broken, task("T2")))
    assert (stood(number), labels()) == (("parked", "2", problem), ["T1"])
    step(number, truths={})
    assert going() == []

    Channel.objects.create(
        name="crm", kind=ChannelKind.WEBHOOK, address="https://x.example", tasks=False
    )
    Channel.objects.create(name="mail", kind=ChannelKind.EMAIL)
    Member.objects.create(handle="ueda", reach=Reach.ALL)
    resume(scope=EVERYTHING, run=number)
    step(number, play(task("T3"), name="q"))
    assert stood(number) == ("ended", "finished", None)
    assert sorted(labels())[:2] == ["T1", "T2"]


def test_a_condition_that_nobody_can_judge_any_more_parks_the_run(account: Account) -> None:
    number = start(account, play(UNTIL))
    step(number, truths={"other": True})
    assert stood(number) == ("parked", "1", {"code": "condition", "name": "a > 1"})


def test_an_account_whose_owner_has_left_or_who_has_none_parks_its_run(
    account: Account, sato: Member
) -> None:
    Member.objects.filter(pk=sato.pk).update(is_active=False)
    number = start(account, play(task("T1")))
    assert stood(number)[::2] == ("parked", {"code": "owner_left", "name": "sato"})
    Account.objects.update(owner=None)
    resume(scope=EVERYTHING, run=number)
    step(number)
    assert stood(number)[::2] == ("parked", {"code": "no_owner", "name": ""})


def test_an_assigned_member_must_be_there_and_see_the_account(account: Account) -> None:
    ueda = Member.objects.create(handle="ueda", reach=Reach.OWN)
    number = start(account, play({"kind": "assign", "to": "ueda"}, task("T1")))
    assert stood(number)[2] == {"code": "member_blind", "name": "ueda"}
    Member.objects.filter(pk=ueda.pk).update(is_active=False, reach=Reach.ALL)
    resume(scope=EVERYTHING, run=number)
    step(number)
    assert stood(number)[2] == {"code": "member_left", "name": "ueda"}
    Member.objects.filter(pk=ueda.pk).update(is_active=True)
    resume(scope=EVERYTHING, run=number)
    step(number)
    assert list(Task.objects.values_list("label__en", "member__handle")) == [("T1", "ueda")]


def test_a_message_goes_to_the_member_it_names_or_parks_the_run(account: Account) -> None:
    Channel.objects.create(name="mail", kind=ChannelKind.EMAIL)
    boss = Member.objects.create(handle="boss", reach=Reach.OWN)
    number = start(account, play({**MESSAGE, "to": "boss"}))
    assert stood(number)[2] == {"code": "member_blind", "name": "boss"}
    Member.objects.filter(pk=boss.pk).update(reach=Reach.ALL)
    resume(scope=EVERYTHING, run=number)
    step(number)
    assert [x.member for x in Delivery.objects.all()] == [boss]


def test_a_message_goes_to_the_owner_and_a_call_to_the_webhook_each_once(account: Account) -> None:
    Channel.objects.create(
        name="crm", kind=ChannelKind.WEBHOOK, address="https://x.example", tasks=False
    )
    Channel.objects.create(name="mail", kind=ChannelKind.EMAIL)
    Channel.objects.create(name="morning", kind=ChannelKind.EMAIL, digest=True)
    number = start(account, play(MESSAGE, WEBHOOK, label={"en": "P", "ja": "P"}))
    owed = Delivery.objects.order_by("id")
    assert [(x.channel.name, x.subject, x.member and x.member.handle) for x in owed] == [
        ("mail", f"play.message:{number}:1", "sato"),
        ("crm", f"play.step:{number}:2", None),
    ]
    shared = {
        "run": number,
        "play": "p",
        "label": {"en": "P", "ja": "P"},
        "account": {"id": account.pk, "key": "A1", "name": "A1"},
        "owner": "sato",
    }
    assert [x.body for x in owed] == [
        {**shared, "step": "1", "text": {"en": "M", "ja": "M"}},
        {**shared, "step": "2"},
    ]


def test_stopped_by_hand_a_run_does_nothing_more(account: Account) -> None:
    number = start(account, play(task("T1"), WAIT, task("T2")))
    stop(scope=EVERYTHING, run=number, day=DAY)
    step(number, day=9)
    assert (stood(number), labels()) == (("ended", "stopped", None), ["T1"])
    assert Task.objects.get().state == "withdrawn"
    with pytest.raises(UnknownRunError):
        stop(scope=EVERYTHING, run=number, day=DAY)


def test_members_see_and_touch_only_runs_of_their_accounts(account: Account, sato: Member) -> None:
    other = scope_of(Member.objects.create(handle="mori", reach=Reach.OWN))
    looker = scope_of(Member.objects.create(handle="viewer", reach=Reach.ALL, role=Role.VIEWER))
    number = start(account, play(WAIT))
    assert [x.number for x in play_runs(scope_of(sato))] == [number]
    assert (play_runs(other), play_figures(other)) == ([], {})
    with pytest.raises(UnknownRunError):
        stop(scope=other, run=number, day=DAY)
    with pytest.raises(MayNotActError):
        stop(scope=looker, run=number, day=DAY)
    assert start_by_hand(scope=other, play=play(WAIT, name="q"), accounts=[account.pk]) == []


def test_a_version_that_nobody_can_read_any_more_is_told(account: Account) -> None:
    number = start(account, play(WAIT, label=Label(en="P", ja="P").model_dump()))
    PlayRun.objects.update(version={"name": "p", "steps": [{"kind": "dance"}]})
    step(number, day=1)
    assert stood(number)[::2] == ("parked", {"code": "version", "name": "p"})
