"""A look at one account as of a day: what every page about it starts from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.desk.queries.account import Head, account_head
from banso.desk.queries.scope import Scope
from banso.pipeline.one_account import OneAccount, one_account
from banso.web.house import Look, look
from banso.web.request import scope as scope_of
from banso.web.tags import day as shown_day


@dataclass(frozen=True)
class Visit:
    """One reader's look at one account.

    as_of: the day that is looked at, as now known. newest: the day that pages show when no other
    is asked for: the newest run's. one: everything measured, open while the page is made.
    scope: amounts of money are for `scope.revenue` only.
    """

    look: Look
    scope: Scope
    head: Head
    one: OneAccount
    as_of: date
    newest: date

    @property
    def definitions(self) -> Definitions:
        return self.one.definitions

    @property
    def travelled(self) -> bool:
        return self.as_of != self.newest

    @property
    def unfinished(self) -> bool:
        """Whether the day before `as_of` is not over: its facts are those so far."""
        return self.as_of > self.look.today

    @property
    def told_upto(self) -> date:
        """Alerts of as_of days up to this one are shown: on the newest page also those of the
        coming midnight, which were told live."""
        return self.as_of if self.travelled else max(self.as_of, _midnight(self.look))

    @property
    def carried(self) -> str:
        """The query that keeps the day in links to other pages of this account."""
        return f"?as_of={self.as_of}" if self.travelled else ""


class NothingToSee(Exception):  # noqa: N818  no error: the day or the house has nothing to show
    """Why there is nothing to show, in words for people."""

    def __init__(self, title: str, text: str, *, head: Head, command: str = "") -> None:
        super().__init__(title)
        self.title, self.text, self.head, self.command = title, text, head, command


@contextmanager
def visiting(request: HttpRequest, account: int) -> Iterator[Visit]:
    """Raises Http404 for an account that is not there for this reader, NothingToSee for a day of
    which nothing can be known."""
    scope, house = scope_of(request), look()
    head = account_head(scope, account)
    if head is None:
        raise Http404
    if house.definitions is None:
        raise NothingToSee(
            gettext("Nothing is measured yet"),
            gettext("Stage, health and metrics appear once definitions are in force."),
            head=head,
            command="banso apply definitions",
        )
    newest = house.run.as_of if house.run else house.today
    last = max(newest, _midnight(house))
    as_of = asked_day(request, "as_of", head=head, usual=newest, last=last)
    day = max(newest, as_of)
    with one_account(house.session.store, house.definitions, account=account, as_of=day) as one:
        if as_of < one.calendar.first:
            raise _before(one, as_of, head)
        yield Visit(look=house, scope=scope, head=head, one=one, as_of=as_of, newest=newest)


def _midnight(house: Look) -> date:
    """The as_of day of which live alerts are told: the one after today."""
    return house.today + timedelta(days=1)


def asked_day(request: HttpRequest, name: str, *, head: Head, usual: date, last: date) -> date:
    """The day in a parameter, `usual` where there is none. Raises NothingToSee where it is no date
    or lies after `last`, the newest day that has been computed."""
    text = request.GET.get(name, "")
    if not text:
        return usual
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        raise NothingToSee(
            gettext("This is not a date: %(text)s") % {"text": text[:40]},
            gettext("Write the day as year-month-day, for example %(day)s.") % {"day": usual},
            head=head,
        ) from None
    if asked > last:
        raise NothingToSee(
            gettext("%(day)s has not been computed yet") % {"day": shown_day(asked)},
            gettext("The newest day is %(day)s. A run computes the days since.")
            % {"day": shown_day(last)},
            head=head,
        )
    return asked


def _before(one: OneAccount, as_of: date, head: Head) -> NothingToSee:
    """The axis begins with the first fact of the organisation."""
    text = gettext("No data has arrived yet.")
    if one.inputs.snapshot.first_time is not None:
        first = shown_day(one.calendar.first)
        text = gettext("The first data of all is of %(day)s.") % {"day": first}
    title = gettext("Nothing is known of %(day)s") % {"day": shown_day(as_of)}
    return NothingToSee(title, text, head=head)
