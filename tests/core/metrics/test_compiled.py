import pytest
from numba import njit

from banso.core.metrics.compiled import compiled

# code of no file: numba finds no place to keep it, as in a read-only install without a home
HOMELESS = compile("def double(x):\n    return 2 * x\n", "<nowhere>", "exec")


def test_what_cannot_be_cached_is_compiled_all_the_same() -> None:
    names: dict[str, object] = {}
    exec(HOMELESS, names)  # noqa: S102  the only way to a function without a file
    double = names["double"]
    assert callable(double)
    with pytest.raises(RuntimeError, match="cannot cache function"):
        njit(cache=True)(double)
    assert compiled(double)(21) == 42
