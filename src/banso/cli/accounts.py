from datetime import date
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.account_shapes import AccountItem, MergeItem
from banso.cli.output import label, moment, number, out, print_json, state, table
from banso.cli.session import open_session
from banso.cli.today import AsJson, NotRunError, Owner, refuse_unknown_member, warn_of_age
from banso.cli.words import word
from banso.core.definitions import Definitions
from banso.desk.models import Merge
from banso.desk.queries.decided import latest_run
from banso.desk.queries.merges import ended_plays, merges
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.today import AssessedAccount, assessed_accounts
from banso.pipeline.merging import merge as bring_together
from banso.pipeline.merging import unmerge as split

JourneyOption = Annotated[str | None, typer.Option(help="Only this journey")]


class Colour(StrEnum):
    HEALTHY = "healthy"
    WATCH = "watch"
    AT_RISK = "at_risk"
    UNMEASURED = "unmeasured"


ColourOption = Annotated[Colour | None, typer.Option(help="Only this health")]


app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def accounts(
    context: typer.Context,
    owner: Owner = None,
    journey: JourneyOption = None,
    colour: ColourOption = None,
    as_json: AsJson = False,
) -> None:
    """Every account's stage and health, as the last run found them; merge, unmerge, merges."""
    if context.invoked_subcommand is not None:
        return
    session = open_session()
    run = latest_run()
    if run is None:
        raise NotRunError("Nothing has been computed yet: `banso run`.")
    known = session.applied().journeys
    if journey is not None and journey not in known:
        raise typer.BadParameter(
            f"no journey '{journey}'. Journeys: {', '.join(known) or 'none yet'}",
            param_hint="--journey",
        )
    refuse_unknown_member(owner)
    items = [
        _item(x, run.as_of)
        for x in assessed_accounts(EVERYTHING, run, owner=owner)
        if journey in (None, x.journey) and colour in (None, x.colour)
    ]
    if as_json:
        print_json(items)
    else:
        warn_of_age(session, run.as_of)
        _print(items, session.applied(), run.as_of)


Key = Annotated[str, typer.Argument(help="Key of the account")]


@app.command("merge")
def merge(
    account: Annotated[
        str, typer.Argument(help="Key of the account that turned out to be another")
    ],
    into: Annotated[str, typer.Argument(metavar="INTO", help="Key of the account that stays")],
) -> None:
    """Two accounts are one company: contacts, contracts, alerts, tasks and plays go over, and facts
    of both count from the next run on. `unmerge` splits them again."""
    session = open_session()
    made = bring_together(
        session.store,
        scope=EVERYTHING,
        account=account,
        into=into,
        day=session.today,
        now=session.now,
    )
    _say(made, "merged_now")


@app.command("unmerge")
def unmerge(account: Key) -> None:
    """Split an account from the one that it was merged into; what came since stays there."""
    session = open_session()
    made = split(session.store, scope=EVERYTHING, account=account, now=session.now)
    _say(made, "unmerged_now")
    for play in ended_plays(made):
        told = word("play_stays_ended").format(play=escape(play), account=escape(made.account.key))
        out.print(told, soft_wrap=True)


@app.command("merges")
def list_merges(as_json: AsJson = False) -> None:
    """List which accounts were merged, into which, by whom, and what was split again."""
    open_session()
    items = [
        MergeItem(**{k: v for k, v in vars(x).items() if k != "number"}) for x in merges(EVERYTHING)
    ]
    if as_json:
        print_json(items)
        return
    rows = table("account", "merged_into", "merged_at", "member", "split_at")
    for x in items:
        split_at = f"{x.undone_at:%Y-%m-%d %H:%M}" if x.undone_at else ""
        told = (escape(x.account), escape(x.into), f"{x.at:%Y-%m-%d %H:%M}")
        rows.add_row(*told, escape(x.member or ""), split_at)
    out.print(rows)


def _say(made: Merge, name: str) -> None:
    told = word(name).format(account=escape(made.account.key), into=escape(made.into.key))
    out.print(told, soft_wrap=True)


def _item(found: AssessedAccount, as_of: date) -> AccountItem:
    return AccountItem(**vars(found), as_of=as_of)


def _print(items: list[AccountItem], definitions: Definitions, as_of: date) -> None:
    rows = table(
        "account",
        "owner",
        "journey",
        "stage",
        "days_in_stage",
        "colour",
        "score",
        "confidence",
        title=moment(as_of),
        right=("days_in_stage", "score", "confidence"),
    )
    for item in items:
        overdue = f"{word('overdue')} " if item.overdue else ""
        rows.add_row(
            _named(item),
            item.owner or "",
            *_journey_and_stage(item, definitions),
            f"{overdue}{item.days_in_stage}",
            state(item.colour),
            number(item.score) if item.colour != Colour.UNMEASURED else "-",
            f"{item.confidence:.0%}",
        )
    out.print(rows)


def _named(item: AccountItem) -> str:
    key = f" [dim]{escape(item.account)}[/]" if item.account != item.account_name else ""
    return escape(item.account_name) + key


def _journey_and_stage(item: AccountItem, definitions: Definitions) -> tuple[str, str]:
    """Their labels; the plain names where definitions no longer have them."""
    journey = definitions.journeys.get(item.journey)
    if journey is None:
        return item.journey, item.stage
    stage = next((x for x in journey.stages if x.name == item.stage), None)
    journey_texts = journey.label.model_dump() if journey.label else None
    stage_texts = stage.label.model_dump() if stage and stage.label else None
    return label(journey_texts, item.journey), label(stage_texts, item.stage)
