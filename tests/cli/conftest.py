from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import pytest
import typer
from typer.testing import CliRunner

from banso.cli.app import COMMANDS, build


class Result(Protocol):
    """What a command printed."""

    @property
    def stdout(self) -> str: ...
    @property
    def stderr(self) -> str: ...


Banso = Callable[..., Result]


def built(words: Sequence[str]) -> typer.Typer:
    """As `main` builds it: of the command that is called, or of all."""
    return build(words[:1] if words and words[0] in COMMANDS else COMMANDS)


@pytest.fixture
def banso(home: Path) -> Banso:
    """Run a command as the terminal would, in the test's folder; errors come up as they are."""

    def call(*words: str, status: int = 0) -> Result:
        result = CliRunner().invoke(built(words), list(words), catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result

    return call


@pytest.fixture
def files(home: Path) -> Path:
    """The example vendor's own files: two customers, one of whom stops."""
    folder = home.parent
    days = [f"2026-{month:02d}-{day:02d}" for month in (4, 5, 6) for day in range(1, 29, 2)]
    lines = ["日時,会社ID,ユーザーID,操作"]
    for day in days:
        lines += [f"{day} 09:{n:02d},C1,u{n},login" for n in range(6)]
        lines += [f"{day} 10:{n:02d},C2,v{n},login" for n in range(4) if day < "2026-05-20"]
    (folder / "usage.csv").write_text("\n".join(lines) + "\n", encoding="cp932")
    (folder / "accounts.csv").write_text(
        "会社ID,会社名,担当CSM,業種\nC1,楓商事,sato@example.com,製造\nC2,もみじ物産,田中,小売\n",
        encoding="utf-8-sig",
    )
    (folder / "contracts.csv").write_text(
        "会社ID,契約ID,開始日,終了日,ライセンス数,年額\n"
        "C1,K1,2026/4/1,2027/3/31,10,1200000\n"
        "C2,K2,2026/4/1,2027/3/31,20,2400000\n",
        encoding="utf-8",
    )
    return folder
