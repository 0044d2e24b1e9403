"""An alert of the list as HTML. Written in Python, as the cells of the accounts are: a page has a
hundred of them, and Django's templates take a millisecond for each."""

from collections.abc import Sequence

from django.template import Context, Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from banso.web.components import icon
from banso.web.today.rows import Item, Why

register = Library()

ALERT = """<li class="todo-alert" id="alert-{id}" tabindex="-1" aria-labelledby="alert-{id}-title">
{mark}<div class="todo-what">
<h3 id="alert-{id}-title">{priority} <span>{label}</span>{fresh}</h3>
<p class="todo-action">{action}</p>
<p class="todo-since">{since}</p>{expected}
</div>
<div class="todo-why">{reasons}{more}</div>
<div class="todo-acts">{told}{acts}</div>
</li>"""
MARK = (
    '<input class="form-check-input todo-mark" type="checkbox" name="item" value="alert-{}" '
    'form="bulk" aria-label="{}">\n'
)
FRESH = ' <span class="badge todo-fresh">{}</span>'
DONE = (
    '<button class="btn btn-sm" form="act" formaction="{0}done/" hx-post="{0}done/" '
    'hx-target="#alert-{1}" hx-swap="outerHTML" data-key="d">{2}{3}</button>'
)
DIALOG = (
    '<a class="btn btn-sm" role="button" href="{0}" hx-get="{0}" hx-target="#alert-dialog" '
    'data-key="{1}">{2}{3}</a>'
)
UNDO = (
    '<button class="btn btn-sm" form="act" formaction="{0}undo/" hx-post="{0}undo/" '
    'hx-target="#alert-{1}" hx-swap="outerHTML" name="handling" value="{2}" data-key="u">'
    "{3}{4}</button>"
)


@register.simple_tag(takes_context=True)
def todo_alert(context: Context, item: Item) -> SafeString:
    """The alert with what can be done with it, for a reader who may act (`desk.scope.acts`)."""
    return _alert(item, there=context["there"], acts=context["desk"].scope.acts)


def alerts_html(items: Sequence[Item], *, there: str, acts: bool) -> SafeString:
    """there: the parameter that leads back to the list. acts: the reader may."""
    return format_html_join("\n", "{}", ((_alert(x, there=there, acts=acts),) for x in items))


def _alert(item: Item, *, there: str, acts: bool) -> SafeString:
    told = item.told.words if item.tab != "todo" and item.told else ""
    return format_html(
        ALERT,
        id=item.id,
        mark=_mark(item) if acts and item.tab == "todo" else "",
        priority=item.priority,
        label=item.label,
        fresh=format_html(FRESH, gettext("New")) if item.fresh else "",
        action=item.action,
        since=item.since,
        expected=format_html('<p class="todo-since">{}</p>', item.expected)
        if item.expected
        else "",
        reasons=_list(item.reasons),
        more=_more(item),
        told=format_html('<p class="todo-told">{}</p>', told) if told else "",
        acts=_acts(item, there) if acts else "",
    )


def _mark(item: Item) -> SafeString:
    return format_html(MARK, item.id, gettext("Mark: %(what)s") % {"what": item.label})


def _list(reasons: Sequence[Why]) -> SafeString:
    rows = ((why.address, why.words, _now(why)) for why in reasons)
    return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a>{}</li>', rows))


def _now(why: Why) -> SafeString | str:
    return format_html(' <span class="todo-now">{}</span>', why.now) if why.now else ""


def _more(item: Item) -> SafeString | str:
    if not item.more:
        return ""
    words = item.more_words
    return format_html("<details><summary>{}</summary>{}</details>", words, _list(item.more))


def _acts(item: Item, there: str) -> SafeString | str:
    """there: the parameter that leads back to the list."""
    if item.tab == "todo":
        snooze, dismiss = f"{item.address}snooze/{there}", f"{item.address}not-useful/{there}"
        return format_html(
            "{}\n{}\n{}",
            format_html(DONE, item.address, item.id, icon("check"), gettext("Done")),
            format_html(DIALOG, snooze, "s", icon("clock-pause"), gettext("Snooze")),
            format_html(DIALOG, dismiss, "n", icon("thumb-down"), gettext("Not useful")),
        )
    if item.told and item.told.handling:
        undo = (item.told.handling, icon("arrow-back-up"), gettext("Undo"))
        return format_html(UNDO, item.address, item.id, *undo)
    return ""
