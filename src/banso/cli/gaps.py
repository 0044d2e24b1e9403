"""gaps: what was lost, and which rule saw it coming."""

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.backtest import Draft, with_draft
from banso.cli.backtest_shapes import CandidateItem, GapsItem, LossItem, SightItem, WasItem
from banso.cli.definitions import AsJson
from banso.cli.output import number, out, print_json, state, table
from banso.cli.running import DAY_FORMATS, AsOf, progress_bar, refuse_future
from banso.cli.session import open_session
from banso.cli.words import word
from banso.desk.queries.decided import latest_run
from banso.pipeline.foreseen import Candidate, Losses, candidates, losses

SHOWN = 30


def gaps(
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="Outcome to look for (repeatable); default: every churn and downgrade"),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(help="First day to look at; default: one year", formats=DAY_FORMATS),
    ] = None,
    as_of: AsOf = None,
    draft: Draft = None,
    as_json: AsJson = False,
) -> None:
    """Which rule saw each churn and downgrade coming, how long before, and which none saw.

    Rules are replayed, so one that is new today is asked too."""
    session = open_session()
    definitions = with_draft(session, draft)
    run = latest_run()
    day = as_of.date() if as_of else run.as_of if run else session.today
    refuse_future(day, session)
    with progress_bar("replay") as step:
        found = losses(
            session.store,
            definitions,
            as_of=day,
            since=since.date() if since else None,
            outcomes=outcome or (),
            progress=step,
        )
    shape = item(found)
    if as_json:
        print_json(shape)
    else:
        _print(shape)


def item(found: Losses) -> GapsItem:
    """Losses in their documented shape."""
    rows = found.losses
    return GapsItem(
        since=found.since,
        until=found.until,
        outcomes=list(found.outcomes),
        foreseen=sum(x.foreseen for x in rows),
        late=sum(bool(x.sights) and not x.foreseen for x in rows),
        unseen=sum(not x.sights for x in rows),
        candidates=[_candidate(x) for x in candidates((y.foreseen, y.arr, y.was) for y in rows)],
        losses=[
            LossItem(
                outcome=x.outcome,
                account=x.account,
                account_name=x.account_name,
                owner=x.owner,
                on=x.on,
                arr=None if x.arr is None else float(x.arr),
                foreseen=x.foreseen,
                sights=[SightItem(**vars(sight)) for sight in x.sights],
                was=[WasItem(**vars(was)) for was in x.was],
            )
            for x in rows
        ],
    )


def _candidate(x: Candidate) -> CandidateItem:
    arr = None if x.arr is None else float(x.arr)
    return CandidateItem(**vars(x.was), missed=x.missed, losses=x.losses, arr=arr)


def _print_candidates(shape: GapsItem) -> None:
    rows = table(
        *("was_then", "missed", "of_losses", "arr"),
        title=word("candidates"),
        right=("missed", "of_losses", "arr"),
    )
    for x in shape.candidates[:SHOWN]:
        place = f"{x.journey}: {x.stage} {state(x.colour)}"
        rows.add_row(place, str(x.missed), str(x.losses), number(x.arr))
    if shape.candidates:
        out.print(rows)


def _print(shape: GapsItem) -> None:
    counts = shape.model_dump(exclude={"losses", "outcomes", "candidates"})
    told = word("gaps_found").format(**counts, outcomes=", ".join(shape.outcomes))
    out.print(told, soft_wrap=True)
    rows = table("account", "outcome", "day", "arr", "seen_by", "was_then", right=("arr",))
    worst = sorted(shape.losses, key=lambda x: (x.foreseen, bool(x.sights)))
    for x in worst[:SHOWN]:
        sights = [
            f"{y.rule} -{y.days_before}" + ("" if y.in_time else f" ({word('late_alerts')})")
            for y in x.sights
        ]
        rows.add_row(
            escape(x.account_name),
            x.outcome,
            str(x.on),
            number(x.arr),
            "\n".join(sights) or f"[red]{word('nobody_saw')}[/]",
            "\n".join(f"{y.journey}: {y.stage} {state(y.colour)}" for y in x.was),
        )
    if worst:
        out.print(rows)
    if len(worst) > SHOWN:
        out.print(f"… +{len(worst) - SHOWN} (--json)")
    _print_candidates(shape)
