import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from banso.cli.output import err, out
from banso.cli.session import NoHomeError, Session, open_session
from banso.cli.words import word
from banso.core.metrics.contract import Fault
from banso.desk.models import Run
from banso.desk.queries.decided import decided_day
from banso.pipeline.engine import Engine, in_process
from banso.pipeline.freshness import late_sources
from banso.pipeline.home import find_home
from banso.pipeline.run import run as run_steps
from banso.store.server import stop

DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d"]
AsOf = Annotated[
    datetime | None,
    typer.Option(help="Day whose 00:00 ends what is counted; default: today", formats=DAY_FORMATS),
]
Since = Annotated[
    datetime | None,
    typer.Option(help="First day to decide rules on, in the very first run", formats=DAY_FORMATS),
]


class EngineName(StrEnum):
    LOCAL = "local"
    SPARK = "spark"


class FutureError(Exception):
    """A day that has not come yet can't be judged."""


def run(
    as_of: AsOf = None,
    since: Since = None,
    engine: Annotated[
        EngineName, typer.Option(help="Where buckets of accounts are computed")
    ] = EngineName.LOCAL,
    master: Annotated[
        str | None,
        typer.Option(help="Spark master, with `--engine spark`; default: local[*], this machine"),
    ] = None,
) -> None:
    """Go through the steps: measure, assess, decide, alert. The same day twice changes nothing."""
    if master and engine is not EngineName.SPARK:
        raise typer.BadParameter("it needs --engine spark", param_hint="--master")
    session = open_session()
    day = as_of.date() if as_of else session.today
    refuse_future(day, session)
    with _engine(engine, master) as chosen:
        run_and_report(session, day, since.date() if since else None, engine=chosen)


@contextmanager
def _engine(name: EngineName, master: str | None) -> Iterator[Engine]:
    if name is EngineName.LOCAL:
        yield in_process
        return
    from banso.pipeline.spark import spark  # noqa: PLC0415  nobody else needs it

    with spark(master or "local[*]") as engine:
        yield engine


def refuse_future(day: date, session: Session) -> None:
    """Days that have not come would count as days without use. Raises FutureError."""
    if day > session.today:
        raise FutureError(f"{day} has not come yet; today is {session.today} in the organisation.")


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """On a terminal's standard error; to be called with (accounts done, accounts in all)."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, all_: bar.update(task, completed=done, total=all_)


def run_and_report(
    session: Session, as_of: date, since: date | None, *, engine: Engine = in_process
) -> Run:
    """Run with a progress bar, then say what came of it."""
    definitions = session.applied()
    with progress_bar("measure, assess, decide") as step:
        done = run_steps(
            session.store,
            definitions,
            as_of=as_of,
            since=since,
            engine=engine,
            progress=step,
        )
    _report(session, done)
    if since and (done.decided_from is None or done.decided_from > since):
        err.print(word("since_ignored").format(since=since), soft_wrap=True)
    return done


def _report(session: Session, done: Run) -> None:
    if done.decided_from:
        days = word("days_decided")
    else:
        days = word("days_known" if decided_day() else "days_unknown")
    out.print(
        word("run_done").format(
            as_of=done.as_of,
            accounts=f"{done.accounts:,}",
            days=days.format(first=done.decided_from, last=done.as_of),
            opened=f"{done.opened:,}",
            closed=f"{done.closed:,}",
        )
    )
    print_late(session, done.as_of)


def print_late(session: Session, as_of: date) -> None:
    """Name the sources that were late on that day, on standard error."""
    for late in late_sources(session.store, session.applied(), as_of):
        said: str = "silent_source" if late.fault is Fault.SILENT else late.fault
        if late.last is None:  # then it is late or silent, whichever
            said = "late_never"
        silence = word(f"silence_{late.unit}").format(n=late.allowed)
        message = word(said).format(source=late.source, last=late.last_said, silence=silence)
        err.print(f"[yellow]{word('warning')}[/] {escape(message)}", soft_wrap=True)


def stop_database() -> None:
    """Stop the embedded PostgreSQL of this home. The next command starts it again."""
    home = find_home()
    if home is None:
        raise NoHomeError("There is no Banso home here, so there is no database to stop.")
    if os.environ.get("DATABASE_URL"):
        out.print("DATABASE_URL names a server of your own; Banso does not stop it.")
        return
    stop(home)
    out.print(f"Stopped the database under {home}.")
