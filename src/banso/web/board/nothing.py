"""What a board without a matrix says: why, and what to do next."""

from django.utils.translation import gettext

from banso.web.accounts.nothing import before_anything
from banso.web.house import Look
from banso.web.nothing import Nothing

EXAMPLE = """journeys:
  - name: adoption
    stages:
      - name: onboarding
        expected_days: 60
        health:
          - {condition: last_use <= 7, of: last_use, good: 2, poor: 21}
      - name: habit
        enter: active_users_28d >= 5
        health:
          - {condition: active_users_28d >= 5}"""


def nothing(look: Look) -> Nothing | None:
    """None where there is a board to show."""
    if look.definitions is None or look.run is None:
        return before_anything(look)
    if look.definitions.journeys:
        return None
    return Nothing(
        icon="stairs",
        title=gettext("No journey is defined yet"),
        text=gettext(
            "A journey is a maturity curve: stages in order, the condition to enter each, and what "
            "should hold there. The board counts your accounts by stage and health. Add one to "
            "your definitions, look at `banso plan`, then apply it:"
        ),
        command=EXAMPLE,
    )
