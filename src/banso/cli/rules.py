"""`banso rules`: drafts of rules, compared with what is in force; switched on, paused, resumed."""

import getpass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.backtest_shapes import IntervalItem
from banso.cli.definitions import AsJson
from banso.cli.output import out, print_json, table
from banso.cli.rule_shapes import (
    ComparisonItem,
    OnlyItem,
    OwnerLoadItem,
    PartItem,
    RuleItem,
    SideItem,
    WeekItem,
)
from banso.cli.running import AsOf, progress_bar, refuse_future
from banso.cli.session import Session, open_session
from banso.cli.words import word
from banso.core.definitions import Definitions
from banso.core.expressions import nearest
from banso.desk.queries.backtests import judged_backtests
from banso.desk.queries.decided import latest_run
from banso.desk.queries.drafts import drafts
from banso.desk.queries.mutes import muted_rules
from banso.desk.queries.pauses import pauses
from banso.desk.queries.rules import found_useful
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.drafts import drop_draft
from banso.desk.services.pauses import pause as pause_rule
from banso.desk.services.pauses import resume as resume_rule
from banso.pipeline.compared import Comparison, Part, Side, compared
from banso.pipeline.drafts import read_draft, replay_draft, save, switch_on, text_for

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
SHOWN = 10
BESIDE = 3
Rule = Annotated[str, typer.Argument(help="Name of the rule")]


@app.callback()
def rules() -> None:
    """Rules: drafts, comparing, switching on, pausing."""


@app.command("list")
def list_rules(as_json: AsJson = False) -> None:
    """List the rules in force and the drafts of new ones: state, how often right, how busy."""
    items = _items(open_session())
    if as_json:
        print_json(items)
        return
    rows = table(
        *("rule", "state", "precision_short", "found_useful", "a_week", "draft"),
        right=("a_week",),
    )
    for x in items:
        right = _share(x.precision, x.low, x.high)
        if x.outdated and x.precision is not None:
            right += f"\n[dim]{word('as_before')}[/]"
        shares = (right, _share(x.useful, x.useful_low, x.useful_high))
        rows.add_row(x.rule, _state(x), *shares, _weekly(x.alerts_a_week), _draft(x))
    out.print(rows)


@app.command("show")
def show(rule: Rule) -> None:
    """Print a rule's draft as YAML, else the rule in force: to edit, or to put into files."""
    session = open_session()
    text = text_for(rule)
    if text is None:
        raise _unknown(rule, session.applied())
    typer.echo(text, nl=False)


@app.command("draft")
def draft(
    file: Annotated[
        Path, typer.Argument(help="YAML file with one rule and what it needs", exists=True)
    ],
) -> None:
    """Save a draft; mistakes are named with their line. What is in force stays as it is."""
    open_session()
    saved = save(EVERYTHING, file.read_text(encoding="utf-8"))
    out.print(word("draft_saved").format(rule=saved.rule), soft_wrap=True)


