from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from banso.cli.explain_shapes import ChangeItem, ExplainItem, JourneyItem, MetricItem
from banso.cli.explaining import item
from banso.cli.output import label, moment, number, out, print_json, state, table
from banso.cli.running import DAY_FORMATS, AsOf, refuse_future
from banso.cli.session import open_session
from banso.cli.shapes import Why
from banso.cli.words import language, word
from banso.desk.queries.decided import latest_run
from banso.desk.queries.scope import EVERYTHING
from banso.pipeline.explain import explain_account

HOLDS = {True: "yes", False: "no", None: "unmeasured"}


def explain(
    account: Annotated[str, typer.Argument(help="Key or name of the account")],
    as_of: AsOf = None,
    against: Annotated[
        datetime | None, typer.Option(help="Another day to compare with", formats=DAY_FORMATS)
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Count the day in progress too, as far as it is known")
    ] = False,
    metric: Annotated[
        list[str] | None, typer.Option(help="Show this metric and its facts (repeatable)")
    ] = None,
    facts: Annotated[int, typer.Option(help="At most so many facts a metric", min=0)] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables")] = False,
) -> None:
    """Stage, score, reasons, ledger and the very facts that count, for one account."""
    session = open_session()
    definitions = session.applied()
    run = latest_run()
    day = as_of.date() if as_of else run.as_of if run else session.today
    if now:
        day = session.today + timedelta(days=1)  # its midnight ends the day in progress
    else:
        refuse_future(day, session)
    if against:
        refuse_future(against.date(), session)
    found = explain_account(
        EVERYTHING,
        session.store,
        definitions,
        account=account,
        as_of=day,
        against=against.date() if against else None,
        metrics=metric or (),
        limit=facts,
    )
    shape = item(found, definitions, provisional=now)
    if as_json:
        print_json(shape)
    else:
        _print(shape, ZoneInfo(definitions.organisation.time_zone))


def _print(shape: ExplainItem, zone: ZoneInfo) -> None:
    owner = f"  {word('owner')}: {shape.owner}" if shape.owner else ""
    out.print(f"[bold]{escape(shape.account_name)}[/] ({escape(shape.account)}){owner}")
    version = f"{word('definitions')} {shape.fingerprint}"
    day = word("so_far") if shape.provisional else moment(shape.as_of)
    out.print(f"{day}, {zone.key}, {version}\n")
    for alert in shape.alerts:
        since = f"{word('opened_on')}: {alert.opened_on}"
        out.print(f"[bold]{word('alert')}[/] {label(alert.label, alert.rule)} ({since})")
        for why in alert.why:
            out.print(f"  · {escape(why.text[language()])} [dim]({moment(alert.opened_on)})[/]")
        out.print(f"  → {escape(alert.action[language()])}\n")
    if not shape.journeys:
        out.print(f"{word('no_customer')}\n")
    for journey in shape.journeys:
        _print_journey(journey)
    for change in shape.changes:
        _print_change(change, shape.as_of)
    for metric in shape.metrics:
        _print_metric(metric, zone)


def _print_journey(journey: JourneyItem) -> None:
    expected = f" / {word('expected')} {journey.expected_days}" if journey.expected_days else ""
    overdue = f" [red]{word('overdue')}[/]" if journey.overdue else ""
    out.print(
        f"[bold]{label(journey.label, journey.journey)}[/]: "
        f"{label(journey.stage_label, journey.stage)} "
        f"({journey.days_in_stage}{expected} {word('days')}){overdue}  {state(journey.colour)} "
        f"{word('score')} {number(journey.score)}, {word('confidence')} {journey.confidence:.0%}"
    )
    rows = table("condition", "holds", "points", "weight", "why", right=("points", "weight"))
    for condition in journey.conditions:
        holds = word(HOLDS[condition.holds])
        rows.add_row(
            escape(label(condition.label, condition.condition)),
            f"{holds} ({word(condition.unmeasured)})" if condition.unmeasured else holds,
            number(condition.points, 2),
            f"{condition.weight:g}",
            escape("\n".join(_words(why) for why in condition.evidence)),
        )
    out.print(rows)


def _words(why: Why) -> str:
    return why.text[language()]


def _print_change(change: ChangeItem, as_of: date) -> None:
    if change.delta is None:
        out.print(f"{change.journey}: {change.against} → {as_of}: {word('unmeasured')}\n")
        return
    out.print(
        f"[bold]{change.journey}[/] {change.against} → {as_of}: {word('score')} "
        f"{number(change.score_before, 1)} → {number(change.score_after, 1)} ({change.delta:+.1f})"
    )
    rows = table("part", "condition", "amount", "value", right=("amount",))
    for part in change.parts:
        values = f"{_plain(part.before)} → {_plain(part.after)}"
        kind = word(f"kind.{part.kind}")
        rows.add_row(kind, escape(label(part.label, part.condition)), f"{part.amount:+.1f}", values)
    out.print(rows)


def _plain(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}"


def _value(metric: MetricItem) -> str:
    if isinstance(metric.value, str):
        return metric.value
    if metric.value is not None and metric.kind in {"ratio", "change"}:
        return f"{metric.value:.1%}"
    return number(metric.value, 0 if metric.value == int(metric.value or 0) else 2)


def _print_metric(metric: MetricItem, zone: ZoneInfo) -> None:
    reason = f" ({word(metric.unmeasured)})" if metric.unmeasured else ""
    window = ""
    if metric.until is not None:
        window = f"  [{_instant(metric.since, zone)} .. {_instant(metric.until, zone)})"
    inputs = f"  = {metric.kind}({', '.join(metric.inputs)})" if metric.inputs else ""
    head = f"{label(metric.label, metric.metric)} ({metric.metric}), {moment(metric.as_of)}: "
    head += f"{_value(metric)}{reason}"
    out.print(f"[bold]{escape(head)}[/]{escape(inputs + window)}")
    if metric.where:
        out.print(f"  [dim]{escape(metric.where)}[/]")
    if not metric.facts:
        return
    rows = table("time", "user", "event", "feature", "product", "source", "value")
    for fact in metric.facts:
        rows.add_row(
            f"{fact.time.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            escape(fact.user or ""),
            *(escape(x) for x in (fact.event, fact.feature, fact.product, fact.source)),
            "" if fact.value is None else f"{fact.value:g}",
        )
    out.print(rows)


def _instant(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "-∞"
