"""The licence story: 50 seats, 20 in use; a study session; 60 people want in. Every part is real:
files, import, runs, the commands."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Banso

from banso.desk.models import PlayRun, Task

DEFINITIONS = """
organisation: {name: Vendor, time_zone: Asia/Tokyo}
metrics:
  - {name: users, label: {en: Users, ja: 利用者}, kind: distinct_users, window: 7d}
  - {name: seats, label: {en: Seats, ja: 契約数}, kind: latest, of: contract.seats}
  - {name: idle, label: {en: Idle seats, ja: 余り}, kind: derived, expression: seats - users}
  - {name: wanted, label: {en: Seats wanted, ja: 不足}, kind: derived, expression: users - seats}
rules:
  - name: seats_idle
    when: idle >= 20
    outcome:
    action: {en: Help them to use what they bought, ja: 使われていない分の活用を助ける}
    play: rescue_licences
  - name: seats_wanted
    when: wanted >= 10
    priority: high
    action: {en: Offer more seats, ja: 追加を提案する}
    play: expand_licences
plays:
  - name: rescue_licences
    label: {en: Rescue licences, ja: ライセンスを救う}
    exit: idle <= 5
    conflict_days: 7
    steps:
      - kind: task
        label: {en: Hold a study session, ja: 勉強会を開く}
        due_in: 5
      - {kind: wait_until, condition: idle < 20, within_days: 60}
      - kind: task
        label: {en: Thank them, ja: お礼を伝える}
  - name: expand_licences
    label: {en: Expand licences, ja: ライセンスを広げる}
    once: true
    steps:
      - kind: task
        label: {en: Offer at least 10 more seats, ja: 10席以上の追加を提案する}
"""
FIRST = date(2026, 4, 1)
BOUGHT = 50


def users(day: date) -> int:
    """20 people; after the study session more come, week by week, until 60 want in."""
    weeks = (day - date(2026, 4, 27)).days // 7
    return 20 if weeks < 0 else min(20 + 8 * (weeks + 1), 60)


@pytest.fixture
def vendor(banso: Banso, home: Path) -> Path:
    folder = home.parent
    (folder / "definitions").mkdir()
    text = DEFINITIONS.replace("    outcome:\n", "")
    (folder / "definitions" / "all.yaml").write_text(text, encoding="utf-8")
    (folder / "accounts.csv").write_text(
        "会社ID,会社名,担当CSM\nC1,楓商事,sato@example.com\n", encoding="utf-8-sig"
    )
    (folder / "contracts.csv").write_text(
        f"会社ID,契約ID,開始日,終了日,ライセンス数,年額\nC1,K1,2026/4/1,2027/3/31,{BOUGHT},1200000\n",
        encoding="utf-8",
    )
    banso("apply", "definitions", "--by", "test")
    banso("import", "accounts", "accounts.csv", "--yes")
    banso("import", "contracts", "contracts.csv", "--yes")
    use(banso, folder, FIRST, date(2026, 4, 12))
    return folder


def use(banso: Banso, folder: Path, first: date, last: date) -> None:
    """What the product logged from day to day, imported as a file."""
    days = [first + timedelta(days=x) for x in range((last - first).days + 1)]
    lines = ["日時,会社ID,ユーザーID,操作"]
    lines += [f"{day} 09:00,C1,u{n},login" for day in days for n in range(users(day))]
    name = f"usage-{first}.csv"
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    banso("import", "events", name, "--yes", "--source", "web")


def runs(banso: Banso) -> list[tuple[Any, ...]]:
    found = json.loads(banso("plays", "runs", "--json").stdout)
    keys = ("play", "rule", "state", "because", "waits")
    return sorted(tuple(x[key] for key in keys) for x in found)


def to_do(banso: Banso) -> list[tuple[int, str, str]]:
    found = json.loads(banso("tasks", "list", "--json").stdout)
    return [(x["task"], x["label"]["en"], x["member"]) for x in found]


def test_the_licence_story(banso: Banso, vendor: Path) -> None:
    banso("run", "--as-of", "2026-04-01")  # the first run, which starts nothing
    assert runs(banso) == []

    banso("run", "--as-of", "2026-04-13")
    rescue = ("rescue_licences", "seats_idle", "open", None, "condition")
    assert runs(banso) == [rescue]
    ((session, label, member),) = to_do(banso)
    assert (label, member) == ("Hold a study session", "sato@example.com")
    assert Task.objects.get().due_on == date(2026, 4, 18)

    told = banso("tasks", "done", str(session), "--note", "12 people came")
    assert told.stdout.startswith(f"Task {session} is done.")
    assert to_do(banso) == []
    banso("run", "--as-of", "2026-04-13")  # once more: nothing comes about twice
    assert (runs(banso), to_do(banso)) == ([rescue], [])

    use(banso, vendor, date(2026, 4, 13), date(2026, 5, 17))
    for day in ("2026-05-04", "2026-05-11", "2026-05-18"):
        banso("run", "--as-of", day)
    assert runs(banso)[0][2:4] == ("ended", "finished")
    assert [label for _, label, _ in to_do(banso)] == ["Thank them"]

    use(banso, vendor, date(2026, 5, 18), date(2026, 6, 14))
    for day in ("2026-05-25", "2026-06-01", "2026-06-08", "2026-06-15"):
        banso("run", "--as-of", day)
    expanded, rescued = runs(banso)
    assert expanded == ("expand_licences", "seats_wanted", "ended", "finished", None)
    assert rescued[2:4] == ("ended", "finished")
    assert sorted(x for _, x, _ in to_do(banso)) == ["Offer at least 10 more seats", "Thank them"]
    told = PlayRun.objects.get(play="expand_licences").alert
    assert told is not None
    assert {x["metric"]: x["value"] for x in told.why} == {"wanted": 10.0}
