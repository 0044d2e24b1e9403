"""A metric's `where`, taken apart: what the action and the role decide becomes a table; what
`value` and `properties` decide becomes computed columns (atoms) that the store evaluates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from banso.core.expressions import evaluate, fields, to_sql
from banso.core.expressions.tree import And, Expression, Node, Not, Or, Type
from banso.core.metrics.facts import OrgFacts
from banso.core.unmeasured import Column

Mask = NDArray[np.bool_]

_STATIC = frozenset({"event", "feature", "product", "source", "role"})
MOST_ATOMS = 6


class PlanError(ValueError):
    """A definition that is correct as text but cannot be measured."""


@dataclass(frozen=True)
class FactFilter:
    """Which facts a metric reads: `events` or `record.KIND`, and the condition, if any."""

    facts: str
    where: str | None


@dataclass(frozen=True)
class Table:
    """A filter as a look-up.

    atoms: SQL of conditions over value and properties; never null. accepts: bool of shape
    (2 ** atoms, roles or 1, actions); bit j of the first index tells whether atom j is true.
    matchable: bool per action, whether a fact of it could match whatever its user and numbers.
    """

    atoms: tuple[str, ...]
    accepts: NDArray[np.bool_]
    matchable: Mask


@dataclass
class _Taken:
    """Pieces of one condition: fixed masks, atoms, and how they are joined."""

    org: OrgFacts
    atoms: list[str] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.org.roles), len(self.org.actions)

    def column(self, name: str) -> Column:
        """An action's field, or the role, as text of shape (roles, actions)."""
        if name == "role":
            texts: Sequence[str] = self.org.roles
        else:
            texts = [getattr(action, name) for action in self.org.actions]
        categories, codes = np.unique(np.array(texts, dtype=object), return_inverse=True)
        codes = codes.astype(np.int32)
        values = np.broadcast_to(codes[:, None] if name == "role" else codes, self.shape)
        reasons = np.zeros(self.shape, np.uint8)
        return Column(np.ascontiguousarray(values), reasons, tuple(map(str, categories)))

    def fixed(self, node: Node, negated: bool) -> Mask:
        truth: Mask = np.broadcast_to(
            evaluate(node, self.column, self.shape).values.astype(np.bool_), self.shape
        )
        return ~truth if negated else truth

    def atom(self, node: Node, negated: bool) -> int:
        """Number of the atom; a null condition counts as not true, negated or not (as in SQL)."""
        whole: Node = Not(node) if negated else node
        sql = to_sql(
            Expression("", Type.BOOLEAN, whole), columns={"value": "value"}, properties="properties"
        )
        if sql not in self.atoms:
            self.atoms.append(sql)
        return self.atoms.index(sql)


@dataclass(frozen=True)
class _Joined:
    """Mask, atom number, or a conjunction / disjunction of those."""

    all_of: bool
    parts: tuple["Mask | int | _Joined", ...]


def _operands(node: Node, negated: bool) -> tuple[bool, tuple[Node, ...]]:
    """Whether all must hold, and of what, with the negation moved inwards (De Morgan)."""
    if isinstance(node, And):
        return not negated, node.operands
    if isinstance(node, Or):
        return negated, node.operands
    raise PlanError(
        "a condition cannot compare value or properties with event, feature, product, source or "
        "role; compare each with a constant"
    )


def _take(node: Node, negated: bool, taken: _Taken) -> "Mask | int | _Joined":
    used = fields(node)
    if used <= _STATIC:
        return taken.fixed(node, negated)
    if not used & _STATIC:
        return taken.atom(node, negated)
    if isinstance(node, Not):
        return _take(node.operand, not negated, taken)
    all_of, operands = _operands(node, negated)
    numeric = tuple(x for x in operands if fields(x) and not fields(x) & _STATIC)
    others = tuple(x for x in operands if x not in numeric)
    if numeric:  # neighbours over value and properties become one atom
        kind = And if isinstance(node, And) else Or
        joined = numeric[0] if len(numeric) == 1 else kind(numeric)
        others = (*others, joined)
    return _Joined(all_of, tuple(_take(x, negated, taken) for x in others))


def _truth(piece: "Mask | int | _Joined", state: Sequence[bool], shape: tuple[int, int]) -> Mask:
    if isinstance(piece, _Joined):
        parts = [_truth(x, state, shape) for x in piece.parts]
        join = np.logical_and if piece.all_of else np.logical_or
        result: Mask = join.reduce(parts)
        return result
    if isinstance(piece, int):
        return np.full(shape, state[piece])
    return piece


def _could(node: Node, negated: bool, taken: _Taken) -> Mask:
    """As the condition, with every leaf that looks beyond the action taken as possible."""
    if isinstance(node, Not):
        return _could(node.operand, not negated, taken)
    if isinstance(node, And | Or):
        all_of, operands = _operands(node, negated)
        parts = [_could(x, negated, taken) for x in operands]
        joined: Mask = (np.logical_and if all_of else np.logical_or).reduce(parts)
        return joined
    if fields(node) <= _STATIC - {"role"}:
        first_role: Mask = taken.fixed(node, negated)[0]
        return first_role
    return np.ones(taken.shape[1], np.bool_)


def _of_dataset(facts: str, org: OrgFacts) -> Mask:
    dataset, _, kind = facts.partition(".")
    if not kind:
        return np.array([x.dataset == "events" for x in org.actions], np.bool_)
    return np.array([x.dataset == f"{dataset}s" and x.event == kind for x in org.actions], np.bool_)


def tabulate(facts: str, where: Expression | None, org: OrgFacts) -> Table:
    """The look-up of a filter. PlanError where a property is compared with another field."""
    readable = _of_dataset(facts, org)
    if where is None:
        return Table((), readable[None, None, :], readable)
    taken = _Taken(org)
    piece = _take(where.root, False, taken)
    if len(taken.atoms) > MOST_ATOMS:
        raise PlanError(
            f"the condition {where.text!r} mixes {len(taken.atoms)} separate conditions over value "
            f"and properties with others; at most {MOST_ATOMS} can be: split it into metrics"
        )
    states = [bits[::-1] for bits in product((False, True), repeat=len(taken.atoms))]
    accepts = np.stack([_truth(piece, state, taken.shape) for state in states]) & readable
    if "role" not in fields(where.root):
        accepts = accepts[:, :1]
    return Table(tuple(taken.atoms), accepts, readable & _could(where.root, False, taken))
