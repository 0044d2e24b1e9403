"""A command's outside world; importing this readies Django's models first."""

from banso.cli import ready  # noqa: F401  before any model is imported
from banso.pipeline.session import NoDefinitionsError, NoHomeError, Session, open_session

__all__ = ["NoDefinitionsError", "NoHomeError", "Session", "open_session"]
