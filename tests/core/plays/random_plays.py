"""Any play, any days, any truths: for properties that hold of all of them."""

from datetime import date, timedelta

from hypothesis import strategies as st

from banso.core.definitions.model import Label
from banso.core.definitions.plays import (
    AssignStep,
    BranchStep,
    MessageStep,
    Play,
    StartPlayStep,
    Step,
    TaskStep,
    WaitStep,
    WaitUntilStep,
    WebhookStep,
)
from banso.core.plays.machine import Facts

DAY = date(2026, 4, 1)
TEXT = Label(en="x", ja="x")
CONDITIONS = ("a", "b", "c")

conditions = st.sampled_from(CONDITIONS)
leaves: st.SearchStrategy[Step] = st.one_of(
    st.just(TaskStep(kind="task", label=TEXT)),
    st.just(MessageStep(kind="message", text=TEXT)),
    st.just(WebhookStep(kind="webhook", channel="crm")),
    st.just(StartPlayStep(kind="start_play", play="other")),
    st.builds(lambda to: AssignStep(kind="assign", to=to), st.sampled_from(["owner", "sato"])),
    st.builds(lambda n: WaitStep(kind="wait", days=n), st.integers(1, 5)),
    st.builds(
        lambda text, n, then: WaitUntilStep(
            kind="wait_until", condition=text, within_days=n, on_timeout=then
        ),
        conditions,
        st.integers(1, 5),
        st.sampled_from(["end", "continue"]),
    ),
)


def _branches(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    return st.builds(
        lambda text, then, other, unmeasured: BranchStep.model_validate(
            {
                "kind": "branch",
                "condition": text,
                "then": then,
                "else": other,
                "unmeasured": unmeasured,
            }
        ),
        conditions,
        st.lists(inner, min_size=1, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(tuple),
        st.sampled_from(["wait", "else"]),
    )


steps = st.recursive(leaves, _branches, max_leaves=8)
plays = st.builds(
    lambda inside, leave: Play(name="p", steps=inside, exit=leave),
    st.lists(steps, min_size=1, max_size=5).map(tuple),
    st.none() | conditions,
)
truths = st.fixed_dictionaries({x: st.sampled_from([True, False, None]) for x in CONDITIONS})
facts = st.builds(lambda known: Facts(customer=True, truths=known), truths)
histories = st.lists(st.none() | facts, min_size=1, max_size=12)
"""What is known on each day; None: no run looked."""


def day(number: int) -> date:
    return DAY + timedelta(days=number)
