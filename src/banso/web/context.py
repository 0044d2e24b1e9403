"""What the frame around every page shows."""

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """`theme`: light, dark, or empty for the browser's wish."""
    theme = getattr(request.user, "theme", "") or request.COOKIES.get("theme", "")
    return {"theme": theme if theme in ("light", "dark") else ""}
