from pathlib import Path

import pytest
from tests.pipeline.collect.given import write_text

from banso.pipeline.collect import ColumnMap, Kind, MappingError, check_columns, given_map


def test_options_and_a_file_become_one_mapping(tmp_path: Path) -> None:
    file = write_text(
        tmp_path / "m.yaml",
        "account: 会社ID\nevent: 操作\ntimestamp: 日時\nproperties: [機能, 部署]\n",
    )
    assert given_map(
        Kind.EVENTS, maps=["event=動作", "user="], constants=["product=core"], file=file
    ) == ColumnMap(
        columns={"account": "会社ID", "timestamp": "日時", "event": "動作"},
        constants={"product": "core"},
        extras=("機能", "部署"),
        declined=frozenset({"user"}),
        complete=True,
    )


@pytest.mark.parametrize(
    ("maps", "constants", "problem"),
    [
        (
            ["acount=x"],
            [],
            "--map acount=x: events have no field 'acount'; did you mean 'account'? The fields "
            "are: account, user, event, feature, product, timestamp, value, message_id.",
        ),
        (["account"], [], "--map account: write --map FIELD=..., with an equals sign."),
        (["account=a", "account=b"], [], "--map gives the field 'account' twice."),
        (
            ["event=a"],
            ["event=login"],
            "The field 'event' is given twice: from column 'a' and as the fixed value 'login'.",
        ),
        ([], ["event="], "--set event=: the value is missing."),
    ],
)
def test_a_mistake_in_an_option_is_named(
    maps: list[str], constants: list[str], problem: str
) -> None:
    with pytest.raises(MappingError) as refusal:
        given_map(Kind.EVENTS, maps=maps, constants=constants)
    assert str(refusal.value) == problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("acount: x\n", "accounts have no field 'acount'; did you mean 'account'?"),
        ("properties: [a]\n", "accounts have no field 'properties'"),
        ("attributes: a\n", "'attributes' must be a list of columns: \\[列1, 列2\\]."),
        ("account: [a]\n", "'account' must be the name of one column."),
        ("- a\n", "write one 'field: column' a line"),
        ("a: [\n", "not YAML"),
    ],
)
def test_a_mistake_in_a_mapping_file_is_named(tmp_path: Path, text: str, problem: str) -> None:
    file = write_text(tmp_path / "m.yaml", text)
    with pytest.raises(MappingError, match=f"^{file}: {problem}"):
        given_map(Kind.ACCOUNTS, file=file)


def test_a_mapping_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="can't be read: No such file or directory"):
        given_map(Kind.ACCOUNTS, file=tmp_path / "m.yaml")


def test_a_column_that_the_file_does_not_have_is_named_with_the_nearest() -> None:
    with pytest.raises(MappingError) as refusal:
        check_columns(ColumnMap(columns={"account": "会社I"}), ["会社ID", "日時"], where="a.csv")
    assert str(refusal.value) == (
        "a.csv: no column '会社I'; did you mean '会社ID'? The columns are: 会社ID, 日時."
    )
    with pytest.raises(MappingError, match="no column 'x'"):
        check_columns(ColumnMap(ignored=frozenset({"x"})), ["a"], where="a.csv")


def test_one_column_for_two_fields_is_refused() -> None:
    given = ColumnMap(columns={"account": "a", "user": "a"})
    with pytest.raises(MappingError, match="Column 'a' is given for two fields"):
        check_columns(given, ["a"], where="a.csv")


def test_options_can_be_copied_into_a_shell() -> None:
    columns = {"account": "会社ID", "event": "what happened", "user": "it's"}
    assert ColumnMap(columns=columns).options() == (
        "--map account=会社ID",
        "--map event='what happened'",
        "--map user='it'\"'\"'s'",
    )


def test_columns_that_are_no_fields_are_extras_unless_named_or_ignored() -> None:
    columns = ["a", "b", "c", "d"]
    given = ColumnMap(columns={"account": "a"}, ignored=frozenset({"c"}))
    assert given.extra_columns(columns) == ("b", "d")
    assert ColumnMap(columns={"account": "a"}, extras=("d",)).extra_columns(columns) == ("d",)
