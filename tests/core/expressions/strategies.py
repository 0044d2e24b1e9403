"""Random expressions with random data, for the comparison of vectors with DuckDB."""

from hypothesis import strategies as st

TEXTS = [
    "login",
    "report",
    "",
    "it's",
    "日本語",
    "12",
    "-0.5",
    "1e3",
    "TRUE",
    "false",
    "1,234",
    " 7",
]
NUMBERS = ["0", "1", "2.5", "-3", "0.1", "1000000", "12", "3e2", "(-0.5)"]


def numbers(depth: int) -> st.SearchStrategy[str]:
    leaf = st.sampled_from([*NUMBERS, "value", "value", "properties.a", "properties.b"])
    if depth == 0:
        return leaf
    below = numbers(depth - 1)
    return st.one_of(
        leaf,
        st.builds("({} {} {})".format, below, st.sampled_from("+-*/"), below),
        st.builds("- {}".format, leaf),
        st.builds("abs({})".format, below),
        st.builds("round({}, {})".format, below, st.integers(0, 3)),
        st.builds("round({})".format, below),
        st.builds("least({}, {})".format, below, below),
        st.builds("greatest({}, {})".format, below, below),
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def comparisons() -> st.SearchStrategy[str]:
    sums = numbers(2)
    text_field = st.sampled_from(["event", "feature", "properties.a", "properties.b"])
    literal = st.sampled_from([_quoted(text) for text in TEXTS])
    operator = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "<>"])
    calculated = st.builds("({} + 0)".format, sums)  # a number, whatever it is compared with
    return st.one_of(
        st.builds("{} {} {}".format, calculated, operator, sums),
        st.builds("coalesce({}, {}) > {}".format, calculated, sums, sums),
        st.builds("{} {} {}".format, text_field, st.sampled_from(["=", "!="]), literal),
        st.builds("{} = {}".format, st.just("event"), st.sampled_from(["feature", "properties.a"])),
        st.builds("{} in ({}, {})".format, text_field, literal, literal),
        st.builds("{} not in (1, {})".format, calculated, st.sampled_from(NUMBERS[:6])),
        st.builds("{} between {} and {}".format, calculated, sums, sums),
        st.builds("{} is unmeasured".format, st.one_of(text_field, calculated)),
        st.builds("{} is not unmeasured".format, text_field),
        st.builds(
            "properties.{} = {}".format, st.sampled_from("ab"), st.sampled_from(["true", "false"])
        ),
    )


def conditions(depth: int = 3) -> st.SearchStrategy[str]:
    if depth == 0:
        return comparisons()
    below = conditions(depth - 1)
    return st.one_of(
        comparisons(),
        st.builds("({} and {})".format, below, below),
        st.builds("({} or {})".format, below, below),
        st.builds("{} and {} or {}".format, comparisons(), comparisons(), comparisons()),
        st.builds("not {}".format, below),
    )


def values() -> st.SearchStrategy[object]:
    """A property as JSON may hold it: number, text, condition, null."""
    numbers_ = st.sampled_from([0, 1, -3, 12, 2.5, 0.1, 1e300, 1e6])
    return st.one_of(st.none(), numbers_, st.sampled_from(TEXTS), st.booleans())


def rows() -> st.SearchStrategy[list[dict[str, object]]]:
    properties = st.dictionaries(st.sampled_from(["a", "b", "日本"]), values(), max_size=3)
    row = st.fixed_dictionaries(
        {
            "event": st.sampled_from(TEXTS),
            "feature": st.sampled_from(TEXTS),
            "value": st.one_of(
                st.none(), st.sampled_from([0.0, 1.0, -3.0, 2.5, 0.1, 1e300, -1e300])
            ),
            "properties": properties,
        }
    )
    return st.lists(row, min_size=1, max_size=6)
