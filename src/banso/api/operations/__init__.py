"""For those who run Banso: is it alive, can it work, and figures for Prometheus."""

from banso.api.operations.app import Operations, with_operations

__all__ = ["Operations", "with_operations"]
