"""Drafts of rules: which there are, and what became of earlier ones."""

from collections.abc import Mapping, Sequence

from banso.desk.models import RuleDraft


def drafts() -> Mapping[str, RuleDraft]:
    """Rule -> its draft, newest first; without what its replay showed."""
    rows = RuleDraft.objects.filter(ended="").select_related("member").defer("compared")
    return {x.rule: x for x in rows}


def draft_of_rule(rule: str) -> RuleDraft | None:
    rows = RuleDraft.objects.filter(ended="", rule=rule)
    return rows.select_related("member").first()


def ended_drafts(rule: str, *, most: int) -> Sequence[RuleDraft]:
    """Versions that are no longer the draft, newest first."""
    rows = RuleDraft.objects.filter(rule=rule).exclude(ended="").defer("compared")
    return list(rows.select_related("member", "ended_by", "applied")[:most])
