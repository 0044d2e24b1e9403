"""What is kept beside a message in English, in the reader's language where it is Banso's own words;
what a receiver has answered stays as it is."""

from django.utils.translation import gettext, override

from banso.cli import ready  # noqa: F401  before words of the desk are imported
from banso.cli.words import language
from banso.pipeline.act.refusals import in_words


def answer_words(kept: str) -> str:
    with override(language()):
        return in_words(kept, gettext)
