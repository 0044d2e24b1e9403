"""The one way functions are compiled here."""

from collections.abc import Callable
from functools import cached_property, update_wrapper
from threading import RLock
from types import FunctionType
from typing import Generic, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

_compiling = RLock()


class Compiled(Generic[P, R]):
    """A function that is compiled when it is first called.

    Importing numba takes most of a second, which commands that compute nothing need not pay.
    """

    def __init__(self, function: FunctionType) -> None:
        self._function = function
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.dispatcher(*args, **kwargs)

    @cached_property
    def dispatcher(self) -> Callable[P, R]:
        """numba's own object. Kept on disk beside the module or in the user's cache folder.

        Where neither is writable (a read-only install without a home) numba refuses to cache at
        all: then each process compiles for itself.
        """
        from numba import njit  # noqa: PLC0415  heavy: see the class

        with _compiling:
            plain = self._with_dispatchers()
            try:
                return cast("Callable[P, R]", njit(nogil=True, cache=True)(plain))
            except RuntimeError:
                return cast("Callable[P, R]", njit(nogil=True)(plain))

    def _with_dispatchers(self) -> FunctionType:
        """The function, seeing numba's objects where it names other compiled functions."""
        function = self._function
        named = {name: function.__globals__.get(name) for name in function.__code__.co_names}
        seen = {n: x.dispatcher for n, x in named.items() if isinstance(x, Compiled)}
        if not seen:
            return function
        copy = FunctionType(function.__code__, {**function.__globals__, **seen}, function.__name__)
        copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
        return copy


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile without the GIL, at the first call."""
    return Compiled[P, R](cast("FunctionType", function))
