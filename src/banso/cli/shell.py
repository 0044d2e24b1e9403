import code

from banso.cli.session import open_session
from banso.desk import models


def shell() -> None:
    """A Python prompt with `session` (store, definitions) and `models` (the desk) at hand."""
    session = open_session()
    code.interact(
        banner=f"Banso at {session.home}: session, models",
        local={"session": session, "models": models},
        exitmsg="",
    )
