"""What an alert, or a run of a play, was to bring about, and whether it did."""

from django.utils.translation import gettext

from banso.desk.models import Judgement, PlayRun
from banso.web.tags import day


def expected_words(found: Judgement | None) -> str:
    """Empty where nothing is expected, or nobody has looked yet."""
    if found is None:
        return ""
    words = {
        "open": gettext("What is expected of it has until %(due)s"),
        "reached": gettext("What was expected of it came true on %(reached)s"),
        "not_reached": gettext("What was expected of it did not come true by %(due)s"),
        "unmeasured": gettext("Whether what was expected of it came true is unmeasured"),
    }
    return words[found.came] % {"due": day(found.due_on), "reached": day(found.reached_on)}


def expected_of_run(run: PlayRun) -> list[str]:
    """Of a run, and of the alert that started it: each says of which of them it speaks."""
    alert = getattr(run.alert.episode, "expectation", None) if run.alert else None
    told = (
        (gettext("Alert: %(words)s"), alert),
        (gettext("Play: %(words)s"), getattr(run, "expectation", None)),
    )
    return [of % {"words": expected_words(found)} for of, found in told if found is not None]
