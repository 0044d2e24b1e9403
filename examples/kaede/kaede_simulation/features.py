"""What people can do in Kaede's two products, beside logging in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Feature:
    """phase: `setup` from the first day, `core` from the first value on, `later` adopted one by
    one. maker, viewer: how often each sort of person does it. quantity: the property that the
    event carries."""

    event: str
    name: str
    phase: Literal["setup", "core", "later"]
    maker: float
    viewer: float
    quantity: Literal["pages", "seconds"] | None = None


PRODUCTS: dict[str, tuple[Feature, ...]] = {
    "delivery": (
        Feature("template_saved", "template", "setup", 2.0, 0.0),
        Feature("recipients_imported", "recipients", "setup", 2.0, 0.0),
        Feature("document_previewed", "preview", "setup", 2.0, 1.0, "seconds"),
        Feature("document_delivered", "delivery", "core", 8.0, 2.0, "pages"),
        Feature("delivery_tracked", "tracking", "core", 3.0, 4.0, "seconds"),
        Feature("document_searched", "search", "core", 1.0, 4.0),
        Feature("delivery_scheduled", "schedule", "later", 3.0, 0.0),
        Feature("approval_requested", "approval", "later", 2.0, 1.5),
        Feature("document_reissued", "reissue", "later", 1.0, 1.0),
        Feature("history_exported", "export", "later", 1.0, 1.0),
        Feature("documents_sent_by_api", "api", "later", 2.0, 0.0, "pages"),
        Feature("mail_posted", "postal", "later", 1.5, 0.0, "pages"),
    ),
    "bi": (
        Feature("source_connected", "data_source", "setup", 2.0, 0.0),
        Feature("data_previewed", "data_preview", "setup", 2.0, 1.0, "seconds"),
        Feature("dashboard_created", "dashboard", "core", 2.0, 0.1),
        Feature("dashboard_viewed", "view", "core", 5.0, 8.0, "seconds"),
        Feature("dashboard_filtered", "filter", "core", 2.0, 4.0),
        Feature("dashboard_shared", "share", "later", 2.0, 0.3),
        Feature("field_calculated", "calculation", "later", 2.0, 0.0),
        Feature("report_exported", "export", "later", 1.5, 1.5),
        Feature("alert_set", "alert", "later", 1.0, 0.3),
        Feature("mail_scheduled", "scheduled_mail", "later", 1.0, 0.3),
        Feature("dashboard_embedded", "embed", "later", 0.7, 0.0),
        Feature("permission_set", "permission", "later", 0.7, 0.0),
    ),
}
MAKERS = {"delivery": 0.5, "bi": 0.35}
"""Share of people who make things; the others look at them."""
