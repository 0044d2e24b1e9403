"""One entry of an account's timeline in words, with the way to its why. One module a subject: what
Banso found, what members did, what the vendor's systems told."""

from banso.web.account360.happenings import data, done, found
from banso.web.account360.happenings.teller import Detail, Happening, Teller

SUBJECTS = (found, done, data)
"""They teach the teller their words by being imported."""

__all__ = ["SUBJECTS", "Detail", "Happening", "Teller"]
