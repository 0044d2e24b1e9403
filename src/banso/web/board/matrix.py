"""The matrix of stages and colours: how many accounts stand where, and what they are worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log

from banso.core.definitions.model import Journey, Label
from banso.desk.queries.board import Board, Tally
from banso.web.account360.labels import stage_label

COLUMNS = ("at_risk", "watch", "unmeasured", "healthy")
HEATS = 5
"""Steps of tint, up to the fullest cell. They go by proportions (1, 3, 10, 30 ...): few accounts
at risk must be seen beside hundreds that are well."""


@dataclass(frozen=True)
class Place:
    """Which accounts a cell is about; empty: any stage, any colour."""

    stage: str = ""
    colour: str = ""
    overdue: bool = False


Address = Callable[[Place], str]


@dataclass(frozen=True)
class Cell:
    """share: of all accounts on the board. heat: 0 for none, to HEATS. arr: None where none is
    measured or it is not shown; unknown: accounts whose ARR is not measured. address: of these
    accounts, empty where there are none. opened: their accounts are shown below."""

    place: Place
    accounts: int
    share: float
    heat: int
    arr: Decimal | None
    unknown: int
    address: str
    opened: bool

    @property
    def tone(self) -> str:
        """The colour's name in style sheets."""
        return self.place.colour.replace("_", "-")


@dataclass(frozen=True)
class Row:
    """expected: days after which an account is overdue in this stage, None where it can't be."""

    stage: Label
    expected: int | None
    cells: Sequence[Cell]
    total: Cell
    overdue: Cell


@dataclass(frozen=True)
class Matrix:
    """totals: of each column, in their order."""

    columns: Sequence[str]
    rows: Sequence[Row]
    totals: Sequence[Cell]
    total: Cell
    overdue: Cell


def matrix(
    journey: Journey, board: Board, *, address: Address, opened: Place | None = None
) -> Matrix:
    """Every stage of the journey, also those without accounts; behind them stages that have
    accounts but are no longer defined. opened: the cell whose accounts are shown."""
    most = max((tally.accounts for tally in board.cells.values()), default=0)

    def cell(tally: Tally, place: Place) -> Cell:
        accounts = tally.overdue if place.overdue else tally.accounts
        return Cell(
            place=place,
            accounts=accounts,
            share=accounts / board.total.accounts if board.total.accounts else 0.0,
            heat=_heat(accounts, most),
            arr=tally.arr,
            unknown=tally.unknown,
            address=address(place) if accounts else "",
            opened=place == opened,
        )

    nothing = Tally()
    expected = {stage.name: stage.expected_days for stage in journey.stages}
    names = [*expected, *(name for name in sorted(board.stages) if name not in expected)]
    return Matrix(
        columns=COLUMNS,
        rows=[
            Row(
                stage=stage_label(journey, name),
                expected=expected.get(name),
                cells=[cell(board.cells.get((name, x), nothing), Place(name, x)) for x in COLUMNS],
                total=cell(board.stages.get(name, nothing), Place(name)),
                overdue=cell(board.stages.get(name, nothing), Place(name, overdue=True)),
            )
            for name in names
        ],
        totals=[cell(board.colours.get(x, nothing), Place(colour=x)) for x in COLUMNS],
        total=cell(board.total, Place()),
        overdue=cell(board.total, Place(overdue=True)),
    )


def _heat(accounts: int, most: int) -> int:
    if not accounts:
        return 0
    return 1 + floor((HEATS - 1) * log(accounts) / log(most)) if most > 1 else 1
