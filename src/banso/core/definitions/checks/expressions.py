"""Every expression parses where it stands, and names stages and colours that exist."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.scopes import COLOURS
from banso.core.definitions.written import Written, expressions
from banso.core.expressions import ExpressionError, Leaf, leaves, nearest, parse
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    stages = {j.model.name: [s.name for s in j.model.stages] for j in draft.journeys}
    for written in expressions(draft):
        try:
            parsed = parse(written.text, scope=written.scope, expect=written.expect)
        except ExpressionError as error:
            yield from _problems(draft, written, error)
        else:
            for leaf in leaves(parsed.root):
                yield from _literals(written, leaf, stages)


def _problems(draft: Draft, written: Written, error: ExpressionError) -> Iterator[Mistake]:
    for problem in error.problems:
        name = problem.unknown_name
        if name and not draft.whole:
            continue  # it may stand in the file that could not be read
        field, said = written.path[-1], problem.message
        message = worded("{field}: {message}", field=field, message=said)
        if name and name.startswith("journey.") and not _of_rules(written):
            message = worded(
                "{field}: {message} (journey.* is for rules only)", field=field, message=said
            )
        yield written.item.mistake(
            *written.path, message=message, suggestion=problem.suggestion, offset=problem.offset
        )


def _of_rules(written: Written) -> bool:
    return written.path in (("when",), ("exit",)) or written.path[0] == "steps"


def _literals(written: Written, leaf: Leaf, stages: dict[str, list[str]]) -> Iterator[Mistake]:
    """journey.adoption.stage = 'habitt' would be false for ever."""
    head, _, rest = leaf.field.partition(".")
    journey, _, field = rest.partition(".")
    if head != "journey" or field not in ("stage", "colour") or journey not in stages:
        return
    known = stages[journey] if field == "stage" else list(COLOURS)
    texts = leaf.threshold if isinstance(leaf.threshold, tuple) else (leaf.threshold,)
    for text in texts:
        if isinstance(text, str) and text not in known:
            message = worded(
                "{field} is never {text!r}; there are {known}",
                field=leaf.field,
                text=text,
                known=", ".join(known),
            )
            at = max(written.text.find(f"'{text}'"), 0)
            yield written.item.mistake(
                *written.path, message=message, suggestion=nearest(text, known), offset=at
            )
