"""Processes that belong together: a child ends with its parent, whatever the parent dies of."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Have SIGTERM sent to this process once its parent has died, also by SIGKILL.

    Linux alone can do this; elsewhere nothing happens, and a child outlives a killed parent. Call
    it early: the signal comes when the thread ends that started this process.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
