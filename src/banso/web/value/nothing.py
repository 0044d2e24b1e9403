"""What the page of gaps says while there is nothing to show."""

from django.utils.translation import gettext

from banso.web.nothing import Nothing


def no_foresight(*, looked: bool) -> Nothing:
    """looked: a look back was made, but no definition says what a loss is."""
    if looked:
        return Nothing(
            icon="target",
            title=gettext("Nothing says what a loss is"),
            text=gettext(
                "Add an outcome of kind churn or downgrade to the definitions; the next replay "
                "looks for them:"
            ),
            command="outcomes:\n  - {name: churned, kind: churn}",
        )
    return Nothing(
        icon="history",
        title=gettext("Not looked back yet"),
        text=gettext("The worker does so after each run, and this command does it at once:"),
        command="banso backtest",
    )
