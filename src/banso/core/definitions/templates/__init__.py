"""Sets of definitions to start from, as `banso init` writes them."""

from collections.abc import Mapping
from importlib.resources import files


def starter() -> Mapping[str, str]:
    """File name -> YAML text of the starter set, in order of names."""
    folder = files(__name__) / "starter"
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
    return dict(sorted(texts.items()))
