"""Kill the sender of messages at every point, with receivers of every kind; count what arrived."""

import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

from django.db import connection

from banso.desk.models import Account, Alert, Channel, ChannelKind, Delivery, Episode
from banso.desk.services.channels import NewChannel, add_channel, enable_channel
from banso.desk.services.outbox import tell_opened
from banso.desk.services.sending import AT_ONCE
from banso.store.crash import OUTBOX_POINTS
from tests.act.receiver import Answer, Got, nonsense, receiving, reset, status
from tests.chaos.killing import DamageError
from tests.chaos.outbox_sender import SECONDS, run

KEY = "a key of the home, only for tests, long enough"
SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STUCK_S = 120.0


def hang(_: Got, to: BaseHTTPRequestHandler) -> None:
    """Says nothing for longer than anybody waits."""
    time.sleep(SECONDS * 1.5)
    to.close_connection = True


def lie(_: Got, to: BaseHTTPRequestHandler) -> None:
    """Takes it, and promises an answer that never comes to its end."""
    to.send_response(200)
    to.send_header("Content-Length", "1000000")
    to.end_headers()
    to.wfile.write(b"ok")
    to.close_connection = True


@dataclass
class Taker:
    """One receiver: what it takes, and how it else answers. share: of requests, by answer."""

    name: str
    taking: Answer
    share: tuple[tuple[float, Answer], ...] = ()
    taken: list[str] = field(default_factory=list)
    dice: random.Random = field(default_factory=random.Random)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, got: Got, to: BaseHTTPRequestHandler) -> None:
        with self.lock:
            answers = [self.taking, *(answer for _, answer in self.share)]
            shares = [share for share, _ in self.share]
            (chosen,) = self.dice.choices(answers, [1 - sum(shares), *shares])
            if chosen is self.taking:
                self.taken.append(got.message)
        chosen(got, to)


def takers() -> list[Taker]:
    return [
        Taker("heeds ids", status(204)),
        Taker("breaks", status(200), ((0.06, status(500)), (0.06, reset), (0.03, nonsense))),
        Taker("hangs", status(200), ((0.004, hang), (0.05, status(429, Retry_After="1")))),
        Taker("lies, leads on", lie, ((0.01, status(307, Location="http://127.0.0.1:1/")),)),
    ]


@dataclass
class Outcome:
    """How a run went. twice: messages that a receiver took more than once, by receiver."""

    deliveries: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    tried: int = 0
    twice: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        twice = ", ".join(f"{name} {count}" for name, count in self.twice.items())
        rate = sum(self.twice.values()) / self.deliveries
        return (
            f"{self.deliveries} messages in {self.seconds:.0f} s, {self.kills.total()} kills "
            f"({kinds}): none lost. Taken twice: {twice} ({rate:.2%} of all), each with the id of "
            "the first time, so a receiver that heeds ids took none twice."
        )


def torment(*, deliveries: int, kills: int, seed: int, say: Callable[[str], None]) -> Outcome:
    """On the home and database of this process, which BANSO_PRIVATE_RECEIVERS lets call itself.
    Raises DamageError."""
    began, outcome, receivers = time.monotonic(), Outcome(), takers()
    dice = random.Random(seed)  # noqa: S311  which moment, no secret
    with ExitStack() as stack:
        for each in receivers:
            each.dice.seed(seed)
            url = stack.enter_context(receiving(each.answer)).url
            name = each.name.replace(" ", "_").replace(",", "")
            new = NewChannel(name, ChannelKind.WEBHOOK, url, {"signing": SIGNING})
            add_channel(new, key=KEY)
        outcome.deliveries = tell_opened(_alerts(deliveries // len(receivers)))
        _kill_and_kill_again(outcome, kills, dice, say)
    outcome.tried = sum(Delivery.objects.values_list("attempts", flat=True))
    _judge(outcome, receivers)
    outcome.seconds = time.monotonic() - began
    return outcome


def _alerts(count: int) -> list[Alert]:
    accounts = Account.objects.bulk_create(Account(key=f"A{n}") for n in range(count))
    episodes = Episode.objects.bulk_create(
        Episode(rule="silent", account=x, opened_on=datetime.now(tz=UTC).date()) for x in accounts
    )
    words = {"en": "x", "ja": "x"}
    return Alert.objects.bulk_create(
        Alert(episode=x, priority="high", label=words, action=words, why=[], fingerprint="f",
              generation=1)
        for x in episodes
    )  # fmt: skip


def _kill_and_kill_again(
    outcome: Outcome, kills: int, dice: random.Random, say: Callable[[str], None]
) -> None:
    """A sender at a time, each but the last killed; until nothing waits."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.chaos.outbox_sender"])
    left, every = _waiting(), max(_waiting() // (kills + 1), 1)
    moved = time.monotonic()
    while left:
        last = outcome.kills.total() >= kills
        point = dice.choice((*OUTBOX_POINTS, "")) if not last else ""
        # the passage at which it dies: so that all kills happen before the work is done
        most = every // AT_ONCE if point == "outbox_claimed" else every
        passage = f"{point}:{dice.randint(1, max(most, 1))}" if point else ""
        process = processes.Process(target=run, args=(KEY, passage), daemon=True)
        process.start()
        until = time.monotonic() + (dice.uniform(0.2, 2.0) if not last and not point else 30.0)
        while process.is_alive() and time.monotonic() < until and _waiting():
            _time_passes()
            time.sleep(0.1)
        if process.is_alive():
            process.kill()
            point = ""
        process.join()
        if not last:
            outcome.kills[point or "random moment"] += 1
        now = _waiting()
        moved = time.monotonic() if now < left else moved
        if time.monotonic() - moved > STUCK_S:
            raise DamageError(f"{now} messages are stuck: {_stuck()}")
        left = now
        say(f"{outcome.kills.total()} kills, {left} messages wait")


def _waiting() -> int:
    return Delivery.objects.filter(delivered_at=None, failed_at=None).count()


def _stuck() -> str:
    found = Delivery.objects.filter(delivered_at=None, failed_at=None).values_list("answer")[:3]
    return str(list(found))


def _time_passes() -> None:
    """Waits are over at once, and somebody mends the channels that disabled themselves."""
    now = datetime.now(tz=UTC)
    Delivery.objects.filter(delivered_at=None, due_at__gt=now).update(due_at=now)
    Channel.objects.filter(resting_until__gt=now).update(resting_until=None)
    for name in Channel.objects.exclude(disabled_at=None).values_list("name", flat=True):
        enable_channel(name)
    dead = Delivery.objects.exclude(failed_at=None)
    dead.update(failed_at=None, attempts=0)  # of too many attempts, since no time passes here
    connection.close()


def _judge(outcome: Outcome, receivers: list[Taker]) -> None:
    for each, channel in zip(receivers, Channel.objects.order_by("id"), strict=True):
        owed = {str(x) for x in channel.deliveries.values_list("message", flat=True)}
        if lost := owed - set(each.taken):
            raise DamageError(f"'{each.name}' never took {len(lost)} of {len(owed)} messages.")
        if foreign := set(each.taken) - owed:
            raise DamageError(f"'{each.name}' took {len(foreign)} messages that nobody owed it.")
        outcome.twice[each.name] = len(each.taken) - len(owed)
