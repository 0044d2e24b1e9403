"""A page as a tree, to ask it what stands where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "use", "path", "rect", "circle"})
BREAK = "\N{ZERO WIDTH SPACE}"
"""In place of `<wbr>`, which no reader sees."""


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What a reader sees of it, in one line."""
        parts = [x if isinstance(x, str) else x.text for x in self.children]
        return " ".join(" ".join(parts).replace(f" {BREAK} ", "").split())

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attrs.get("class", "").split())

    def all(self, tag: str = "", **attrs: str) -> list["Element"]:
        """Those within it, in their order. class_: one of theirs; other attributes: `data_key`
        for data-key."""
        return [x for x in self._within() if x.fits(tag, attrs)]

    def one(self, tag: str = "", **attrs: str) -> "Element":
        (found,) = self.all(tag, **attrs)
        return found

    def fits(self, tag: str, attrs: dict[str, str]) -> bool:
        if tag and self.tag != tag:
            return False
        wanted = dict(attrs)
        known = wanted.pop("class_", "")
        named = {name.replace("_", "-"): value for name, value in wanted.items()}
        return (not known or known in self.classes) and named.items() <= self.attrs.items()

    def _within(self) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._within()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":
            self.handle_data(BREAK)
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {n: v or "" for n, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in {x.tag for x in self.open[1:]}:
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: bytes | str) -> Element:
    reader = _Reader()
    reader.feed(html.decode() if isinstance(html, bytes) else html)
    reader.close()
    return reader.root
