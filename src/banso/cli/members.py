"""`banso members`: who may sign in, what they may do and whose accounts they see."""

from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.access_shapes import MemberItem
from banso.cli.links import PORT, address, member_link
from banso.cli.output import out, print_json, table
from banso.cli.session import open_session
from banso.cli.words import word
from banso.desk.invitation import MEMBER_AGE
from banso.desk.models import Member, Reach, Role
from banso.desk.queries.members import members as every_member
from banso.desk.services.members import (
    Details,
    add_member,
    change_member,
    deactivate_member,
    forget_invitations,
)

app = typer.Typer(rich_markup_mode=None)

Handle = Annotated[str, typer.Argument(help="E-mail address or name, as the imported files say it")]
Name = Annotated[str | None, typer.Option(help="Name to show", show_default=False)]
Email = Annotated[str | None, typer.Option(help="E-mail address; opens the door like the handle")]
Team = Annotated[str | None, typer.Option(help="Team, made where there is none; '': no team")]
WholeReach = Annotated[
    Reach | None, typer.Option(help="Whose accounts they see; default: as the role says")
]
Revenue = Annotated[
    bool | None,
    typer.Option(
        "--revenue/--no-revenue", help="Whether they see amounts of money; viewers do not"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]


@app.callback(invoke_without_command=True)
def members(context: typer.Context, as_json: AsJson = False) -> None:
    """List the members: role, whose accounts they see, whether they can sign in."""
    if context.invoked_subcommand is not None:
        return
    open_session()
    items = [MemberItem(**vars(x)) for x in every_member()]
    if as_json:
        print_json(items)
        return
    rows = table(
        *("member", "member_name", "role", "team", "reach", "revenue", "can_sign_in", "owns"),
        right=("owns",),
    )
    for item in items:
        rows.add_row(*_cells(item))
    out.print(rows)


@app.command("add")
def add(
    handle: Handle,
    role: Annotated[Role, typer.Option(help="What they may do")] = Role.CSM,
    reach: WholeReach = None,
    team: Team = None,
    name: Name = None,
    email: Email = None,
    revenue: Revenue = None,
) -> None:
    """Add a member. They can sign in once they are invited."""
    open_session()
    details = _details(role=role, reach=reach, team=team, name=name, email=email, revenue=revenue)
    made = add_member(handle=handle, details=details)
    _report(made, "member_added")
    out.print(word("invite_next").format(handle=escape(made.handle)), soft_wrap=True)


@app.command("invite")
def invite(
    handle: Handle,
    port: Annotated[
        int, typer.Option(help="Port of `banso serve`, where BANSO_URL is not set")
    ] = PORT,
) -> None:
    """Print a link with which a member sets a password. It works once, for 7 days; also for one
    who has forgotten theirs."""
    session = open_session()
    member = forget_invitations(handle=handle)
    out.print(
        word("invited").format(handle=escape(member.handle), days=MEMBER_AGE.days), soft_wrap=True
    )
    typer.echo(member_link(session, address(port=port), member))


@app.command("change")
def change(
    handle: Handle,
    role: Annotated[Role | None, typer.Option(help="What they may do")] = None,
    reach: WholeReach = None,
    team: Team = None,
    name: Name = None,
    email: Email = None,
    revenue: Revenue = None,
    active: Annotated[
        bool, typer.Option("--active", help="Take back one who was deactivated; invite them anew")
    ] = False,
) -> None:
    """Change what is known of a member; what is not named stays. With another role, reach and
    revenue become that role's, unless they were set by hand."""
    open_session()
    details = _details(role=role, reach=reach, team=team, name=name, email=email, revenue=revenue)
    changed = change_member(handle=handle, details=details, active=active)
    _report(changed, "member_changed")
    if active and not changed.has_usable_password():
        out.print(word("invite_next").format(handle=escape(changed.handle)), soft_wrap=True)


@app.command("deactivate")
def deactivate(handle: Handle) -> None:
    """End a member's sessions and let them in no more. What they own and did stays."""
    open_session()
    left = deactivate_member(handle=handle)
    out.print(
        word("member_left").format(
            handle=escape(left.handle), owned=f"{left.account_set.count():,}"
        ),
        soft_wrap=True,
    )


def _details(
    *,
    role: Role | None,
    reach: Reach | None,
    team: str | None,
    name: str | None,
    email: str | None,
    revenue: bool | None,
) -> Details:
    """What was said, and nothing else."""
    said: Details = {}
    if role is not None:
        said["role"] = role
    if reach is not None:
        said["reach"] = reach
    if team is not None:
        said["team"] = team
    if name is not None:
        said["name"] = name
    if email is not None:
        said["email"] = email
    if revenue is not None:
        said["sees_revenue"] = revenue
    return said


def _report(member: Member, key: str) -> None:
    out.print(
        word(key).format(
            handle=escape(member.handle),
            role=word(f"role.{member.role}"),
            reach=word(f"reach.{member.reach}"),
            revenue=word("yes" if member.sees_revenue else "no"),
        ),
        soft_wrap=True,
    )


def _cells(item: MemberItem) -> tuple[str, ...]:
    state = word("yes" if item.can_sign_in else "no" if item.active else "left")
    return (
        escape(item.handle),
        escape(item.name if item.name != item.handle else ""),
        word(f"role.{item.role}"),
        escape(item.team or ""),
        word(f"reach.{item.reach}"),
        word("yes" if item.sees_revenue else "no"),
        state,
        f"{item.accounts:,}",
    )
