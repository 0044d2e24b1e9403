"""The endpoint to which applications send live events, compatible with Segment's HTTP tracking."""

from banso.api.tracking.app import LEAST_FREE, Tracking, beside

__all__ = ["LEAST_FREE", "Tracking", "beside"]
