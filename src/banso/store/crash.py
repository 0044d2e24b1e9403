"""Named points at which a test may kill the process.

This is in the product because nothing outside can stop a process exactly between a rename and
a commit; what a crash there leaves behind is the promise of this store. Without the variable
BANSO_CRASH_AT a point costs one dictionary look-up. `BANSO_CRASH_AT=segment_renamed:3` dies
at the third passage.
"""

import os
import signal
from collections import Counter

POINTS = (
    "accept_before_commit",
    "accept_after_commit",
    "dictionary_committed",
    "segment_written",
    "segment_synced",
    "segment_renamed",
    "commit_before",
    "commit_inside",
    "commit_after",
    "compact_before",
    "compact_after",
    "sweep_retired_deleted",
    "sweep_orphan_deleted",
)
"""Where facts are at stake."""

HISTORY_POINTS = ("history_file", "history_written", "history_current")
"""Where only what can be computed again is."""

OUTBOX_POINTS = ("outbox_claimed", "outbox_sent", "outbox_recorded")
"""Where a message may be sent twice, and never not at all."""

LIVE_POINTS = ("live_recorded", "live_judged")
"""After alerts are recorded, and before it is remembered whose accounts have been judged."""

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Die by SIGKILL if the environment names this point and the passage."""
    wanted = os.environ.get("BANSO_CRASH_AT")
    if wanted is None:
        return
    target, _, count = wanted.partition(":")
    if target != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
