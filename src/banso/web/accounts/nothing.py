"""What an empty list says: why it is empty, and what to do next."""

from django.urls import reverse
from django.utils.translation import gettext

from banso.desk.models import Reach
from banso.desk.queries.listing import Filters
from banso.desk.queries.scope import Scope
from banso.web.forms.accounts import parameters_of
from banso.web.house import Look
from banso.web.nothing import Nothing, nothing_defined


def before_anything(look: Look) -> Nothing:
    """No definitions, or no run of them."""
    if look.definitions is None:
        return nothing_defined(
            gettext(
                "They say what is measured and where customers stand on their journeys. A starter "
                "set is written for you:"
            )
        )
    return Nothing(
        icon="building",
        title=gettext("Nothing has been computed yet"),
        text=gettext(
            "Bring in your accounts and what they did, then let a run find the stage and health "
            "of each of them:"
        ),
        command="banso import accounts accounts.csv\nbanso import events events.csv\nbanso run",
    )


def nothing(scope: Scope, filters: Filters) -> Nothing:
    """Of a list without rows, after a run."""
    if parameters_of(filters):
        return Nothing(
            icon="filter-off",
            title=gettext("No account matches"),
            text=gettext(
                "Take out one of the filters above. The search looks at names and keys: two "
                "characters are enough, every word must be there."
            ),
            url=reverse("accounts"),
            action=gettext("Clear filters"),
        )
    if scope.reach is not Reach.ALL:
        return Nothing(
            icon="users",
            title=gettext("No accounts are yours yet"),
            text=gettext(
                "You see the accounts that you or your team own. Owners come with the import of "
                "accounts; whoever looks after Banso can also widen what you see."
            ),
        )
    return Nothing(
        icon="building",
        title=gettext("There are no accounts yet"),
        text=gettext(
            "An account is a customer company. Import them from a file, with the owner of each; "
            "the next run shows where they stand."
        ),
        command="banso import accounts accounts.csv\nbanso run",
    )
