from django.db import transaction

from banso.desk.models import Member


@transaction.atomic
def prefer(member: Member, *, language: str | None = None, theme: str | None = None) -> None:
    """Keep the member's wishes. None: as it was; empty: as the browser asks for."""
    wishes = {"language": language, "theme": theme}
    changed = [name for name, wish in wishes.items() if wish is not None]
    for name in changed:
        setattr(member, name, wishes[name])
    if changed:
        member.save(update_fields=changed)
