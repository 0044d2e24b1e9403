"""What an alert was to bring about, and whether it did."""

from django.utils.translation import gettext

from banso.desk.models import Episode, Expectation
from banso.web.tags import day


def expected_words(episode: Episode) -> str:
    """Empty where its rule expects nothing, or nobody has looked yet."""
    found: Expectation | None = getattr(episode, "expectation", None)
    if found is None:
        return ""
    words = {
        "open": gettext("What is expected of it has until %(due)s"),
        "reached": gettext("What was expected of it came true on %(reached)s"),
        "not_reached": gettext("What was expected of it did not come true by %(due)s"),
        "unmeasured": gettext("Whether what was expected of it came true is unmeasured"),
    }
    return words[found.came] % {"due": day(found.due_on), "reached": day(found.reached_on)}