@app.command("compare")
def compare(
    rule: Rule,
    draft: Annotated[
        Path | None,
        typer.Option(help="YAML file with the draft; default: the one that was saved", exists=True),
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Replay a draft and the rule in force over history, side by side."""
    session = open_session()
    run = latest_run()
    day = as_of.date() if as_of else run.as_of if run else session.today
    refuse_future(day, session)
    shape = _item(_compared(session, rule, draft, day))
    if as_json:
        print_json(shape)
    else:
        _print(shape)


@app.command("switch-on")
def put_on(
    rule: Rule,
    why: Annotated[str, typer.Option(help="The reason, kept with the set")] = "",
    by: Annotated[str | None, typer.Option(help="Who does it; default: your login")] = None,
) -> None:
    """Put the draft of a rule in force, by the same checks as `banso apply`."""
    open_session()
    made = switch_on(EVERYTHING, rule, by=by or getpass.getuser(), why=why)
    said = word("switched_on").format(rule=rule, fingerprint=made.fingerprint)
    out.print(said, soft_wrap=True)


@app.command("drop")
def drop(rule: Rule) -> None:
    """Drop the draft of a rule. The rule in force stays as it is."""
    open_session()
    drop_draft(scope=EVERYTHING, rule=rule)
    out.print(word("draft_dropped").format(rule=rule))


@app.command("pause")
def pause(
    rule: Rule, reason: Annotated[str, typer.Option(help="Why, kept with the pause")]
) -> None:
    """Pause a rule: from the next run on it tells nobody. Its episodes go on."""
    session = open_session()
    if rule not in session.applied().rules:
        raise _unknown(rule, session.applied())
    pause_rule(scope=EVERYTHING, rule=rule, reason=reason)
    out.print(word("rule_paused").format(rule=rule), soft_wrap=True)


@app.command("resume")
def resume(rule: Rule) -> None:
    """Resume a paused rule: the next run tells what still holds."""
    open_session()
    resume_rule(scope=EVERYTHING, rule=rule, now=datetime.now(tz=UTC))
    out.print(word("rule_resumed").format(rule=rule), soft_wrap=True)


def _unknown(rule: str, definitions: Definitions) -> typer.BadParameter:
    close = nearest(rule, definitions.rules)
    meant = f"; did you mean '{close}'?" if close else ""
    return typer.BadParameter(f"no rule '{rule}'{meant}", param_hint="RULE")


def _compared(session: Session, rule: str, file: Path | None, day: date) -> Comparison:
    with progress_bar("replay") as step:
        if file is None:
            return replay_draft(session.store, session.applied(), rule, as_of=day, progress=step)
        made = read_draft(file.read_text(encoding="utf-8"))
        if made.rule != rule:
            raise typer.BadParameter(f"{file} is a draft of '{made.rule}'", param_hint="--draft")
        return compared(session.store, session.applied(), made, as_of=day, progress=step)


def _item(found: Comparison) -> ComparisonItem:
    """In its documented shape."""
    return ComparisonItem(
        **{
            **vars(found),
            "live": _side(found.live) if found.live else None,
            "draft": _side(found.draft),
            "only_live": [OnlyItem(**vars(x)) for x in found.only_live],
            "only_draft": [OnlyItem(**vars(x)) for x in found.only_draft],
        }
    )


def _side(side: Side) -> SideItem:
    return SideItem(
        **{
            **vars(side),
            "fitting": _part(side.fitting),
            "untouched": _part(side.untouched),
            "coming": IntervalItem(**vars(side.coming)) if side.coming else None,
            "owners": [OwnerLoadItem(**vars(x)) for x in side.owners],
            "weeks": [WeekItem(week=week, alerts=alerts) for week, alerts in side.weeks],
        }
    )


def _part(part: Part | None) -> PartItem | None:
    return PartItem(**vars(part)) if part else None


def _items(session: Session) -> list[RuleItem]:
    definitions = session.applied()
    run = latest_run()
    said = found_useful(EVERYTHING, run) if run else {}
    saved, paused = drafts(), pauses()
    replays = judged_backtests(definitions.rules)
    muted = muted_rules(EVERYTHING, today=session.today)
    items = []
    for name in [*definitions.rules, *(x for x in saved if x not in definitions.rules)]:
        there, stopped = name in definitions.rules, paused.get(name)
        until = None if stopped else muted.get(name)
        on = "paused" if stopped else "muted" if until else "on"
        found, draft = replays.get(name), saved.get(name)
        useful = said.get(name)
        items.append(
            RuleItem(
                rule=name,
                state=on if there else "draft_only",
                until=until,
                reason=stopped.reason if stopped else None,
                precision=found.precision if found else None,
                low=found.low if found else None,
                high=found.high if found else None,
                outdated=found is not None and found.fingerprint != definitions.fingerprint,
                useful=useful.value if useful else None,
                useful_low=useful.interval.low if useful and useful.interval else None,
                useful_high=useful.interval.high if useful and useful.interval else None,
                alerts_a_week=found.weekly if found else None,
                draft_by=draft.member.handle if draft and draft.member else None,
                draft_at=draft.at if draft else None,
                compared_at=draft.compared_at if draft else None,
            )
        )
    return items


def _state(x: RuleItem) -> str:
    return word(f"rule.{x.state}").format(day=x.until)


def _share(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return word("unmeasured")
    return f"{value:.0%} [dim]({low:.0%}–{high:.0%})[/]"


def _weekly(value: float | None) -> str:
    return word("unmeasured") if value is None else f"{value:.2f}"


def _draft(x: RuleItem) -> str:
    if x.draft_at is None:
        return ""
    return escape(word("saved_by").format(at=x.draft_at, who=x.draft_by or "")).strip()


def _print(shape: ComparisonItem) -> None:
    said = word("compared_days" if shape.outcome else "compared_days_alone")
    out.print(said.format(**shape.model_dump()), soft_wrap=True)
    rows = table("", "in_force_rule", "draft", right=("in_force_rule", "draft"))
    live, new = _figures(shape.live), _figures(shape.draft)
    for at, name in enumerate(FIGURES):
        rows.add_row(word(name), live[at], new[at])
    out.print(rows)
    _print_owners(shape)
    counts = {
        "both": shape.in_both,
        "live": len(shape.only_live) + shape.more_live,
        "draft": len(shape.only_draft) + shape.more_draft,
    }
    out.print(word("in_both").format(**counts), soft_wrap=True)
    for title, some in (("only_draft", shape.only_draft), ("only_live", shape.only_live)):
        if some:
            _print_only(title, some)
    told = {"opens": len(shape.would_open), "closes": len(shape.would_close)}
    out.print(word("would_do").format(**told), soft_wrap=True)


FIGURES = (
    "all_alerts",
    "their_accounts",
    "alerts_a_week",
    "held_back",
    "precision",
    "by_chance",
    "right_fitting",
    "right_untouched",
    "shrinkage",
    "coming",
    "lead_days",
    "open_beside",
)


def _figures(side: SideItem | None) -> list[str]:
    if side is None:
        return [word("not_there"), *[""] * (len(FIGURES) - 1)]
    none = word("unmeasured")
    lead = none if side.lead is None else f"{side.lead:.0f}"
    base = none if side.base is None else f"{side.base:.0%}"
    lift = "" if side.lift is None else f" (× {side.lift:.1f})"
    change = none if side.shrinkage is None else f"{side.shrinkage * 100:+.0f}"
    coming = none if side.coming is None else f"{side.coming.low:.0%}–{side.coming.high:.0%}"
    beside = ", ".join(f"{name} {share:.0%}" for name, share in [*side.overlap.items()][:BESIDE])
    counts = (f"{side.alerts:,}", f"{side.accounts:,}", f"{side.a_week:.2f}")
    parts = [_right(x) for x in (side, side.fitting, side.untouched)]
    judged = [parts[0], base + lift, *parts[1:], change, coming, lead]
    return [*counts, f"{side.held_back:,}", *judged, beside or "–"]


def _right(side: SideItem | PartItem | None) -> str:
    if side is None or side.precision is None or side.low is None or side.high is None:
        return word("unmeasured")
    return f"{side.precision:.0%} ({side.low:.0%}–{side.high:.0%})"


def _print_owners(shape: ComparisonItem) -> None:
    live = {x.owner: x for x in shape.live.owners} if shape.live else {}
    new = {x.owner: x for x in shape.draft.owners}
    rows = table(
        *("owner", "in_force_rule", "draft"),
        title=word("for_each_owner"),
        right=("in_force_rule", "draft"),
    )
    owners = sorted({*live, *new}, key=lambda x: -max(y[x].a_week for y in (live, new) if x in y))
    for owner in owners[:SHOWN]:
        cells = [
            f"{side[owner].a_week:.2f} ({side[owner].most})" if owner in side else "0"
            for side in (live, new)
        ]
        rows.add_row(escape(owner or "-"), *cells)
    if owners:
        out.print(rows)


def _print_only(title: str, some: list[OnlyItem]) -> None:
    rows = table("account", "last_alert", title=word(title))
    for x in some[:SHOWN]:
        rows.add_row(escape(x.account_name), str(x.opened_on))
    out.print(rows)
    if len(some) > SHOWN:
        out.print(f"… +{len(some) - SHOWN} (--json)")
