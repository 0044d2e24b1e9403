"""`banso serve`: the screens, from this home, until Ctrl-C."""

import errno
import os
import shutil
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from django.core.management import call_command

from banso.cli.demo_members import DemoMember, demo_sign_ins, print_sign_ins
from banso.cli.links import HOST, PORT, SERVED_AT, address, first_admin_link
from banso.cli.output import err, out
from banso.cli.session import Session, open_session
from banso.cli.words import word
from banso.desk.invitation import FIRST_ADMIN_AGE
from banso.desk.queries.members import can_sign_in
from banso.pipeline.home import secret_key

APPLICATION = "banso.project.wsgi:application"
THREADS = 8
"""Of each worker. Each holds a connection to the database."""

STOP_SECONDS = 10
"""What requests in hand have to finish in, once the server is told to stop."""


class ServeError(Exception):
    """The server was not started; says why and what to do."""


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine need BANSO_URL")
    ] = HOST,
    port: Annotated[int, typer.Option(help="Port to listen on", min=1, max=65_535)] = PORT,
    workers: Annotated[int, typer.Option(help="Processes that answer requests", min=1)] = 1,
    worker: Annotated[
        bool,
        typer.Option(help="Start a worker beside it, as `banso worker` does"),
    ] = True,
) -> None:
    """Serve the screens of this home until Ctrl-C. Where nobody can sign in yet, print the link
    with which the first administrator comes in."""
    base = address(host, port)
    session = open_session()
    people = demo_sign_ins()
    _refuse_exposure(host, base, people)
    _refuse_busy(host, port)
    call_command("clearsessions")
    secret_key(session.home)
    os.environ[SERVED_AT] = base
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _fresh(session.home / "metrics" / str(port))
    _announce(session, base, people)
    _become(_server(host=host, port=port, workers=workers), worker=worker)


def _announce(session: Session, base: str, people: tuple[DemoMember, ...]) -> None:
    out.print(word("serving").format(address=base), soft_wrap=True)
    if not _local(urlsplit(base).hostname or "") and not base.startswith("https"):
        err.print(word("in_clear").format(address=base), soft_wrap=True)
    if not can_sign_in().exists():
        hours = FIRST_ADMIN_AGE.total_seconds() / 3_600
        out.print(word("first_admin").format(hours=f"{hours:.0f}"), soft_wrap=True)
        typer.echo(f"  {first_admin_link(session, base)}")
    print_sign_ins(people)


def _refuse_exposure(host: str, base: str, people: tuple[DemoMember, ...]) -> None:
    """Raises ServeError where others than this machine's own users could come in too easily."""
    exposed = not _local(host) or not _local(urlsplit(base).hostname or "")
    if exposed and people:
        raise ServeError(
            f"This home holds the demo, whose password everybody knows ({people[0].handle} and "
            f"{len(people) - 1} more have it), so it is served on this machine alone: without "
            "--host and BANSO_URL. Serve data of your own from a home of its own."
        )
    if not _local(host) and not os.environ.get("BANSO_URL"):
        raise ServeError(
            f"--host {host} lets other machines in, so Banso has to know the address that their "
            "browsers show: set BANSO_URL, such as https://banso.example.co.jp, and put a proxy "
            "that speaks HTTPS in front. Without --host it is served on this machine alone."
        )


def _local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_busy(host: str, port: int) -> None:
    """Raises ServeError where the address can't be listened on. Two servers of granian would share
    a port without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error})"
            raise ServeError(
                f"Port {port} of {host} {why}. Is Banso served already? Another port: --port."
            ) from None


def _fresh(folder: Path) -> str:
    """An empty folder, in which the processes of this server add up what they measure."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return str(folder)


def _server(*, host: str, port: int, workers: int) -> list[str]:
    """The command line of the web server."""
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": port,
        "--workers": workers,
        "--blocking-threads": THREADS,
        "--workers-kill-timeout": STOP_SECONDS,
        "--log-level": "error",
    }
    words = [str(word) for pair in options.items() for word in pair]
    flags = ["--no-ws", "--respawn-failed-workers"]
    return [sys.executable, "-P", "-m", "granian", *words, *flags, APPLICATION]


def _become(server: list[str], *, worker: bool) -> None:
    """This process turns into the server, or into the supervisor of server and worker: what it has
    loaded is gone, signals go straight there."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-P", "-m", "banso.cli.supervisor", *server] if worker else server
    os.execv(sys.executable, command)  # noqa: S606  no shell: every word is our own
