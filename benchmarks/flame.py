"""Where the time of the history goes, as a picture: docs/images/flame-history.svg.

py-spy looks at the computing threads 200 times a second; only Banso's own functions, Arrow's and
what they call are drawn, each as wide as its share. Needs py-spy on the path (`pip install
py-spy`), which is none of Banso's dependencies as nothing else needs it.

    ./run bench flame [--events 50000000]
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

import pyarrow as pa
from history import definitions, kernel, organisation
from usage import generate

from banso.core.metrics import plan

OUT = Path("docs/images/flame-history.svg")
TIMES = 10
"""So often is the history computed, so that starting the process weighs little."""
ROOT = "kernel.<locals>.one"
PLAIN = re.compile(r"<locals>\.|singledispatch|cached_property|<genexpr>|<dictcomp>|<listcomp>")
LEAST = 0.004
WIDTH, HEIGHT, ROW = 1180, 220, 22
COLOURS = {"state.py": "#c2703d", "segments.py": "#3b7a9e", "compiled.py": "#a44a3f"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        work(given.work, given.accounts)
        return
    spy = shutil.which("py-spy")
    if spy is None:
        sys.exit("py-spy is not on the path: pip install py-spy, then once more.")
    folder = Path(".banso-bench") / f"usage-{given.events}-{given.accounts}"
    generate(folder=folder, events=given.events, accounts=given.accounts)
    raw = folder.parent / "flame.txt"
    command = [sys.executable, __file__, "--work", str(folder), "--accounts", str(given.accounts)]
    subprocess.run(
        [spy, "record", "-F", "-r", "200", "-f", "raw", "-o", str(raw), "--", *command],
        check=True,
    )
    stacks = dict(read(raw.read_text(encoding="utf-8").splitlines()))
    OUT.write_text(drawn(stacks), encoding="utf-8")
    print(OUT)


def work(folder: Path, accounts: int) -> None:
    pa.set_cpu_count(1)
    made = plan(definitions(12), org=organisation())
    for _ in range(TIMES):
        kernel(folder, made, accounts)


def read(lines: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Stacks below ROOT with their samples; frames of the language itself are left out."""
    found: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        stack, _, samples = line.rpartition(" ")
        frames = [x for x in stack.split(";") if "frozen" not in x]
        at = next((i for i, x in enumerate(frames) if x.startswith(ROOT)), None)
        if at is None or any("numba" in x for x in frames):
            continue  # starting and compiling
        kept = [x for x in frames[at + 1 :] if not PLAIN.search(x)]
        found[tuple(re.sub(r":\d+\)$", ")", x) for x in kept)] += int(samples)
    yield from found.items()


def drawn(stacks: Mapping[tuple[str, ...], int]) -> str:
    """One rectangle for each function below its caller."""
    total = sum(stacks.values())
    boxes = "".join(_boxes(stacks, total, depth=0, left=0.0))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img" aria-label="Flame graph">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{boxes}</svg>\n'
    )


def _boxes(
    stacks: Mapping[tuple[str, ...], int], total: int, *, depth: int, left: float
) -> Iterator[str]:
    below: dict[str, dict[tuple[str, ...], int]] = {}
    for stack, samples in stacks.items():
        if stack:
            below.setdefault(stack[0], {})[stack[1:]] = samples
    for frame, rest in sorted(below.items(), key=lambda x: -sum(x[1].values())):
        share = sum(rest.values()) / total
        if share < LEAST:
            continue
        yield _box(frame, share, depth, left)
        yield from _boxes(rest, total, depth=depth + 1, left=left)
        left += share


def _box(frame: str, share: float, depth: int, left: float) -> str:
    name, _, place = frame.partition(" (")
    file = place.rstrip(")").rpartition("/")[2]
    x, width, y = left * WIDTH, share * WIDTH, 4 + depth * ROW
    words = f"{name} {share:.0%}"
    room = int(width // 6.6)
    shown = words if len(words) <= room else name[: room - 1] + "…" if room > 4 else ""
    return (
        f'<g><title>{escape(frame)}: {share:.1%}</title><rect x="{x:.1f}" y="{y}" '
        f'width="{max(width - 1, 0.5):.1f}" height="{ROW - 2}" rx="2" '
        f'fill="{COLOURS.get(file, "#7d8a97")}"/><text x="{x + 4:.1f}" y="{y + 14}" '
        f'fill="#fff">{escape(shown)}</text></g>'
    )


if __name__ == "__main__":
    main()
