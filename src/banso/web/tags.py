"""Template tags and filters: every number, date and state is shown through one of these, so that it
is shown alike everywhere. All of them know the active language."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

REMEMBERED = 4_096
"""Days and numbers in words: one page writes hundreds, and mostly the same ones as the last."""


def language() -> str:
    return "ja" if (get_language() or "en").startswith("ja") else "en"


@register.filter
def text(labels: object) -> str:
    """The label in the reader's language: of {en, ja} or of a definition's Label."""
    if labels is None:
        return ""
    if isinstance(labels, Mapping):
        return str(labels.get(language()) or labels.get("en") or "")
    return str(getattr(labels, language()))


LEGAL_FORMS = (
    *("株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "(株)", "(有)", "(同)"),
    *("（株）", "（有）", "（同）", "㈱", "㈲", "医療法人", "学校法人", "社会福祉法人", "宗教法人"),
    *("一般社団法人", "一般財団法人", "公益社団法人", "公益財団法人", "独立行政法人"),
)


@register.filter
def company(name: object) -> SafeString:
    """A company's name, which Japanese line breaking would cut anywhere and phrases in its midst:
    in an element of the class `company` it breaks beside its legal form, elsewhere if it must."""
    said = str(name)
    for form in LEGAL_FORMS:
        if said.startswith(form):
            return format_html("{}<wbr>{}", form, said.removeprefix(form))
        if said.endswith(form):
            return format_html("{}<wbr>{}", said.removesuffix(form), form)
    return format_html("{}", said)


@register.filter
def labels(several: Iterable[object]) -> str:
    """Labels in the reader's language, in one line."""
    return ("、" if language() == "ja" else ", ").join(text(x) for x in several)


@register.filter
def day(value: date | None) -> str:
    """1 Oct 2026; 2026年10月1日. Empty for None. A moment comes in the organisation's zone:
    ValueError for one in UTC as the database gives it, whose day may be another."""
    if isinstance(value, datetime) and value.tzinfo is UTC:
        raise ValueError(f"the day of {value} depends on the zone")
    return _day(value, "medium", _locale(dates=True)) if value else ""


@register.filter
def short_day(value: date | None) -> str:
    """1 Oct; 10/1. Where the year is plain."""
    if value is None:
        return ""
    return _day(value, "M/d" if language() == "ja" else "d MMM", _locale())


@lru_cache(REMEMBERED)
def _day(value: date, pattern: str, locale: Locale) -> str:
    return str(format_date(value, format=pattern, locale=locale))


@register.filter
def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """1,234. Empty for None: what None means is for the template to say."""
    if value is None:
        return ""
    return _number(value, decimals, _locale())


@lru_cache(REMEMBERED, typed=True)  # the decimal 1.0 and the float 1.0 are equal
def _number(value: float | Decimal, decimals: int, locale: Locale) -> str:
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    return str(format_decimal(value, format=pattern, locale=locale))


@register.filter
def percent(value: float | None) -> str:
    return "" if value is None else str(format_percent(value, locale=_locale()))


@register.filter
def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign: +3, -12. Empty for None."""
    if value is None:
        return ""
    return str(format_decimal(value * 100, format="+#,##0;-#,##0", locale=_locale()))


@register.filter
def money(value: float | Decimal | None, currency: str) -> str:
    """¥1,234,000. Empty for None."""
    return "" if value is None else str(format_currency(value, currency, locale=_locale()))


@register.filter
def short_money(value: float | Decimal | None, currency: str) -> str:
    """¥1.2M; 123万円 is written ¥123万."""
    if value is None:
        return ""
    return _short_money(value, currency, _locale())


@lru_cache(REMEMBERED, typed=True)
def _short_money(value: float | Decimal, currency: str, locale: Locale) -> str:
    digits = 1 if abs(float(value)) >= 10_000 else 0
    return str(
        format_compact_currency(Decimal(value), currency, locale=locale, fraction_digits=digits)
    )


def _locale(*, dates: bool = False) -> Locale:
    """British dates (1 Oct 2026) with plain English."""
    if language() == "ja":
        return _parsed("ja_JP")
    return _parsed("en_GB" if dates else "en_US")


@cache
def _parsed(name: str) -> Locale:
    return Locale.parse(name)


@register.simple_tag(takes_context=True)
def query(context: template.RequestContext, **changes: Any) -> str:
    """The page's own query string with some parameters changed; empty or None takes one out."""
    parameters = context.request.GET.copy()  # also inside `include ... only`
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"
