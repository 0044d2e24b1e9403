"""One function decides whose accounts are seen; every query goes through it."""

import ast
from pathlib import Path

import pytest

import banso.desk.queries
from banso.desk.models import Account, Alert, Contact, Episode, Member, Reach, Role, Team
from banso.desk.queries.scope import ACTING, EVERYTHING, NOTHING, Scope, scope_of, sees, within

pytestmark = pytest.mark.django_db


@pytest.fixture
def members() -> dict[str, Member]:
    """A team of two, one of another team, one of none; each owns an account named after them."""
    east, west = Team.objects.create(name="East"), Team.objects.create(name="West")
    teams = {"mine": east, "mate": east, "other": west, "alone": None}
    made = {name: Member.objects.create(handle=name, team=team) for name, team in teams.items()}
    for name, member in made.items():
        account = Account.objects.create(key=name, name=name, owner=member)
        Contact.objects.create(account=account, key="1")
    Contact.objects.create(account=Account.objects.create(key="nobody's"), key="1")
    return made


def keys(scope: Scope) -> set[str]:
    return {x.key for x in within(scope, Account.objects.all())}


def test_who_sees_an_account_is_the_same_seen_from_both_sides(members: dict[str, Member]) -> None:
    for reach in Reach:
        Member.objects.exclude(handle="mate").update(reach=reach)
        for account in Account.objects.select_related("owner"):
            there = Account.objects.filter(pk=account.pk)
            asked = {x for x in Member.objects.all() if within(scope_of(x), there).exists()}
            assert set(Member.objects.filter(sees(account.owner))) == asked


@pytest.mark.parametrize(
    ("reach", "seen"),
    [
        (Reach.OWN, {"mine"}),
        (Reach.TEAM, {"mine", "mate"}),
        (Reach.ALL, {"mine", "mate", "other", "alone", "nobody's"}),
    ],
)
def test_reach_says_whose_accounts_are_seen(
    members: dict[str, Member], reach: Reach, seen: set[str]
) -> None:
    members["mine"].reach = reach
    scope = scope_of(members["mine"])
    assert keys(scope) == seen
    contacts = within(scope, Contact.objects.all(), account="account")
    assert {x.account.key for x in contacts} == seen


def test_whoever_has_no_team_sees_their_own_and_not_those_of_all_without_a_team(
    members: dict[str, Member],
) -> None:
    Account.objects.filter(key="nobody's").update(owner=Member.objects.create(handle="loner"))
    members["alone"].reach = Reach.TEAM
    assert keys(scope_of(members["alone"])) == {"alone"}


def test_rows_far_from_their_account_follow_it(members: dict[str, Member]) -> None:
    for account in Account.objects.all():
        episode = Episode.objects.create(rule="quiet", account=account, opened_on="2026-05-01")
        Alert.objects.create(
            episode=episode,
            owner=members["mine"],  # then; what counts is who owns the account now
            priority="high",
            label={},
            action={},
            why=[],
            fingerprint="f",
            generation=1,
        )
    alerts = within(scope_of(members["mine"]), Alert.objects.all(), account="episode__account")
    assert [x.episode.account.key for x in alerts] == ["mine"]


def test_whoever_has_left_sees_nothing(members: dict[str, Member]) -> None:
    gone = members["mine"]
    gone.reach, gone.role, gone.is_active = Reach.ALL, Role.ADMIN, False
    assert scope_of(gone) == NOTHING
    assert keys(NOTHING) == set()


def test_the_command_line_sees_everything(members: dict[str, Member]) -> None:
    assert keys(EVERYTHING) == {*members, "nobody's"}
    assert (EVERYTHING.revenue, EVERYTHING.acts) == (True, True)


@pytest.mark.parametrize("role", Role)
def test_the_role_says_who_acts_and_the_member_whether_amounts_are_shown(role: Role) -> None:
    seeing = scope_of(Member.objects.create(handle="a", role=role))
    blind = scope_of(Member.objects.create(handle="b", role=role, sees_revenue=False))
    assert (seeing.acts, seeing.revenue) == (role in ACTING, True)
    assert (blind.acts, blind.revenue) == (role in ACTING, False)


