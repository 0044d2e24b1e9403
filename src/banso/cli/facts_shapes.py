"""What `--json` prints of what came in: imports, the ledger, quarantine."""

from datetime import datetime

from banso.cli.shapes import Shape, said


class QuarantineItem(Shape):
    """`banso quarantine list --json`: a list of these."""

    id: int = said("Number of the row in quarantine", "隔離行の番号")
    state: str = said(
        "open, replaying, replayed or discarded", "open・replaying・replayed・discarded"
    )
    came_at: datetime = said("When it came first, UTC", "最初に届いた日時(UTC)")
    received_at: datetime = said("When it came last, UTC", "最後に届いた日時(UTC)")
    source: str = said("Source", "データソース")
    dataset: str = said(
        "events, records, identities, or the kind of file",
        "events・records・identities・ファイルの種類",
    )
    origin: str = said("File; `live` for live events", "ファイル。リアルタイムの利用ログは `live`")
    row: int = said("Row there", "その中の行")
    reason: str = said("Why it was not taken", "取り込めなかった理由")
    payload: str = said("What it said, or was edited to", "行の内容(編集した場合は編集後)")
    seen: int = said("How often it came", "届いた回数")


class DeedItem(Shape):
    """One thing that was done with a row of quarantine."""

    at: datetime = said("When, UTC", "日時(UTC)")
    by: str = said("Who", "行った人")
    kind: str = said("replay, discard or restore", "replay・discard・restore")
    note: str = said("Why; empty where nobody said", "理由。なければ空")
    payload: str | None = said(
        "What the row said before it was edited; null: it was not", "編集前の内容。未編集なら null"
    )
    reason: str = said("Why the row was in quarantine then", "そのとき隔離されていた理由")
    outcome: str | None = said(
        "Of a replay: stored, duplicate, waiting or quarantined; null while it is under way",
        "再取り込みの結果: stored・duplicate・waiting・quarantined。途中なら null",
    )


class QuarantineDetail(QuarantineItem):
    """`banso quarantine show --json`."""

    deeds: list[DeedItem] = said("What was done with it, in order", "行ったこと(古い順)")


class ReplayItem(Shape):
    """`banso quarantine replay --json`: replayed = stored + duplicate + waiting + quarantined."""

    replayed: int = said("Rows that were tried again", "再取り込みした行")
    stored: int = said("Stored now", "保存した行")
    duplicate: int = said("Stored before", "重複")
    waiting: int = said("Wait for their account", "顧客が分かるまで待つ行")
    quarantined: int = said("In quarantine still", "まだ隔離のままの行")


class LedgerHour(Shape):
    """`banso ledger --json`: received = stored + duplicate + quarantined."""

    source: str = said("Source", "データソース")
    dataset: str = said("events or records", "events または records")
    hour: datetime = said("Hour of receipt, UTC", "受け取った時間(UTC)")
    received: int = said("Rows received", "受け取った行")
    stored: int = said("Stored", "保存した行")
    duplicate: int = said("Stored before", "重複")
    quarantined: int = said("Not taken", "隔離")


class ImportCounts(Shape):
    """Rows of one file, or of all. In a dry run `good` stands for stored and duplicate."""

    file: str | None = said("File; null in the total", "ファイル。合計では null")
    received: int = said("Rows received", "受け取った行")
    stored: int | None = said("Stored; null in a dry run", "保存した行。試行では null")
    duplicate: int | None = said("Stored before; null in a dry run", "重複。試行では null")
    quarantined: int = said("Not taken", "隔離")
    good: int | None = said("Would be taken (dry run only)", "取り込み可能な行(試行のみ)")


class ImportItem(Shape):
    """`banso import --json`: received = stored + duplicate + quarantined."""

    source: str = said("Source", "データソース")
    dry_run: bool = said("Whether nothing was stored on purpose", "試行かどうか")
    files: list[ImportCounts] = said("By file", "ファイルごと")
    total: ImportCounts = said("All files", "合計")
