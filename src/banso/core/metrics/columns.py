"""A block's columns by name; each is told when it is first asked for."""

import numpy as np
from numpy.typing import NDArray

from banso.core.expressions import evaluate
from banso.core.metrics.bucket import Block, Bucket
from banso.core.metrics.kinds import attribute, contract, tell
from banso.core.unmeasured import Column


class Columns:
    """The columns of rows first .. stop - 1 of a bucket on the as_of days from `begin` on."""

    def __init__(self, bucket: Bucket, first: int, stop: int, begin: int = 0) -> None:
        self._block = Block(bucket, first, stop, begin, self.column, self._earlier)
        self._told: dict[str, Column] = {}
        self._before: dict[int, Columns] = {}

    @property
    def customer(self) -> NDArray[np.bool_]:
        """Shape (accounts, as_of days): see `standing.customer`."""
        return self._block.customer

    def column(self, name: str) -> Column:
        """A metric, `segment.NAME`, `contract.X` or `attribute.X`. KeyError for an unknown name.

        Definitions are checked to be free of circles before they come here.
        """
        if name not in self._told:
            self._told[name] = self._tell(name)
        return self._told[name]

    def _earlier(self, begin: int, name: str) -> Column:
        at = max(begin, 0)
        if at >= self._block.begin:
            return self.column(name)
        if at not in self._before:
            self._before[at] = Columns(self._block.bucket, self._block.first, self._block.stop, at)
        return self._before[at].column(name)

    def _tell(self, name: str) -> Column:
        definitions = self._block.plan.definitions
        family, dot, rest = name.partition(".")
        if not dot:
            return tell(definitions.metrics[name], self._block)
        if family == "attribute":
            return attribute(rest, self._block)
        if family == "contract":
            return contract(rest, self._block)
        condition = definitions.condition(definitions.segments[rest].where)
        return evaluate(condition.root, self.column, self._block.shape)
