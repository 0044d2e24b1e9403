"""`banso plays`: what is done step by step, where it stands, and doing it by hand."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.output import label, out, print_json, table
from banso.cli.play_drafts import COMMANDS, Name, text_for
from banso.cli.plays_shapes import EntryItem, PlayItem, PlayRunItem, TextItem
from banso.cli.session import Session, open_session
from banso.cli.today import expected_item
from banso.cli.words import language, word
from banso.core.definitions.plays import Play, every
from banso.core.expressions import nearest
from banso.core.plays.in_words import (
    RESTS,
    play_label,
    problem_words,
    reason_words,
    steps_in_words,
)
from banso.desk.models import DraftKind, RunState
from banso.desk.queries.drafts import drafts
from banso.desk.queries.plays import (
    Candidate,
    PlayFigures,
    RunView,
    account_of_key,
    parked_runs,
    play_figures,
    play_runs,
)
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.plays import stop as stop_run
from banso.pipeline.mails import Preview, previews
from banso.pipeline.play_entries import Entry, NobodyMeantError, candidates, entries, go_on
from banso.pipeline.play_entries import start as start_play

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]
Segment = Annotated[str | None, typer.Option(help="Accounts of this segment, as of the newest run")]
Accounts = Annotated[
    list[str] | None,
    typer.Option("--account", "-a", help="This account (key), and more behind it or once more"),
]
More = Annotated[
    list[str] | None, typer.Argument(metavar="[ACCOUNT]...", help="More accounts (`--account`)")
]


for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


@app.callback()
def plays() -> None:
    """Plays: what is done about a customer, step by step."""


@app.command("list")
def list_plays(as_json: AsJson = False) -> None:
    """List the plays in force, with how many runs each has."""
    definitions = open_session().applied()
    figures = play_figures(EVERYTHING)
    rules: dict[str, list[str]] = {}
    for rule in definitions.rules.values():
        if rule.play:
            rules.setdefault(rule.play, []).append(rule.name)
    saved = drafts(DraftKind.PLAY)
    items = [
        PlayItem(
            name=name,
            label=dict(play_label(play, name)),
            rules=rules.get(name, []),
            steps=len(list(every(play.steps))),
            draft_at=saved[name].at if name in saved else None,
            **vars(figures.get(name, PlayFigures())),
        )
        for name, play in definitions.plays.items()
    ]
    new = [x for x in saved if x not in definitions.plays]
    if as_json:
        print_json(items)
        return
    numbers = ("open_runs", "parked_runs", "ended_runs", "kept_out")
    rows = table("play", "label", "rule", *numbers, "draft", right=numbers)
    for x in items:
        counts = (str(y) for y in (x.open, x.parked, x.ended, x.kept_out))
        draft = f"{x.draft_at:%Y-%m-%d}" if x.draft_at else ""
        rows.add_row(x.name, escape(label(x.label, x.name)), ", ".join(x.rules), *counts, draft)
    out.print(rows)
    if new:
        out.print(word("new_play_drafts").format(names=", ".join(new)))


@app.command()
def show(
    play: Name,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Its YAML: the draft, else the play in force; to edit")
    ] = False,
) -> None:
    """Show the steps of a play in words, or as YAML."""
    session = open_session()
    if as_yaml and (text := text_for(play)) is not None:
        typer.echo(text, nl=False)
        return
    found = _play(session, play)
    out.print(f"{escape(label(play_label(found, play), play))} ({play})")
    if found.description:
        out.print(escape(getattr(found.description, language())))
    for step in steps_in_words(session.applied(), found):
        indent = "  " * step.depth
        if step.side:
            out.print(escape(f"{indent}{getattr(step.side, language())}:"))
        out.print(escape(f"{indent}{step.key}  {getattr(step.title, language())}"))
        for detail in step.details:
            out.print(escape(f"{indent}   {getattr(detail, language())}"), style="dim")


@app.command()
def preview(
    play: Name,
    more: More = None,
    segment: Segment = None,
    account: Accounts = None,
    as_json: AsJson = False,
) -> None:
    """Show who would enter a play now, and who is kept out and why. Changes nothing.

    Default: accounts with an open alert of the rules that start it."""
    session = open_session()
    found = _play(session, play)
    chosen = _candidates(session, found, segment, _keys(account, more))
    _print(entries(EVERYTHING, found, chosen, day=session.today), segment, as_json)


@app.command("preview-text")
def preview_text(
    play: Name,
    account: Annotated[str, typer.Option(help="With the data of this account (key)")],
    as_json: AsJson = False,
) -> None:
    """Show what a play would say about an account: tasks, messages, mails. Changes nothing."""
    session = open_session()
    found, definitions = _play(session, play), session.applied()
    chosen = account_of_key(EVERYTHING, account)
    if chosen is None:
        raise typer.BadParameter(f"no account '{account}'", param_hint="--account")
    items = [_text(x) for x in previews(definitions, found, chosen, day=session.today)]
    if as_json:
        print_json(items)
        return
    rows = table("step", "part", "to", "said")
    for x in items:
        told = label(x.texts or x.problem or {}, "")
        rows.add_row(x.step, x.part, escape(x.to), escape(told if x.texts else f"! {told}"))
    out.print(rows)


def _text(found: Preview) -> TextItem:
    code, name = found.problem or ("", "")
    return TextItem(
        step=found.step,
        kind=found.kind,
        part=found.part,
        to=found.to,
        texts=found.said.model_dump() if found.said else None,
        problem=problem_words({"code": code, "name": name}).model_dump() if code else None,
    )


@app.command()
def start(
    play: Name,
    more: More = None,
    account: Accounts = None,
    segment: Segment = None,
    open_alerts: Annotated[
        bool, typer.Option("--open-alerts", help="Accounts with an open alert of its rules")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start a play by hand, for all who may enter it. Say for whom."""
    if sum((bool(account), segment is not None, open_alerts)) != 1:
        raise typer.BadParameter("say one of --account, --segment, --open-alerts")
    session = open_session()
    found = _play(session, play)
    chosen = _candidates(session, found, segment, _keys(account, more))
    made = start_play(EVERYTHING, session.applied(), found, chosen, day=session.today)
    _print(made, segment, as_json)


