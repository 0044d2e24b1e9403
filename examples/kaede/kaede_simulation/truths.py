"""The answers: what is really the case at each account, and from when until when."""

from __future__ import annotations

from dataclasses import dataclass

from .accounts import Account
from .contracts import Contract
from .days import DAYS
from .people import User
from .records import Record

_NAMES = {"stalled": "stalled_onboarding"}
_DETRACTOR_DAYS = 90
_RENEWAL_DAYS = 90
_TROUBLES = ("fading", "unused_seats", "champion_left")


@dataclass(frozen=True)
class Truth:
    """until: the first day on which it is no longer so; None: it still is on the last day."""

    account: str
    truth: str
    begin: int
    until: int | None
    detail: str


def _detail(account: Account, members: list[User]) -> str:
    product = account.products[0]
    if account.case.endswith("champion_left"):  # the first champion; a successor may follow
        return f"user={next(user.key for user in members if user.role == 'champion')}"
    return f"product={product.name} seats={product.seats}"


def _plot(account: Account, members: list[User]) -> list[Truth]:
    story = account.story
    if story is None:
        return []
    name = _NAMES.get(story.kind, story.kind)
    return [Truth(account.key, name, story.begin, story.end, _detail(account, members))]


def _calm(account: Account) -> list[Truth]:
    """Onboarding in progress, then healthy, wherever no trouble is on."""
    key, story = account.key, account.story
    if account.case == "on_prem":
        return [Truth(key, "on_prem", account.start, None, "no usage logs can be had")]
    value = account.products[0].first_value
    trouble = story if story is not None and story.kind != "seasonal" else None
    learnt = min(value, trouble.begin) if trouble else value
    until = learnt if learnt < DAYS else None
    found = [Truth(key, "onboarding", account.start, until, "")]
    if story is not None and story.kind == "seasonal":
        return found
    if value < DAYS and (trouble is None or trouble.begin > value):
        found.append(Truth(key, "healthy", value, trouble.begin if trouble else None, ""))
    if trouble and trouble.end is not None and account.churn is None:
        found.append(Truth(key, "healthy", trouble.end, None, "recovered"))
    return found


def _renewal(account: Account, ledger: list[Contract]) -> list[Truth]:
    """In trouble, the contract ends within ninety days, and nobody has signed the next one."""
    signed = any(row.start >= account.renewal for row in ledger)
    if account.story is None or account.story.kind not in _TROUBLES or signed:
        return []
    if account.story.end not in (None, account.churn):
        return []
    begin = max(account.renewal - _RENEWAL_DAYS, account.story.begin)
    if begin >= DAYS:
        return []
    detail = f"contract ends on day {account.renewal - 1 - DAYS:+d} of the last as_of"
    return [Truth(account.key, "renewal_risk", begin, account.churn, detail)]


def _detractors(account: Account, answers: list[Record]) -> list[Truth]:
    """An answer of 0 to 6 within the last ninety days; adjoining spans are joined."""
    spans: list[Truth] = []
    for answer in answers:
        if answer.kind != "nps" or answer.value > 6:
            continue
        begin, until = answer.day + 1, answer.day + 1 + _DETRACTOR_DAYS
        if spans and spans[-1].until is not None and begin <= spans[-1].until:
            begin = spans.pop().begin
        spans.append(Truth(account.key, "detractor", begin, until, f"nps={answer.value}"))
    return spans


def truths(
    account: Account, members: list[User], ledger: list[Contract], answers: list[Record]
) -> list[Truth]:
    """Everything that is true of an account at one time or another, in order of begin."""
    found = _calm(account) + _plot(account, members) + _renewal(account, ledger)
    if account.churn is not None:
        detail = f"contract ended after {account.churn - account.start} days"
        found.append(Truth(account.key, "churned", account.churn, None, detail))
    found += _detractors(account, answers)
    begun = [truth for truth in found if truth.begin <= DAYS]
    return sorted(begun, key=lambda truth: (truth.begin, truth.truth))
