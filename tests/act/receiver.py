"""A receiver of webhooks that answers as it is told, and remembers what it got."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Got:
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> str:
        return self.headers["webhook-id"]


Answer = Callable[[Got, BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    url: str
    got: list[Got] = field(default_factory=list)


def status(code: int, **headers: str) -> Answer:
    def answer(_: Got, to: BaseHTTPRequestHandler) -> None:
        to.send_response(code)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", "0")
        to.end_headers()

    return answer


def in_turn(*answers: Answer) -> Answer:
    """The first answer to the first request, and so on."""
    left = list(answers)
    return lambda got, to: left.pop(0)(got, to)  # noqa: PLW0108  one a request


def reset(_: Got, to: BaseHTTPRequestHandler) -> None:
    """Hangs up in the middle."""
    to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    to.close_connection = True
    to.connection.close()


def nonsense(_: Got, to: BaseHTTPRequestHandler) -> None:
    """Answers something that is not HTTP."""
    to.wfile.write(b"hello\r\n\r\n")
    to.close_connection = True


@contextmanager
def receiving(answer: Answer) -> Iterator[Receiver]:
    """`answer` decides each time; what has got in stands in `got` before it does."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got = Got({k.lower(): v for k, v in self.headers.items()}, body)
            with lock:
                receiver.got.append(got)
            answer(got, self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()
