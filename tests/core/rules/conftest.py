"""The panels and definitions of the tests of health, written down cell by cell."""

from ..health.conftest import make_definitions, make_panel  # noqa: TID252 (beside, not above)

__all__ = ["make_definitions", "make_panel"]