@app.command("runs")
def list_runs(
    play: Annotated[str | None, typer.Option(help="Only this play")] = None,
    account: Annotated[str | None, typer.Option(help="Only this account (key)")] = None,
    state: Annotated[RunState | None, typer.Option(help="Only runs in this state")] = None,
    as_json: AsJson = False,
) -> None:
    """List runs: parked ones first, with their problem, then the newest."""
    open_session()
    chosen = state.value if state else None
    views = play_runs(EVERYTHING, play=play, account=account, state=chosen)
    if as_json:
        print_json([_item(x) for x in views])
        return
    rows = table(
        "number", "play", "account", "run_state", "step", "tasks", "told", right=("tasks",)
    )
    for x in views:
        state_word, told = word(f"run.{x.state}"), escape(_told(x))
        rows.add_row(
            str(x.number), x.play, escape(x.account_name), state_word, x.at, str(x.tasks), told
        )
    out.print(rows)


@app.command()
def stop(run: Annotated[int, typer.Argument(help="Number of the run (see `runs`)")]) -> None:
    """End a run; its open tasks are withdrawn."""
    session = open_session()
    stopped = stop_run(scope=EVERYTHING, run=run, day=session.today)
    out.print(word("run_stopped").format(play=stopped.play, account=escape(str(stopped.account))))


@app.command()
def resume(
    run: Annotated[
        int | None, typer.Argument(help="Number of the run; default: all that are parked")
    ] = None,
) -> None:
    """Let parked runs go on where they stood, after what stopped them was mended."""
    session = open_session()
    runs = parked_runs(EVERYTHING) if run is None else [run]
    go_on(EVERYTHING, session.applied(), runs, day=session.today)
    left = {x.number for x in play_runs(EVERYTHING, state=RunState.PARKED)} & set(runs)
    out.print(word("runs_resumed").format(count=len(runs) - len(left), left=len(left)))


def _play(session: Session, name: str) -> Play:
    known = session.applied().plays
    if name not in known:
        close = nearest(name, known)
        meant = f"; did you mean '{close}'?" if close else ""
        raise typer.BadParameter(f"no play '{name}'{meant}", param_hint="PLAY")
    return known[name]


def _keys(account: list[str] | None, more: list[str] | None) -> list[str]:
    """`--account A --account B` and `--account A B` are the same."""
    if more and not account:
        raise typer.BadParameter(
            f"'{more[0]}': say --account before accounts", param_hint="ACCOUNT"
        )
    return [*(account or ()), *(more or ())]


def _candidates(
    session: Session, play: Play, segment: str | None, keys: Sequence[str]
) -> Sequence[Candidate]:
    definitions = session.applied()
    try:
        return candidates(EVERYTHING, definitions, play, accounts=keys, segment=segment or "")
    except NobodyMeantError as error:
        if error.kind == "account":
            raise typer.BadParameter(f"{error}; `banso accounts` lists them") from error
        close = nearest(error.name, definitions.segments)
        meant = f"; did you mean '{close}'?" if close else ""
        raise typer.BadParameter(f"{error}{meant}", param_hint="--segment") from error


def _print(found: Sequence[Entry], segment: str | None, as_json: bool) -> None:
    items = [_entry(x) for x in found]
    if as_json:
        print_json(items)
        return
    if not items:
        out.print(word("no_alert_of_its_rules" if segment is None else "segment_is_empty"))
        return
    rows = table("account", "enters", "kept_out_because")
    for x in items:
        why = label(x.words, "") if x.words else ""
        rows.add_row(escape(x.account_name), word("yes" if x.enters else "no"), escape(why))
    out.print(rows)


def _entry(found: Entry) -> EntryItem:
    kept = found.out
    about = {"until": str(kept.until or ""), "play": kept.play} if kept else None
    return EntryItem(
        account=found.candidate.key,
        account_name=found.candidate.name,
        enters=kept is None,
        reason=kept.reason if kept else None,
        words=reason_words(kept.reason, about).model_dump() if kept else None,
        until=kept.until if kept else None,
    )


def _item(run: RunView) -> PlayRunItem:
    parked = run.state == RunState.PARKED and run.about is not None
    return PlayRunItem(
        run=run.number,
        play=run.play,
        fingerprint=run.fingerprint,
        account=run.account_key,
        account_name=run.account_name,
        started_by=run.started_by,
        rule=run.rule or None,
        state=run.state,
        at=run.at or None,
        tasks=run.tasks,
        waits=run.waits or None,
        entered_on=run.entered_on,
        ended_on=run.ended_on,
        because=run.because or None,
        problem=problem_words(run.about or {}).model_dump() if parked else None,
        expected=expected_item(run.expected),
    )


def _told(run: RunView) -> str:
    """What there is to say of it beside its state."""
    if run.state == RunState.PARKED and run.about:
        return label(problem_words(run.about).model_dump(), "")
    if run.because:
        return label(reason_words(run.because, run.about).model_dump(), "")
    return label(RESTS[run.waits].model_dump(), "") if run.waits else ""
