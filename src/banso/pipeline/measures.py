"""What this process measures of itself, for Prometheus. With PROMETHEUS_MULTIPROC_DIR, as `banso
serve` sets it, the processes of a server add up. `banso.api.operations.figures` shows them."""

from prometheus_client import Histogram

REQUESTS = Histogram(
    "banso_tracking_request_seconds",
    "Time to answer a tracking request",
    ["status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
)
TURNS = Histogram(
    "banso_collector_turn_seconds",
    "Time of a turn of the collector",
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60),
)
