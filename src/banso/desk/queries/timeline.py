"""What the desk has recorded of an account, by date, newest first, page by page."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

from django.db.models import Exists, F, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce

from banso.desk.models import (
    Account,
    AccountAttribute,
    Alert,
    Assignment,
    Cause,
    Change,
    Contact,
    DefinitionSet,
    Expectation,
    Handling,
    Mail,
    MailState,
    Merge,
    Note,
    PlayRun,
    RunExpectation,
    TaskHandling,
    Withheld,
)
from banso.desk.queries.contracts import account_contracts
from banso.desk.queries.scope import Scope, within
from banso.desk.queries.timeline_entries import (
    ALWAYS,
    RANKS,
    AlertStep,
    AttributeChange,
    ContractStep,
    Entry,
    Expected,
    Handled,
    HealthChange,
    HeldOut,
    Kind,
    Left,
    Mailed,
    Merged,
    Noted,
    Owned,
    Place,
    PlayExpected,
    PlayStep,
    SetApplied,
    Step,
    TaskHandled,
    Window,
)


def recorded(scope: Scope, account: int, *, window: Window, kinds: Collection[Kind]) -> list[Entry]:
    """Entries of these kinds, newest first, at most `window.limit`. A fixed number of queries: one
    that asks what there is at all, ten to fifteen for the rest where all kinds are asked for.
    (`records` and `firsts` lie in the store.)"""
    wanted = [x for x in _SOURCES if x.kind in kinds]
    there = _there(account, [x.seldom for x in wanted if x.seldom is not None])
    found: list[Entry] = []
    for source in wanted:
        if source.seldom is None or source.seldom in there:
            entries = source.read(scope, account, window)
            found.extend(x for x in entries if window.holds(x.place))
    return nlargest(window.limit, found, key=lambda x: x.place)


def _there(account: int, seldom: Sequence[tuple[type[Model], str]]) -> set[tuple[type[Model], str]]:
    """Which of these tables have any row of the account: to ask costs less than not to find."""
    if not seldom:
        return set()
    asked = (
        Exists(model._default_manager.filter(**{path: OuterRef("pk")})) for model, path in seldom
    )
    row = Account.objects.filter(pk=account).values_list(*asked).first()
    return {x for x, is_there in zip(seldom, row or (), strict=False) if is_there}


def _health(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    rows = within(scope, Change.objects.filter(account=account), account="account")
    for what in ("stage", "colour"):
        rank = RANKS[what]
        for x in window.dated(rows.filter(what=what), "as_of", rank=rank):
            yield Entry(
                Place(window.midnight(x.as_of), rank, x.pk),
                "health",
                HealthChange(
                    journey=x.journey,
                    what=x.what,
                    before=x.before,
                    after=x.after,
                    score_before=x.score_before,
                    score_after=x.score_after,
                    parts=x.parts,
                    origin="restated" if x.cause == Cause.RESTATED else "recorded",
                ),
            )


def _alerts(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    mine = within(scope, Alert.objects.filter(episode__account=account), account="episode__account")
    rows = mine.select_related("episode")
    for step, field in (("opened", "episode__opened_on"), ("closed", "episode__closed_on")):
        for x in window.dated(rows, field, rank=RANKS[step]):
            episode = x.episode
            day = episode.closed_on if step == "closed" else episode.opened_on
            if day is not None:
                place = Place(window.midnight(day), RANKS[step], x.pk)
                yield Entry(place, "alerts", _step(x, closed=step == "closed"))


def _held_out(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    """For those only who may know: an owner who did would help the account all the same."""
    if not scope.operates:
        return
    mine = Withheld.objects.filter(episode__account=account)
    rows = within(scope, mine, account="episode__account").select_related("episode")
    for x in window.dated(rows, "episode__opened_on", rank=RANKS["held_out"]):
        episode = x.episode
        place = Place(window.midnight(episode.opened_on), RANKS["held_out"], x.pk)
        yield Entry(place, "alerts", HeldOut(episode.rule, x.label, episode.opened_on, x.because))


def _merges(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    mine = within(scope, Merge.objects.filter(into=account), account="into")
    rows = mine.select_related("account", "member", "undone_by")
    for field in ("at", "undone_at"):
        for x in window.timed(rows, field, rank=RANKS["merged"]):
            undone = field == "undone_at"
            at = x.undone_at if undone else x.at
            member = x.undone_by if undone else x.member
            if at is not None:
                who = str(member) if member else None
                what = Merged(x.account.key, str(x.account), who, undone)
                yield Entry(Place(at, RANKS["merged"], x.pk), "people", what)


def _expected(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    """On the day on which it came true, or was over. Of a held-out account as above."""
    mine = Expectation.objects.filter(episode__account=account, settled_on__isnull=False)
    if not scope.operates:
        mine = mine.filter(episode__withheld__isnull=True)
    rows = within(scope, mine, account="episode__account").annotate(
        id=F("pk"),
        on=Coalesce("reached_on", "due_on"),
        label=Coalesce("episode__alert__label", "episode__withheld__label"),
    )
    for x in window.dated(rows.select_related("episode"), "on", rank=RANKS["expected"]):
        place = Place(window.midnight(x.reached_on or x.due_on), RANKS["expected"], x.pk)
        what = Expected(x.episode.rule, x.label, x.came, x.why, x.episode.opened_on)
        yield Entry(place, "alerts", what)


def _play_expected(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    """On the day on which it came true, or was over."""
    mine = RunExpectation.objects.filter(run__account=account, settled_on__isnull=False)
    rows = within(scope, mine, account="run__account").annotate(
        id=F("pk"), on=Coalesce("reached_on", "due_on")
    )
    for x in window.dated(rows.select_related("run"), "on", rank=RANKS["play_expected"]):
        if x.run.entered_on is not None:
            place = Place(window.midnight(x.reached_on or x.due_on), RANKS["play_expected"], x.pk)
            what = PlayExpected(x.run.play, _label(x.run), x.came, x.why, x.run.entered_on)
            yield Entry(place, "plays", what)


def _step(alert: Alert, *, closed: bool) -> AlertStep:
    episode = alert.episode
    return AlertStep(
        alert=alert.pk,
        rule=episode.rule,
        label=alert.label,
        priority=alert.priority,
        why=alert.why,
        closed=closed,
        because=episode.closed_because if closed else "",
        opened_on=episode.opened_on,
    )


def _handled(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    rows = within(
        scope,
        Handling.objects.filter(alert__episode__account=account),
        account="alert__episode__account",
    ).select_related("alert__episode", "member")
    for x in window.timed(rows, "at", rank=RANKS["handled"]):
        yield Entry(
            Place(x.at, RANKS["handled"], x.pk),
            "alerts",
            Handled(
                alert=x.alert_id,
                rule=x.alert.episode.rule,
                label=x.alert.label,
                member=str(x.member) if x.member else None,
                state=x.state,
                until=x.until,
                reason=x.reason,
                note=x.note,
                undone=x.undoes_id is not None,
            ),
        )


def _plays(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    """Runs that entered, not those that were kept out."""
    rows = within(scope, PlayRun.objects.filter(account=account), account="account")
    rows = rows.filter(entered_on__isnull=False)
    for step, field in (("entered", "entered_on"), ("ended", "ended_on")):
        for x in window.dated(rows, field, rank=RANKS[step]):
            day = x.ended_on if step == "ended" else x.entered_on
            if day is not None:
                what = PlayStep(x.play, _label(x), step == "ended", x.because, x.about)
                yield Entry(Place(window.midnight(day), RANKS[step], x.pk), "plays", what)


def _label(run: PlayRun) -> dict[str, str]:
    return run.version.get("label") or {"en": run.play, "ja": run.play}


def _tasks(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    rows = within(
        scope, TaskHandling.objects.filter(task__account=account), account="task__account"
    ).select_related("task__run", "member", "given_to")
    for x in window.timed(rows, "at", rank=RANKS["task"]):
        what = TaskHandled(
            label=x.task.label,
            play=_label(x.task.run),
            member=str(x.member) if x.member else None,
            state=x.state,
            until=x.until,
            given_to=str(x.given_to) if x.given_to else None,
            reason=x.reason,
            note=x.note,
            undone=x.undoes_id is not None,
        )
        yield Entry(Place(x.at, RANKS["task"], x.pk), "plays", what)


def _mails(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    mine = within(scope, Mail.objects.filter(account=account), account="account")
    rows = mine.select_related("run", "member", "delivery")
    sent = rows.filter(delivery__delivered_at__isnull=False)
    refused = rows.filter(state=MailState.REFUSED)
    asked = (("mail", sent, "delivery__delivered_at"), ("mail_refused", refused, "decided_at"))
    for name, found, field in asked:
        for x in window.timed(found, field, rank=RANKS[name]):
            at = x.delivery.delivered_at if name == "mail" and x.delivery else x.decided_at
            if at is not None:
                member = str(x.member) if x.member else None
                what = Mailed(x.pk, x.subject, x.to, _label(x.run), member, name == "mail", x.note)
                yield Entry(Place(at, RANKS[name], x.pk), "plays", what)


def _notes(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    """On the day that each is about."""
    rows = within(scope, Note.objects.filter(account=account), account="account")
    for x in window.dated(rows.select_related("member"), "on", rank=RANKS["note"]):
        what = Noted(x.kind, x.text, str(x.member) if x.member else None)
        yield Entry(Place(window.midnight(x.on), RANKS["note"], x.pk), "notes", what)


def _people(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    rows = within(scope, Contact.objects.filter(account=account), account="account")
    for x in window.dated(rows, "left_on", rank=RANKS["left"]):
        if x.left_on is not None:
            place = Place(window.midnight(x.left_on), RANKS["left"], x.pk)
            yield Entry(place, "people", Left(str(x), x.role, x.user))


def _owners(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    """Few: read as a whole. An end that the next owner's beginning follows is no news."""
    rows = within(scope, Assignment.objects.filter(account=account), account="account")
    before: str | None = None
    ended: tuple[date, int] | None = None
    for x in rows.select_related("member").order_by("started_on", "id"):
        if ended is not None and ended[0] < x.started_on:
            yield from _owner(window, ended[0], -ended[1], Owned(None, before))
            before = None
        yield from _owner(window, x.started_on, x.pk, Owned(str(x.member), before))
        before, ended = str(x.member), (x.ended_on, x.pk) if x.ended_on else None
    if ended is not None:
        yield from _owner(window, ended[0], -ended[1], Owned(None, before))