def test_a_reach_that_nobody_knows_is_an_error_and_not_everything(
    members: dict[str, Member],
) -> None:
    members["mine"].reach = "everyone"
    with pytest.raises(ValueError, match="everyone"):
        scope_of(members["mine"])


FOLDER = Path(banso.desk.queries.__file__).parent
OF_ACCOUNTS = frozenset(
    {"Account", "AccountAttribute", "AccountGrams", "Alert", "Assessment", "Assignment", "Change"}
    | {"Contact", "Contract", "Episode", "Handling", "Loss", "Measured", "Mute", "Standing"}
    | {
        "Arm",
        "Expectation",
        "Followed",
        "Mail",
        "Note",
        "PlayRun",
        "RunExpectation",
        "Task",
        "TaskHandling",
        "Withheld",
        "Merge",
    }
)
"""Tables whose rows belong to an account."""

NO_READER = {
    "assignable": "to whom a run and a replay may give alerts: it asks who sees which account",
    "account_ids": "what imports and live events find accounts by, and the command line",
    "book": "what the run reads: it decides for all accounts",
    "decided": "what the run has decided before, for itself",
    "members": "members, not accounts",
}
GIVEN_ROWS = {
    "briefs._as_handled": "of alerts that are in scope already",
    "distribution._extremes": "of accounts that are in scope already",
    "mails.address_of_mail": "asked by the signed link in the mail itself",
    "places._attributes": "of an account in scope, for a text about it",
    "places._metrics": "of an account in scope, for a text about it",
    "judged.open_judgements": "what is judged in time, for the machine",
    "judged.unsaid_of_alerts": "what is sent as facts, by the machine",
    "judged.unsaid_of_runs": "what is sent as facts, by the machine",
    "merges.merged_now": "what the store follows, for the machine",
    "merges._plays": "of merges that are in scope already",
    "merges.now_at": "where an old address leads; what is there is asked in scope",
    "notes.unsaid_notes": "what is sent as facts, by the machine",
    "plays.entered": "what entering a play is decided by, for the machine",
    "plays.lead_standing": "what a drawn lot keeps of its day, for the machine",
    "plays.led_to": "of a run, for the machine",
    "plays.versions_going": "what the run of the day steps, for the machine",
    "plays._waiting_tasks": "of runs that are in scope already",
    "plays.waiting_alerts": "what the run of the day asks for, for the machine",
    "rules._reasons": "of alerts that are in scope already",
    "tasks._cause": "of tasks that are in scope already",
    "tasks._where": "a condition on tasks that are in scope already",
    "tasks.latest_task_handlings": "of tasks that are in scope already",
    "timeline._there": "whether an account in scope has any row; what is told is asked in scope",
    "to_do.latest_handlings": "of alerts that are in scope already",
}
"""What asks such a table without a scope of its own, and why that is safe."""


def test_every_query_over_accounts_takes_the_readers_scope() -> None:
    """A function that asks a table whose rows belong to accounts has a scope and hands it on: to
    `within`, or to another function that this test looks at."""
    without = {
        f"{file.stem}.{function.name}"
        for file in FOLDER.glob("*.py")
        if file.stem not in NO_READER
        for function in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef)
        and _asks_accounts(function)
        and not _hands_scope(function)
    }
    assert without == set(GIVEN_ROWS)


def _asks_accounts(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(x, ast.Attribute)
        and x.attr in ("objects", "every")
        and isinstance(x.value, ast.Name)
        and x.value.id in OF_ACCOUNTS
        for x in ast.walk(function)
    )


def _hands_scope(function: ast.FunctionDef) -> bool:
    calls = (x for x in ast.walk(function) if isinstance(x, ast.Call))
    handed = {y.id for call in calls for y in call.args if isinstance(y, ast.Name)}
    return "scope" in handed
