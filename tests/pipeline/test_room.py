"""A run that can't have the memory it takes says so before it begins, with the figure."""

from pathlib import Path

import psutil
import pytest
from tests.pipeline.vendor import LAST, apply, furnish

from banso.cli.session import Session
from banso.desk.models import Run
from banso.pipeline import room
from banso.pipeline.kept_history import folder_of
from banso.pipeline.run import run
from banso.store.histories import NoRoomError, current

pytestmark = pytest.mark.django_db(transaction=True)


def container(folder: Path, *, limit: str, used: int, cached: int) -> Path:
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\nactive_file 7\ninactive_file {cached}\n")
    return folder


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    return session


def test_a_run_without_the_memory_names_the_figure_and_computes_nothing(
    vendor: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = apply()
    monkeypatch.setattr(room, "ACCOUNT_BYTES", 2**29)  # six of them: 3 GiB
    monkeypatch.setattr(room, "memory_free", lambda: 2**30)
    with pytest.raises(NoRoomError) as told:
        run(vendor.store, definitions, as_of=LAST, since=None)
    assert str(told.value).startswith("This run needs about 3.0 GiB of memory for 6 accounts and ")
    assert "and 1.0 GiB are free. Close other programs" in str(told.value)
    assert (Run.objects.count(), current(folder_of(vendor.home))) == (0, None)


@pytest.mark.parametrize(
    ("limit", "used", "cached", "free"),
    [("1000000", 400_000, 100_000, 700_000), ("1000", 5_000, 1_000, 0)],
)
def test_a_container_has_less_than_the_machine(
    tmp_path: Path, limit: str, used: int, cached: int, free: int
) -> None:
    assert room.memory_free(container(tmp_path, limit=limit, used=used, cached=cached)) == free


def test_without_a_limit_it_is_the_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Machine:
        available = 12_345

    monkeypatch.setattr(psutil, "virtual_memory", Machine)
    assert room.memory_free(container(tmp_path, limit="max", used=5, cached=1)) == 12_345
    assert room.memory_free(tmp_path / "no-container") == 12_345
