"""The names that an expression may use, and their types."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from banso.core.expressions.problem import nearest
from banso.core.expressions.tree import Type


@dataclass(frozen=True)
class Scope:
    """fields: full names. open_prefixes: `properties.` -> type of every name below it."""

    fields: Mapping[str, Type]
    open_prefixes: Mapping[str, Type] = field(default_factory=dict)

    def type_of(self, name: str) -> Type | None:
        """The type of a name; None where the scope does not know it."""
        if name in self.fields:
            return self.fields[name]
        head, dot, rest = name.partition(".")
        if not rest or "." in rest:
            return None
        return self.open_prefixes.get(head + dot)

    def nearest(self, name: str) -> str | None:
        """The known name that was probably meant."""
        head, dot, rest = name.partition(".")
        prefix = nearest(head + dot, self.open_prefixes) if rest and "." not in rest else None
        known = nearest(name, self.fields)
        if prefix and (known is None or not known.startswith(prefix)):
            return prefix + rest
        return known
