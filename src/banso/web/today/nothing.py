"""What an empty list says: why it is empty, and what to do next."""

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from banso.desk.queries.to_do import Tab, Wanted, accounts_seen
from banso.web.forms.alerts import query_of
from banso.web.house import Look
from banso.web.nothing import Nothing, nothing_defined
from banso.web.tags import day, number
from banso.web.today.desk import Desk


def before_anything(look: Look) -> Nothing:
    """No definitions, or no run of them."""
    if look.definitions is None:
        return nothing_defined(
            gettext(
                "They say what is measured, where customers stand, and which rule asks for which "
                "action. A starter set is written for you:"
            )
        )
    return Nothing(
        icon="sunrise",
        title=gettext("Nothing has been computed yet"),
        text=gettext(
            "A run measures every account, finds its stage and health, and tells you here which of "
            "them needs you. Let it run every night:"
        ),
        command="banso run",
    )


def nothing(of: Desk, wanted: Wanted) -> Nothing:
    """Of a list that has no alerts."""
    if wanted.filtered:
        return Nothing(
            icon="filter-off",
            title=gettext("No alert matches these filters"),
            text=gettext("Other filters, or none, show more."),
            url=f"{reverse('today')}{query_of(Wanted(tab=wanted.tab))}",
            action=gettext("Clear filters"),
        )
    return _of_tab(wanted.tab) if wanted.tab != "todo" else _all_done(of)


def _of_tab(tab: Tab) -> Nothing:
    if tab == "snoozed":
        return Nothing(
            icon="clock-pause",
            title=gettext("Nothing is snoozed"),
            text=gettext(
                "Snooze an alert for which today is not the day. It waits here, and is back in To "
                "do on the day you choose."
            ),
        )
    return Nothing(
        icon="checks",
        title=gettext("Nothing has been handled yet"),
        text=gettext(
            "What you mark as done or not useful stays here, and can be taken back, for as long as "
            "its rule holds. After that the account's timeline keeps it."
        ),
    )


def _all_done(of: Desk) -> Nothing:
    if not of.definitions.rules:
        return Nothing(
            icon="bell-off",
            title=gettext("There are no rules yet"),
            text=gettext(
                "A rule says: when this is true of an account, do that. Alerts come from rules; "
                "agree on the first one with your team and add it to the definitions."
            ),
        )
    seen = accounts_seen(of.scope)
    if not seen:
        return Nothing(
            icon="users",
            title=gettext("No accounts are yours yet"),
            text=gettext(
                "You see alerts of the accounts that you own. Owners come with the import of "
                "accounts; whoever looks after Banso can also widen what you see."
            ),
        )
    return Nothing(icon="circle-check", title=gettext("Nothing to do"), text=_looked_at(of, seen))


def _looked_at(of: Desk, seen: int) -> str:
    said = {
        "accounts": number(seen),
        "day": day(of.run.as_of),
        "moment": of.clock.moment(of.run.finished_at),
    }
    return (
        ngettext(
            "%(accounts)s account was looked at as of %(day)s, and no rule asks for anything that "
            "has not been handled. Computed %(moment)s.",
            "%(accounts)s accounts were looked at as of %(day)s, and no rule asks for anything "
            "that has not been handled. Computed %(moment)s.",
            seen,
        )
        % said
    )
