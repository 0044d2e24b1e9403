"""What an empty page says: why it is empty, and what to do next."""

from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Nothing:
    """As components/empty.html takes it."""

    icon: str
    title: str
    text: str
    command: str = ""
    url: str = ""
    action: str = ""


def nothing_defined(text: str) -> Nothing:
    """text: what definitions say that this page needs."""
    return Nothing(
        icon="file-code",
        title=gettext("No definitions are in force yet"),
        text=text,
        command="banso init\nbanso apply definitions",
    )
