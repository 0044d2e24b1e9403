"""Kaede's files, simulated once for all tests here."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

KAEDE = Path(__file__).resolve().parents[2] / "examples" / "kaede"


@pytest.fixture(scope="session")
def simulator() -> ModuleType:
    """The simulator, loaded by its path."""
    spec = importlib.util.spec_from_file_location("kaede_simulate", KAEDE / "simulate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def data(simulator: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the default seed."""
    folder = tmp_path_factory.mktemp("kaede")
    simulator.simulate(out=folder, seed=7)
    return folder
