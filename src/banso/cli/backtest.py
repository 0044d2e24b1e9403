"""backtest: a rule replayed over history, before it is switched on."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from banso.cli.backtest_shapes import (
    BacktestItem,
    FiredItem,
    IntervalItem,
    LoadItem,
    PeriodItem,
)
from banso.cli.definitions import AsJson
from banso.cli.output import label, out, print_json, table
from banso.cli.running import DAY_FORMATS, AsOf, progress_bar, refuse_future
from banso.cli.session import Session, open_session
from banso.cli.words import word
from banso.core.definitions import Definitions, overlaid
from banso.core.rules.backtest import Period
from banso.core.rules.precision import Interval
from banso.core.rules.verdicts import Verdict
from banso.desk.queries.decided import latest_run
from banso.desk.queries.definitions import files_in_force
from banso.pipeline.backtest import Backtest, Question
from banso.pipeline.backtest import backtest as replay_rules
from banso.pipeline.kept_backtests import keep_backtests

SHOWN = 10
Draft = Annotated[
    Path | None,
    typer.Option(
        help="YAML file laid over the definitions in force: the draft of a rule, and what it needs",
        exists=True,
        dir_okay=False,
    ),
]
RuleName = Annotated[
    str | None,
    typer.Argument(
        help="Name of the rule; default: every rule in force, kept for the pages",
        show_default=False,
    ),
]
Outcome = Annotated[
    str | None,
    typer.Option(help="Outcome to judge it by; default: the one it names, else the first one"),
]
Since = Annotated[
    datetime | None,
    typer.Option(help="First day to replay; default: of the first fact", formats=DAY_FORMATS),
]
HeldOutFrom = Annotated[
    datetime | None,
    typer.Option(
        help="First day of the untouched period; default: chosen by the length of the history",
        formats=DAY_FORMATS,
    ),
]
Budget = Annotated[
    int | None,
    typer.Option(help="New alerts for each owner and week; default: as defined", min=1),
]


def backtest(
    rule: RuleName = None,
    draft: Draft = None,
    outcome: Outcome = None,
    as_of: AsOf = None,
    since: Since = None,
    held_out_from: HeldOutFrom = None,
    budget: Budget = None,
    as_json: AsJson = False,
) -> None:
    """Replay a rule over history: whom it would have told what, how often it was right, how early.

    Changes no alert. The replay is the very code that decides each morning."""
    if rule is None and (draft or outcome or since or held_out_from or budget or as_json):
        raise typer.BadParameter(
            "name the rule: what is kept for the pages is of all rules as they are in force, and "
            "only --as-of goes with it.",
            param_hint="RULE",
        )
    session = open_session()
    run = latest_run()
    day = as_of.date() if as_of else run.as_of if run else session.today
    refuse_future(day, session)
    if rule is None:
        _keep(session, day)
        return
    definitions = with_draft(session, draft)
    question = Question(
        rules=[rule],
        outcome=outcome or _meant(definitions, rule),
        as_of=day,
        since=since.date() if since else None,
        held_out_from=held_out_from.date() if held_out_from else None,
        budget=budget,
    )
    with progress_bar("replay") as step:
        (found,) = replay_rules(session.store, definitions, question, progress=step)
    if as_json:
        print_json(item(found))
    else:
        _print(item(found), found)


def _meant(definitions: Definitions, rule: str) -> str | None:
    """The outcome that the rule is there for, else the first one."""
    own = definitions.rules[rule].outcome if rule in definitions.rules else None
    return own or next(iter(definitions.outcomes), None)


def _keep(session: Session, day: date) -> None:
    with progress_bar("replay") as step:
        count = keep_backtests(session.store, session.applied(), as_of=day, progress=step)
    out.print(word("replays_kept").format(count=count), soft_wrap=True)


def with_draft(session: Session, draft: Path | None) -> Definitions:
    """The definitions in force, with a draft laid over them. DefinitionError names its mistakes."""
    in_force = session.applied()
    if draft is None:
        return in_force
    return overlaid(files_in_force(), {str(draft): draft.read_text(encoding="utf-8")})


def item(found: Backtest) -> BacktestItem:
    """A backtest in its documented shape."""
    rule, outcome, judged = found.rule, found.outcome, found.judged
    return BacktestItem(
        rule=rule.name,
        label=rule.label.model_dump() if rule.label else {"en": rule.name, "ja": rule.name},
        outcome=outcome.name if outcome else None,
        lead_days=outcome.lead_days if outcome else None,
        within_days=outcome.within_days if outcome else None,
        fingerprint=found.fingerprint,
        first=found.first,
        last=found.axis.last,
        accounts=found.accounts,
        budget=found.budget,
        whole=_period(found, judged.whole) if judged else None,
        fitting=_period(found, judged.fitting) if judged else None,
        untouched=_period(found, judged.untouched) if judged else None,
        shrinkage=judged.shrinkage if judged else None,
        next_period=_interval(judged.coming) if judged else None,
        lead_quantiles=_leads(found),
        overlap=dict(found.overlap),
        loads=[LoadItem(**vars(x)) for x in found.loads],
        fired=[
            FiredItem(
                **{
                    **vars(x),
                    "verdict": x.verdict.code if x.verdict is not None else None,
                    "arr": None if x.arr is None else float(x.arr),
                }
            )
            for x in found.fired
        ],
    )


def _period(found: Backtest, period: Period | None) -> PeriodItem | None:
    if period is None:
        return None
    return PeriodItem(
        first=found.day(period.first),
        last=found.day(period.stop - 1),
        alerts=period.alerts,
        hits=period.counts[Verdict.HIT],
        late=period.counts[Verdict.LATE],
        misses=period.counts[Verdict.MISS],
        unknown=period.counts[Verdict.UNKNOWN],
        not_applicable=period.counts[Verdict.NOT_APPLICABLE],
        accounts=period.precision.accounts,
        precision=period.precision.value,
        interval=_interval(period.precision.interval),
        base_rate=period.base,
        lift=period.lift,
        lift_interval=_interval(period.lift_interval),
    )


def _interval(interval: Interval | None) -> IntervalItem | None:
    return IntervalItem(low=interval.low, high=interval.high) if interval else None


def _leads(found: Backtest) -> dict[str, float] | None:
    if found.judged is None or found.judged.leads is None:
        return None
    return {f"{at:g}": days for at, days in found.judged.leads.items()}


def _print(shape: BacktestItem, found: Backtest) -> None:
    out.print(
        f"[bold]{escape(label(shape.label, shape.rule))}[/] ({shape.rule})  "
        f"{shape.first} – {shape.last}, {shape.accounts:,} {word('accounts')}"
    )
    _print_load(shape)
    if shape.whole is None:
        out.print(word("no_outcome"), soft_wrap=True)
    else:
        _print_judged(shape, found)
    if shape.overlap:
        rows = table("rule", "overlap", title=word("overlaps"), right=("overlap",))
        for name, value in list(shape.overlap.items())[:SHOWN]:
            rows.add_row(name, f"{value:.0%}")
        out.print(rows)
    if shape.fired:
        out.print(_newest(shape))


def _print_load(shape: BacktestItem) -> None:
    weeks = max((shape.last - shape.first).days + 1, 1) / 7
    held = sum(x.held_back for x in shape.loads)
    out.print(word("replayed_rule").format(alerts=f"{len(shape.fired):,}", held=f"{held:,}"))
    rows = table("owner", "alerts", "a_week", "busiest_week", "held_back", right=("alerts",))
    alerts, most, back = Counter[str](), dict[str, tuple[int, date]](), Counter[str]()
    for x in shape.loads:
        owner = x.owner or "-"
        alerts[owner] += x.alerts
        back[owner] += x.held_back
        most[owner] = max(most.get(owner, (0, x.week)), (x.alerts, x.week))
    for owner, count in alerts.most_common(SHOWN):
        busiest = f"{most[owner][0]} ({most[owner][1]})"
        rows.add_row(escape(owner), f"{count:,}", f"{count / weeks:.2f}", busiest, f"{back[owner]}")
    if alerts:
        out.print(rows)


def _print_judged(shape: BacktestItem, found: Backtest) -> None:
    rows = table(
        *("period", "alerts", "hits", "late_alerts", "misses", "not_judged"),
        *("precision", "base_rate", "lift"),
        title=f"{word('against_outcome')}: {shape.outcome} "
        f"({shape.lead_days}–{shape.within_days} {word('days')})",
        right=("alerts", "hits", "late_alerts", "misses", "not_judged", "precision"),
    )
    for name in ("whole", "fitting", "untouched"):
        period: PeriodItem | None = getattr(shape, name)
        if period is not None:
            rows.add_row(f"{word(name)}\n[dim]{period.first} – {period.last}[/]", *_cells(period))
    out.print(rows)
    if shape.untouched is None:
        out.print(word("not_held_out"), soft_wrap=True)
    elif shape.next_period is not None:
        shrinkage = word("unmeasured") if shape.shrinkage is None else f"{shape.shrinkage:+.0%}"
        said = word("held_out").format(shrinkage=shrinkage, **_percent(shape.next_period))
        out.print(said, soft_wrap=True)
    if shape.lead_quantiles:
        days = {f"q{float(at) * 100:.0f}": f"{x:.0f}" for at, x in shape.lead_quantiles.items()}
        out.print(word("leads").format(**days), soft_wrap=True)


def _percent(interval: IntervalItem) -> dict[str, str]:
    return {"low": f"{interval.low:.0%}", "high": f"{interval.high:.0%}"}


def _cells(period: PeriodItem) -> list[str]:
    precision, lift = word("unmeasured"), word("unmeasured")
    if period.precision is not None and period.interval is not None:
        precision = f"{period.precision:.0%} [dim]{_range(period.interval, '.0%')}[/]"
    if period.lift is not None and period.lift_interval is not None:
        lift = f"{period.lift:.1f} [dim]{_range(period.lift_interval, '.1f')}[/]"
    chance = word("unmeasured") if period.base_rate is None else f"{period.base_rate:.1%}"
    counts = (period.alerts, period.hits, period.late, period.misses)
    not_judged = period.unknown + period.not_applicable
    return [*(f"{x:,}" for x in counts), f"{not_judged:,}", precision, chance, lift]


def _range(interval: IntervalItem, form: str) -> str:
    return f"({interval.low:{form}}–{interval.high:{form}})"


def _newest(shape: BacktestItem) -> Table:
    rows = table(
        *("account", "owner", "opened_on", "closed_on", "verdict", "outcome_on"),
        title=word("newest_alerts").format(shown=min(SHOWN, len(shape.fired))),
    )
    for x in shape.fired[: -SHOWN - 1 : -1]:
        verdict = "" if x.verdict is None else word(f"verdict.{x.verdict}")
        rows.add_row(
            escape(x.account_name),
            escape(x.owner or ""),
            str(x.opened_on),
            str(x.closed_on or ""),
            verdict,
            str(x.outcome_on or ""),
        )
    return rows
