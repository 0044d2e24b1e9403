from datetime import date
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.output import err, label, moment, number, out, print_json, priority, table
from banso.cli.running import print_late
from banso.cli.session import Session, open_session
from banso.cli.shapes import ExpectedItem, TodayItem, Why
from banso.cli.words import language, word
from banso.core.rules.rank import Stake, rank
from banso.desk.models import Judgement
from banso.desk.queries.decided import latest_run
from banso.desk.queries.members import member_exists, member_handles
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.today import OpenAlert, open_alerts

Owner = Annotated[str | None, typer.Option(help="Only this member's accounts (handle or name)")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]


REASONS = 3


class NotRunError(Exception):
    """Nothing has been computed yet."""


def today(owner: Owner = None, as_json: AsJson = False) -> None:
    """Which customer needs which action now, why, and how much is at stake.

    Alerts that are done, not useful or snoozed are left out."""
    session = open_session()
    run = latest_run()
    if run is None:
        raise NotRunError("Nothing has been computed yet: `banso run`.")
    refuse_unknown_member(owner)
    items = today_items(session, run.as_of, owner)
    if as_json:
        print_json(items)
    else:
        warn_of_age(session, run.as_of)
        print_today(items, run.as_of)


def warn_of_age(session: Session, as_of: date) -> None:
    """Say, beside what is shown, that it is old or rests on sources that are late."""
    if as_of < session.today:
        err.print(word("late_run").format(as_of=as_of, today=session.today), soft_wrap=True)
    print_late(session, as_of)


def refuse_unknown_member(owner: str | None) -> None:
    """An owner that is no member is a slip of the keyboard, not somebody without work."""
    if owner is not None and not member_exists(owner):
        raise typer.BadParameter(
            f"no member '{owner}'. Members: {', '.join(member_handles()) or 'none yet'}",
            param_hint="--owner",
        )


def today_items(session: Session, as_of: date, owner: str | None) -> list[TodayItem]:
    """Open alerts that nobody has handled yet, most urgent first."""
    alerts = open_alerts(EVERYTHING, owner=owner, to_do_on=session.today)
    currency = session.applied().organisation.currency
    ranked = rank(alerts, stake=lambda x: Stake(x.priority, x.arr, x.opened_on))
    return [today_item(alert, as_of, currency) for alert in ranked]


def today_item(alert: OpenAlert, as_of: date, currency: str) -> TodayItem:
    """An alert in its documented shape."""
    return TodayItem(
        account=alert.account,
        account_name=alert.account_name,
        rule=alert.rule,
        label=alert.label,
        journey=alert.journey or None,
        action=alert.action,
        why=[Why.model_validate(x) for x in alert.why],
        owner=alert.owner,
        priority=alert.priority,
        opened_on=alert.opened_on,
        expected=expected_item(alert.expected),
        arr=None if alert.arr is None else float(alert.arr),
        currency=currency,
        as_of=as_of,
    )


def expected_item(x: Judgement | None) -> ExpectedItem | None:
    return ExpectedItem(came=x.came, due_on=x.due_on, reached_on=x.reached_on) if x else None


def print_today(items: list[TodayItem], as_of: date, most: int | None = None) -> None:
    """The table of open alerts; `most` rows of it, and how many there are in all."""
    if not items:
        out.print(word("nothing_today"))
        return
    revenue = any(item.arr is not None for item in items)
    rows = table(
        *("priority", "account", "rule", "why_then", "action"),
        *(["arr"] if revenue else []),
        title=f"{word('today')} ({moment(as_of)})",
        right=("arr",),
        lines=True,
    )
    for item in items[:most]:
        rows.add_row(*_cells(item), *([number(item.arr)] if revenue else []))
    out.print(rows)
    out.print(f"{len(items):,} {word('open_alerts')}" + _first(most, len(items)))


def _first(most: int | None, count: int) -> str:
    return "" if most is None or most >= count else f" (1-{most}; `banso today`)"


def _reasons(why: list[Why]) -> str:
    """The most telling reasons, each metric once; `banso explain` and `--json` have all."""
    first = {reason.metric: reason for reason in reversed(why)}
    told = [reason for reason in why if first[reason.metric] is reason]
    shown = [escape(f"· {reason.text[language()]}") for reason in told[:REASONS]]
    more = f"· … +{len(told) - REASONS}"
    return "\n".join([*shown, more] if len(told) > REASONS else shown)


def _cells(item: TodayItem) -> tuple[str, ...]:
    beside = [item.account] if item.account_name != item.account else []
    beside += [item.owner] if item.owner else []
    return (
        priority(item.priority),
        "\n".join([escape(item.account_name), *(f"[dim]{escape(x)}[/]" for x in beside)]),
        f"{escape(label(item.label, item.rule))}\n[dim]{word('opened_on')} {item.opened_on}[/]",
        _reasons(item.why),
        escape(item.action[language()]),
    )
