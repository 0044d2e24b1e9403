"""A block's columns by name; each is told when it is first asked for."""

from banso.core.expressions import evaluate
from banso.core.metrics.bucket import Block, Bucket
from banso.core.metrics.kinds import attribute, contract, tell
from banso.core.unmeasured import Column


class Columns:
    """The columns of rows first .. stop - 1 of a bucket."""

    def __init__(self, bucket: Bucket, first: int, stop: int) -> None:
        self._block = Block(bucket, first, stop, self.column)
        self.customer = self._block.customer
        self._told: dict[str, Column] = {}

    def column(self, name: str) -> Column:
        """A metric, `segment.NAME`, `contract.X` or `attribute.X`. KeyError for an unknown name.

        Definitions are checked to be free of circles before they come here.
        """
        if name not in self._told:
            self._told[name] = self._tell(name)
        return self._told[name]

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
