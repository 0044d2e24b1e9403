"""The endpoint to which applications send live events, compatible with Segment's HTTP tracking."""

from banso.api.tracking.app import Tracking, beside

__all__ = ["Tracking", "beside"]
