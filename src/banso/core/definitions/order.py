"""Order of things that build on each other, and the circles that leave none."""

from collections.abc import Mapping, Sequence


def topological(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Every name after the names it needs; otherwise in the order given.

    Names in a circle, and those that need them, are left out.
    """
    done: dict[str, None] = {}
    waiting = list(needs)
    while True:
        ready = [n for n in waiting if all(d in done or d not in needs for d in needs[n])]
        if not ready:
            return tuple(done)
        done.update(dict.fromkeys(ready))
        waiting = [name for name in waiting if name not in done]


def circles(needs: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Each circle once, beginning and ending with its first name: ('a', 'b', 'a')."""
    left = set(needs) - set(topological(needs))
    found: list[tuple[str, ...]] = []
    for start in needs:
        if start in left:
            path = [start]
            while (following := _next(path[-1], needs, left)) not in path:
                path.append(following)
            circle = path[path.index(following) :]
            found.append((*circle, following))
            left -= set(path)
            left = _still_waiting(needs, left)
    return tuple(found)


def _next(name: str, needs: Mapping[str, Sequence[str]], left: set[str]) -> str:
    return next(needed for needed in needs[name] if needed in left)


def _still_waiting(needs: Mapping[str, Sequence[str]], left: set[str]) -> set[str]:
    """Those of `left` that are in a circle of their own, with the circles found taken away."""
    rest = {name: [n for n in needs[name] if n in left] for name in needs if name in left}
    return set(rest) - set(topological(rest))
