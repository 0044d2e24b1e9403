"""REST API v1: what members see and do on screens, for programs of theirs."""

from banso.api.rest.app import api

__all__ = ["api"]
