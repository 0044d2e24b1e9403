"""How an attempt to deliver a message can end, other than well."""

from datetime import timedelta


class NotNowError(Exception):
    """The receiver did not take it; it may later. wait: as the receiver asked for."""

    def __init__(self, answer: str, *, wait: timedelta | None = None) -> None:
        super().__init__(answer)
        self.wait = wait


class RefusedError(Exception):
    """The receiver will never take this message; others it may."""


class ShutOutError(Exception):
    """The receiver takes nothing any more until somebody mends the channel."""
