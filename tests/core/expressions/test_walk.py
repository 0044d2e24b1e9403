"""What a condition rests on."""

from banso.core.expressions import Leaf, Scope, Type, fields, leaves, parse
from banso.core.expressions.tree import Field

SCOPE = Scope(
    {"x": Type.NUMBER, "y": Type.NUMBER, "t": Type.TEXT, "segment.big": Type.BOOLEAN},
    {"attribute.": Type.ANY},
)


def of(text: str) -> tuple[Leaf, ...]:
    return leaves(parse(text, scope=SCOPE).root)


def test_every_name_that_is_read_is_found() -> None:
    text = "x / y > abs(x) and (segment.big or attribute.plan in ('a')) and not t is unmeasured"
    found = fields(parse(text, scope=SCOPE).root)
    assert found == {"x", "y", "segment.big", "attribute.plan", "t"}


def test_each_comparison_is_a_leaf_with_its_field_and_threshold() -> None:
    found = of("x >= 5 and t in ('a', 'b') or y between 1 and 2 or segment.big or t is unmeasured")
    assert [(leaf.field, leaf.operator, leaf.threshold) for leaf in found] == [
        ("x", ">=", 5.0),
        ("t", "in", ("a", "b")),
        ("y", "between", (1.0, 2.0)),
        ("segment.big", "is true", None),
        ("t", "is unmeasured", None),
    ]


def test_a_leaf_has_the_sign_that_it_has_in_the_whole() -> None:
    found = of("not (x > 5 and not y < 3) and t not in ('a') and not segment.big")
    assert [(leaf.field, leaf.negated, leaf.effective) for leaf in found] == [
        ("x", True, "<="),
        ("y", False, "<"),
        ("t", True, "not in"),
        ("segment.big", True, "is not true"),
    ]


def test_a_comparison_is_read_from_the_side_of_its_field() -> None:
    (leaf,) = of("5 < x")
    assert (leaf.field, leaf.operator, leaf.threshold) == ("x", ">", 5.0)
    assert leaf.operand == Field("x", Type.NUMBER)
    assert leaf.node == parse("5 < x", scope=SCOPE).root


def test_a_comparison_of_two_fields_has_no_threshold() -> None:
    (leaf,) = of("x + y > y")
    assert (leaf.field, leaf.threshold) == ("x", None)
