"""Sets of definitions to start from, as `banso init` writes them."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template

PRODUCT = re.compile(r"[\w./+& -]{1,40}")


class UnfitProductError(ValueError):
    """No name of a product that definitions could be written for."""


def starter(products: Sequence[str] = ()) -> Mapping[str, str]:
    """File name -> YAML text of the starter set, in order of names.

    products: those whose seats are sold apart, as their keys stand in contracts and facts. What
    concerns seats is measured of each: in a total one product's idle seats would hide the other's
    shortage. Raises UnfitProductError.
    """
    folder = files(__name__) / "starter"
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
    texts |= _seats(products) if products else {"seats.yaml": _written("rules", "")}
    return dict(sorted(texts.items()))


def _seats(products: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for product in products:
        suffix = re.sub(r"\W+", "_", product.lower()).strip("_")
        if not PRODUCT.fullmatch(product) or not suffix:
            raise UnfitProductError(
                f"'{product}': at most 40 letters, digits, spaces and any of . / + & - _"
            )
        name = f"seats_{suffix}.yaml"
        if name in found:
            raise UnfitProductError(f"'{product}': another product's definitions are named so too")
        found[name] = _written("metrics", product, suffix) + _written("rules", product, suffix)
    return found


def _written(part: str, product: str, suffix: str = "") -> str:
    text = (files(__name__) / "seats" / f"{part}.yaml").read_text(encoding="utf-8")
    return Template(text).substitute(
        product=product,
        suffix=f"_{suffix}" if suffix else "",
        of_en=f" of {product}" if product else "",
        of_ja=f"（{product}）" if product else "",
    )
