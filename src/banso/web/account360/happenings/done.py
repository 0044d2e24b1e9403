"""What members did: alerts and tasks handled, plays, mails, notes, merges, owners, definitions."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from banso.core.plays.in_words import reason_words as play_reason_words
from banso.desk.models import AlertState, TaskState
from banso.desk.queries.timeline_entries import (
    Handled,
    Mailed,
    Merged,
    Noted,
    Owned,
    PlayStep,
    SetApplied,
    TaskHandled,
)
from banso.web.account360.happenings.teller import Detail, Happening, Teller, tell
from banso.web.account360.notes import ICONS, kind_words
from banso.web.tags import day, text
from banso.web.today.rows import reason_words


@tell.register
def _handled(what: Handled, teller: Teller, at: datetime) -> Happening:
    said = {
        "alert": text(what.label) or what.rule,
        "member": what.member or gettext("somebody"),
        "day": day(what.until),
        "reason": what.note or {str(k): v for k, v in reason_words().items()}.get(what.reason, ""),
    }
    titles = {
        AlertState.OPEN: gettext("%(member)s took it back: %(alert)s"),
        AlertState.DONE: gettext("%(member)s marked as done: %(alert)s"),
        AlertState.SNOOZED: gettext("%(member)s snoozed until %(day)s: %(alert)s"),
        AlertState.NOT_USEFUL: gettext("%(member)s found not useful (%(reason)s): %(alert)s"),
    }
    state = AlertState.OPEN if what.undone else AlertState(what.state)
    icons = {
        AlertState.OPEN: "arrow-back-up",
        AlertState.DONE: "check",
        AlertState.SNOOZED: "clock-pause",
        AlertState.NOT_USEFUL: "thumb-down",
    }
    why = [Detail(what.note)] if what.note and state is AlertState.SNOOZED else []
    return Happening(icons[state], "", titles[state] % said, time=f"{at:%H:%M}", details=why)


@tell.register
def _play(what: PlayStep, teller: Teller, _at: datetime) -> Happening:
    said = {"play": text(what.label)}
    address = teller.play_page(what.play)
    if not what.ended:
        title = gettext("Play began: %(play)s") % said
        return Happening("list-details", "", title, address=address)
    because = text(play_reason_words(what.because, what.about))
    return Happening(
        icon="list-details",
        kind="",
        title=gettext("Play ended: %(play)s") % said,
        address=address,
        details=[Detail(because)],
    )


@tell.register
def _task(what: TaskHandled, teller: Teller, at: datetime) -> Happening:
    said = {
        "task": text(what.label),
        "member": what.member or gettext("somebody"),
        "day": day(what.until),
        "to": what.given_to or gettext("the owner"),
        "reason": what.note or {str(k): v for k, v in reason_words().items()}.get(what.reason, ""),
    }
    titles = {
        TaskState.OPEN: gettext("%(member)s passed on to %(to)s: %(task)s"),
        TaskState.DONE: gettext("Task done by %(member)s: %(task)s"),
        TaskState.SNOOZED: gettext("Task snoozed until %(day)s by %(member)s: %(task)s"),
        TaskState.NOT_USEFUL: gettext(
            "%(member)s found the task not useful (%(reason)s): %(task)s"
        ),
        TaskState.WITHDRAWN: gettext("Task withdrawn, its play is over: %(task)s"),
    }
    title = titles[TaskState(what.state)]
    if what.undone:
        title = gettext("%(member)s took the task back: %(task)s")
    tell = (TaskState.DONE, TaskState.SNOOZED)
    notes = [what.note] if what.note and what.state in tell else []
    return Happening(
        "checklist",
        text(what.play),
        title % said,
        time=f"{at:%H:%M}",
        details=[Detail(x) for x in notes],
    )


@tell.register
def _mailed(what: Mailed, teller: Teller, at: datetime) -> Happening:
    said = {"subject": what.subject, "to": what.to, "member": what.member or "Banso"}
    title = gettext("Mail sent to %(to)s: %(subject)s") % said
    if not what.sent:
        title = gettext("%(member)s refused the mail to %(to)s: %(subject)s") % said
    return Happening(
        icon="mail",
        kind=text(what.play),
        title=title,
        address=reverse("mail", args=[what.mail]),
        time=f"{at:%H:%M}",
        details=[Detail(what.note)] if what.note else [],
    )


@tell.register
def _noted(what: Noted, teller: Teller, _at: datetime) -> Happening:
    said = {"kind": kind_words()[what.kind], "member": what.member or gettext("somebody")}
    title = gettext("%(kind)s, written down by %(member)s") % said
    return Happening(ICONS[what.kind], "", title, details=[Detail(what.text)])


@tell.register
def _merged(what: Merged, teller: Teller, _at: datetime) -> Happening:
    names = {"account": what.account_name, "key": what.account}
    title = gettext("%(account)s (%(key)s) was merged into this account") % names
    if what.undone:
        title = gettext("%(account)s (%(key)s) was split from this account again") % names
    return Happening(
        icon="database",
        kind=gettext("Accounts"),
        title=title,
        details=[Detail(what.member)] if what.member else [],
    )


@tell.register
def _owned(what: Owned, teller: Teller, _at: datetime) -> Happening:
    said = {"owner": what.owner, "before": what.before}
    if what.owner is None:
        title = gettext("Nobody owns it any more (before: %(before)s)")
    elif what.before is None:
        title = gettext("Owner: %(owner)s")
    else:
        title = gettext("Owner: %(before)s → %(owner)s")
    return Happening("user", "", title % said)


@tell.register
def _applied(what: SetApplied, teller: Teller, at: datetime) -> Happening:
    said = {"version": what.fingerprint[:8], "by": what.by}
    words = gettext("Numbers may differ from then on.")
    if not what.numbers:
        words = gettext("Only texts changed, no number.")
    return Happening(
        icon="math-function",
        kind="",
        title=gettext("Definitions %(version)s applied by %(by)s") % said,
        address=reverse("definitions"),
        time=f"{at:%H:%M}",
        details=[Detail(x) for x in (what.why, words) if x],
    )
