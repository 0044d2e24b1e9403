import pytest

from banso.pipeline.collect import ColumnMap, Kind, Proposal, propose_mapping

TIMES = ["2026/4/1 9:05", "2026/4/2 10:00"]


def propose(kind: Kind, sample: dict[str, list[str]], given: ColumnMap | None = None) -> Proposal:
    return propose_mapping(kind, columns=list(sample), sample=sample, given=given)


@pytest.mark.parametrize(
    ("kind", "sample", "columns"),
    [
        (
            Kind.EVENTS,
            {
                "会社ＩＤ": ["c1", "c2"],
                "会社名": ["甲社", "乙社"],
                "ユーザーID": ["u1", "u2"],
                "操作": ["login", "login"],
                "発生日時": TIMES,
                "機能名": ["a", "b"],
                "備考": ["x", "y"],
            },
            {
                "account": "会社ＩＤ",
                "user": "ユーザーID",
                "event": "操作",
                "feature": "機能名",
                "timestamp": "発生日時",
            },
        ),
        (
            Kind.EVENTS,
            {
                "Company Id": ["c1"],
                "user-email": ["a@b.c"],
                "Event Name": ["login"],
                "Created At": ["1775001900"],
                "Event ID": ["1"],
            },
            {
                "account": "Company Id",
                "user": "user-email",
                "event": "Event Name",
                "timestamp": "Created At",
                "message_id": "Event ID",
            },
        ),
        (
            Kind.RECORDS,
            {
                "企業コード": ["001", "002"],
                "アンケート種別": ["nps", "nps"],
                "点数": ["9", "１０"],
                "回答日": ["令和8年4月1日", "2026-04-02"],
            },
            {
                "account": "企業コード",
                "kind": "アンケート種別",
                "timestamp": "回答日",
                "value": "点数",
            },
        ),
        (
            Kind.ACCOUNTS,
            {
                "顧客番号": ["1"],
                "会社名": ["甲社"],
                "利用開始日": ["2026-04-01"],
                "担当CSM": ["佐藤"],
                "業種": ["製造"],
            },
            {
                "account": "顧客番号",
                "name": "会社名",
                "started_on": "利用開始日",
                "owner": "担当CSM",
            },
        ),
        (
            Kind.CONTACTS,
            {"会社ID": ["c1"], "氏名": ["佐藤"], "Eメール": ["a@b.jp"], "役職": ["部長"]},
            {"account": "会社ID", "name": "氏名", "email": "Eメール", "role": "役職"},
        ),
        (
            Kind.CONTRACTS,
            {
                "会社ID": ["c1"],
                "契約番号": ["k1"],
                "製品": ["core"],
                "契約開始日": ["2026-04-01"],
                "契約満了日": ["2027-03-31"],
                "契約日": ["2026-03-01"],
                "ライセンス数": ["1,200"],
                "年額(税抜)": ["¥1,200,000"],
                "通貨": ["JPY"],
            },
            {
                "account": "会社ID",
                "key": "契約番号",
                "product": "製品",
                "start_on": "契約開始日",
                "end_on": "契約満了日",
                "signed_on": "契約日",
                "seats": "ライセンス数",
                "arr": "年額(税抜)",
                "currency": "通貨",
            },
        ),
    ],
)
def test_columns_are_found_by_their_names_in_both_languages(
    kind: Kind, sample: dict[str, list[str]], columns: dict[str, str]
) -> None:
    proposal = propose(kind, sample)
    assert dict(proposal.map.columns) == columns
    assert proposal.missing == ()
    assert proposal.guessed


def test_values_find_the_time_where_no_name_does() -> None:
    proposal = propose(Kind.EVENTS, {"会社": ["c1"], "操作": ["x"], "いつ": TIMES})
    found = {line.field.name: (line.column, line.why) for line in proposal.fields}
    assert found["timestamp"] == ("いつ", "by its values")
    assert found["account"] == ("会社", "by its name")


def test_values_forbid_what_a_name_promises() -> None:
    sample = {
        "会社ID": ["c1", "c2"],
        "日時": ["soon", "later"],
        "点数": ["good", "bad"],
        "id": ["7", "7"],
        "event": ["2026-04-01 10:00", "2026-04-02 10:00"],
    }
    assert dict(propose(Kind.EVENTS, sample).map.columns) == {
        "account": "会社ID",
        "timestamp": "event",
    }


def test_a_part_of_a_name_is_enough_but_a_whole_name_wins() -> None:
    sample = {"お客様会社ID": ["c1"], "会社コード": ["c2"], "操作日時(JST)": TIMES}
    proposal = propose(Kind.EVENTS, sample)
    assert dict(proposal.map.columns) == {"account": "会社コード", "timestamp": "操作日時(JST)"}
    assert [field.name for field in proposal.missing] == ["event"]


def test_what_a_person_said_stays_and_is_not_asked_again() -> None:
    sample = {
        "会社ID": ["c1"],
        "親会社ID": ["c0"],
        "操作": ["x"],
        "日時": TIMES,
        "ユーザーID": ["u"],
    }
    given = ColumnMap(
        columns={"account": "親会社ID", "timestamp": "日時"},
        constants={"event": "login"},
        ignored=frozenset({"操作"}),
        declined=frozenset({"user"}),
    )
    proposal = propose(Kind.EVENTS, sample, given)
    assert dict(proposal.map.columns) == {"account": "親会社ID", "timestamp": "日時"}
    assert not proposal.guessed
    assert proposal.missing == ()
    lines = {line.field.name: line.why for line in proposal.fields}
    assert (lines["account"], lines["event"]) == ("as you said", "always 'login'")


def test_a_mapping_file_says_all() -> None:
    sample = {"会社ID": ["c1"], "操作": ["x"], "日時": TIMES, "ユーザーID": ["u"]}
    given = ColumnMap(columns={"account": "会社ID", "event": "操作"}, complete=True)
    proposal = propose(Kind.EVENTS, sample, given)
    assert proposal.map == given
    assert [field.name for field in proposal.missing] == ["timestamp"]


def test_samples_show_different_values() -> None:
    proposal = propose(Kind.EVENTS, {"会社ID": ["a", "a", "b", "c", "d"]})
    assert proposal.fields[0].samples == ("a", "b", "c")