def _owner(window: Window, day: date, number: int, what: Owned) -> Iterator[Entry]:
    if day <= window.until:
        yield Entry(Place(window.midnight(day), RANKS["owner"], number), "people", what)


def _contracts(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    """Few: read as a whole."""
    for number, x in enumerate(account_contracts(scope, account)):
        days: tuple[tuple[Step, date | None], ...] = (
            ("signed", x.signed_on),
            ("begins", x.start_on),
            ("ends", x.end_on),
        )
        for step, day in days:
            if day is not None and day <= window.until:
                place = Place(window.midnight(day), RANKS[step], number)
                yield Entry(place, "contracts", ContractStep(step, x))


def _attributes(scope: Scope, account: int, window: Window) -> Iterator[Entry]:
    rows = within(scope, AccountAttribute.objects.filter(account=account), account="account")
    earlier = AccountAttribute.objects.filter(
        account=OuterRef("account"), name=OuterRef("name"), valid_from__lt=OuterRef("valid_from")
    ).order_by("-valid_from")
    told = rows.filter(valid_from__gt=ALWAYS).annotate(before=Subquery(earlier.values("value")[:1]))
    for x in window.dated(told, "valid_from", rank=RANKS["attribute"]):
        place = Place(window.midnight(x.valid_from), RANKS["attribute"], x.pk)
        yield Entry(place, "attributes", AttributeChange(x.name, x.value, x.before))


def _sets(_scope: Scope, _account: int, window: Window) -> Iterator[Entry]:
    """The same for every account, and no secret: no row of an account is read."""
    earlier = DefinitionSet.objects.filter(id__lt=OuterRef("id")).order_by("-id")
    rows = DefinitionSet.objects.defer("files").annotate(
        before=Subquery(earlier.values("fingerprint")[:1])
    )
    for x in window.timed(rows, "applied_at", rank=RANKS["set"]):
        place = Place(x.applied_at, RANKS["set"], x.pk)
        applied = SetApplied(x.fingerprint, x.applied_by, x.why, x.before != x.fingerprint)
        yield Entry(place, "sets", applied)


@dataclass(frozen=True)
class Source:
    """seldom: a table, with the path from its rows to their account, of which many accounts have
    none; None: it is read without asking."""

    kind: Kind
    read: Callable[[Scope, int, Window], Iterable[Entry]]
    seldom: tuple[type[Model], str] | None = None


_SOURCES = (
    Source("health", _health),
    Source("alerts", _alerts),
    Source("alerts", _handled, (Handling, "alert__episode__account")),
    Source("alerts", _held_out, (Withheld, "episode__account")),
    Source("alerts", _expected, (Expectation, "episode__account")),
    Source("plays", _plays, (PlayRun, "account")),
    Source("plays", _play_expected, (RunExpectation, "run__account")),
    Source("plays", _tasks, (TaskHandling, "task__account")),
    Source("plays", _mails, (Mail, "account")),
    Source("notes", _notes, (Note, "account")),
    Source("people", _people, (Contact, "account")),
    Source("people", _owners),
    Source("people", _merges, (Merge, "into")),
    Source("contracts", _contracts),
    Source("attributes", _attributes, (AccountAttribute, "account")),
    Source("sets", _sets),
)
