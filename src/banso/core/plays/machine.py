"""One step of a run: (version of the play, state, facts of the day) -> what is next.

Nothing is done here. A step that has an effect gives back an intent, and whoever carries it out
writes the new state down in the same transaction; so each effect comes about once, however often
the machine is cut off and started again. States only ever move on in the order of the steps, so a
run ends, or rests at a step that waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import singledispatch
from typing import Literal

from banso.core.definitions.plays import (
    OWNER,
    AssignStep,
    BranchStep,
    MailStep,
    MessageStep,
    Play,
    SetFieldStep,
    StartPlayStep,
    Step,
    TaskStep,
    WaitStep,
    WaitUntilStep,
    WebhookStep,
)

FIRST, END = "1", ""
Because = Literal["finished", "exit", "timed_out", "not_customer"]
Rest = Literal["time", "condition", "unmeasured", "no_facts"]


class UnknownConditionError(LookupError):
    """Nobody can judge the condition any more: what it names is no longer defined."""


@dataclass(frozen=True)
class State:
    """at: key of the step that comes next, END behind the last one. since: the day on which the
    run came to it. assignee: who gets tasks, OWNER or a member's handle."""

    at: str
    since: date
    assignee: str = OWNER


@dataclass(frozen=True)
class Facts:
    """What a run of the day knows of the account. customer: it has begun and has not ended long
    ago. truths: each condition of the play by its text; None: unmeasured, neither true nor
    false."""

    customer: bool
    truths: Mapping[str, bool | None]

    def truth(self, text: str) -> bool | None:
        """Raises UnknownConditionError."""
        if text not in self.truths:
            raise UnknownConditionError(text)
        return self.truths[text]


Effect = TaskStep | MessageStep | MailStep | SetFieldStep | WebhookStep | StartPlayStep


@dataclass(frozen=True)
class Intent:
    """What is to be done, once: the step with its key. assignee: who gets the task."""

    key: str
    step: Effect
    assignee: str


@dataclass(frozen=True)
class Go:
    """The run moves on; intent: what is to be done with it, if anything."""

    state: State
    intent: Intent | None = None


@dataclass(frozen=True)
class Waits:
    """The run rests where it is. because: `no_facts`: a condition comes next, and only a run of
    the day can tell."""

    because: Rest


@dataclass(frozen=True)
class Ends:
    because: Because


Move = Go | Waits | Ends


def begin(day: date) -> State:
    return State(FIRST, day)


def move(play: Play, state: State, facts: Facts | None, *, day: date) -> Move:
    """The next move. facts: None where no run has looked at the account on this day.

    The end comes first: an account that is no customer any more, then the play's `exit`, which
    ends a run only where it is known to hold. Raises UnknownConditionError.
    """
    if facts is not None and not facts.customer:
        return Ends("not_customer")
    if facts is not None and play.exit is not None and facts.truth(play.exit):
        return Ends("exit")
    if state.at == END:
        return Ends("finished")
    return _move(step_at(play, state.at), play, state, facts, day)


@singledispatch
def _move(step: Step, play: Play, state: State, facts: Facts | None, day: date) -> Move:
    raise TypeError(f"not a step: {step!r}")


@_move.register
def _effect(step: Effect, play: Play, state: State, _facts: Facts | None, day: date) -> Move:
    return Go(_on(play, state, day), Intent(state.at, step, state.assignee))


@_move.register
def _assign(step: AssignStep, play: Play, state: State, _facts: Facts | None, day: date) -> Move:
    return Go(replace(_on(play, state, day), assignee=step.to))


@_move.register
def _wait(step: WaitStep, play: Play, state: State, _facts: Facts | None, day: date) -> Move:
    over = day >= state.since + timedelta(days=step.days)
    return Go(_on(play, state, day)) if over else Waits("time")


@_move.register
def _until(step: WaitUntilStep, play: Play, state: State, facts: Facts | None, day: date) -> Move:
    """Where it holds on the last day, it has held in time. While it is unmeasured nobody can say
    that it has not held, so time does not run out."""
    if facts is None:
        return Waits("no_facts")
    truth = facts.truth(step.condition)
    if truth is None:
        return Waits("unmeasured")
    if not truth and day < state.since + timedelta(days=step.within_days):
        return Waits("condition")
    if truth or step.on_timeout == "continue":
        return Go(_on(play, state, day))
    return Ends("timed_out")


@_move.register
def _branch(step: BranchStep, play: Play, state: State, facts: Facts | None, day: date) -> Move:
    if facts is None:
        return Waits("no_facts")
    truth = facts.truth(step.condition)
    if truth is None and step.unmeasured == "wait":
        return Waits("unmeasured")
    side, steps = ("then", step.then) if truth else ("else", step.else_)
    if steps:
        return Go(replace(state, at=f"{state.at}.{side}.{FIRST}", since=day))
    return Go(_on(play, state, day))


def step_at(play: Play, key: str) -> Step:
    """KeyError where the play has no such step."""
    return _list_of(play, key)[_number(key) - 1]


def _list_of(play: Play, key: str) -> Sequence[Step]:
    """The steps among which a step stands."""
    parts = key.split(".")
    steps: Sequence[Step] = play.steps
    for number, side in zip(parts[0:-1:2], parts[1::2], strict=True):
        step = steps[int(number) - 1]
        if not isinstance(step, BranchStep):
            raise KeyError(key)
        steps = step.then if side == "then" else step.else_
    if not 1 <= _number(key) <= len(steps):
        raise KeyError(key)
    return steps


def _number(key: str) -> int:
    return int(key.rpartition(".")[2])


def _on(play: Play, state: State, day: date) -> State:
    """To the step behind: the next one, or behind the branch in which it was the last."""
    return replace(state, at=_behind(play, state.at), since=day)


def _behind(play: Play, key: str) -> str:
    while key != END:
        number = _number(key)
        before = key.rpartition(".")[0]
        if number < len(_list_of(play, key)):
            return f"{before}.{number + 1}" if before else str(number + 1)
        key = before.rpartition(".")[0]  # the branch itself
    return END
