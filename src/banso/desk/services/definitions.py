from collections.abc import Mapping

from banso.desk.models import DefinitionSet


def apply_definitions(
    *,
    files: Mapping[str, str],
    fingerprint: str,
    metadata_fingerprint: str,
    applied_by: str,
    why: str,
    on_screen: bool = False,
) -> bool:
    """Put a checked set in force. False where the very same texts are in force already.

    on_screen: it is not what a folder says.
    """
    newest = DefinitionSet.objects.first()
    if newest is not None and newest.files == dict(files):
        return False
    DefinitionSet.objects.create(
        fingerprint=fingerprint,
        metadata_fingerprint=metadata_fingerprint,
        files=dict(files),
        applied_by=applied_by,
        why=why,
        on_screen=on_screen,
    )
    return True
