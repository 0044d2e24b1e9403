"""Drafts of rules and of plays: which there are, and what became of earlier ones."""

from collections.abc import Mapping, Sequence

from banso.desk.models import DraftKind, RuleDraft


def drafts(kind: DraftKind = DraftKind.RULE) -> Mapping[str, RuleDraft]:
    """Name -> its draft, newest first; without what its replay showed."""
    rows = RuleDraft.objects.filter(kind=kind, ended="").select_related("member").defer("compared")
    return {x.rule: x for x in rows}


def draft_of_rule(rule: str) -> RuleDraft | None:
    return draft_of(DraftKind.RULE, rule)


def draft_of(kind: DraftKind, name: str) -> RuleDraft | None:
    rows = RuleDraft.objects.filter(ended="", kind=kind, rule=name)
    return rows.select_related("member").first()


def ended_drafts(rule: str, *, most: int, kind: DraftKind = DraftKind.RULE) -> Sequence[RuleDraft]:
    """Versions that are no longer the draft, newest first."""
    rows = RuleDraft.objects.filter(kind=kind, rule=rule).exclude(ended="").defer("compared")
    return list(rows.select_related("member", "ended_by", "applied")[:most])
