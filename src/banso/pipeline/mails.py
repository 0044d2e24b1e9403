"""Mails to customers between members and the outbox: decided under the definitions in force, and
seen beforehand with the data of one account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.definitions.plays import MailStep, MessageStep, Play, TaskStep, every
from banso.core.definitions.template import UnfilledError, filled_label
from banso.desk.models import Account, Contact, Mail
from banso.desk.queries.places import Values, values_of
from banso.desk.queries.scope import Scope
from banso.desk.services import mails
from banso.desk.services.mails import reachable
from banso.desk.services.play_problem import ProblemError
from banso.pipeline.business_days import office_time


def approve(
    scope: Scope,
    definitions: Definitions,
    mail: int,
    *,
    subject: str | None = None,
    text: str | None = None,
) -> Mail:
    """As it is, or as it is said here. Raises as services.mails does."""
    if subject is not None and text is not None:
        mails.change(scope=scope, mail=mail, subject=subject, text=text)
    return mails.approve(
        scope=scope,
        mail=mail,
        mail_days=definitions.organisation.mail_days,
        sends=lambda at: office_time(definitions, at),
    )


@dataclass(frozen=True)
class Preview:
    """What a step would say. part: `text`, `subject`, ...; said: None where `problem` (code and
    name; see core.plays.in_words.PROBLEMS) stands in the way. to: of a mail."""

    step: str
    kind: str
    part: str
    said: Label | None
    problem: tuple[str, str] | None = None
    to: str = ""


def previews(
    definitions: Definitions, play: Play, account: Account, *, day: date
) -> Iterator[Preview]:
    """All texts of a play with the data of an account that is in scope; nothing is written."""
    name = definitions.organisation.name
    for key, step in every(play.steps):
        if isinstance(step, MailStep):
            yield from _mail(definitions, key, step, account, day)
        elif isinstance(step, MessageStep | TaskStep):
            values = values_of(account, organisation=name, day=day)
            for part in ("label", "instructions", "text"):
                label: Label | None = getattr(step, part, None)
                if label is not None:
                    yield _filled(Preview(key, step.kind, part, label), values)


def _mail(
    definitions: Definitions, key: str, step: MailStep, account: Account, day: date
) -> Iterator[Preview]:
    template = definitions.templates[step.template]
    contact: Contact | None = None
    try:
        contact = reachable(account, step)[0]
    except ProblemError as error:
        yield Preview(key, step.kind, "to", None, (error.code, error.name))
    name, to = definitions.organisation.name, contact.email if contact else ""
    values = values_of(account, organisation=name, day=day, contact=contact)
    for part, label in (("subject", template.subject), ("text", template.text)):
        yield _filled(Preview(key, step.kind, part, label, to=to), values)


def _filled(written: Preview, values: Mapping[str, Values]) -> Preview:
    assert written.said is not None  # noqa: S101  as it is written
    try:
        return replace(written, said=filled_label(written.said, values))
    except UnfilledError as error:
        return replace(written, said=None, problem=("empty_place", error.place))
