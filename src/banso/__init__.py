"""Banso (伴走): open-source, self-hosted, data-driven customer success."""

from importlib.metadata import version

__version__ = version("banso")
