"""The one way functions are compiled here."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile without the GIL, kept on disk beside the module or in the user's cache folder.

    Where neither is writable (a read-only install without a home) numba refuses to cache at
    all: then each process compiles for itself.
    """
    try:
        result: Callable[P, R] = njit(nogil=True, cache=True)(function)
    except RuntimeError:
        result = njit(nogil=True)(function)
    return result
