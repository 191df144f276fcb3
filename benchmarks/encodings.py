"""What each encoding of the paper costs and saves: the demo's feeds and pages, level by level."""

import gzip
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import brotli
import zstandard

from aggregator import demo

LEVELS: dict[str, Callable[[bytes], bytes]] = {
    **{
        f"gzip {level}": partial(gzip.compress, compresslevel=level, mtime=0) for level in (1, 6, 9)
    },
    **{f"brotli {level}": partial(brotli.compress, quality=level) for level in (4, 5, 6, 9, 11)},
    **{f"zstd {level}": partial(zstandard.compress, level=level) for level in (3, 9, 15, 19)},
}
LEAST = 1024


def run() -> str:
    """Return a table: seconds of one core per 1,000 files and the share of bytes that is left."""
    with tempfile.TemporaryDirectory() as folder:
        paper = Path(folder) / "public"
        demo.once(state=Path(folder) / "state", output=paper, port=8420)
        bodies = {path: path.read_bytes() for path in sorted(paper.rglob("*")) if path.is_file()}
    feeds = [body for path, body in bodies.items() if path.name == "atom.xml"]
    pages = [body for path, body in bodies.items() if path.suffix == ".html" and len(body) > LEAST]
    lines = [f"{'':10} {_title('feeds', feeds)} {_title('pages', pages)}"]
    for name, compress in LEVELS.items():
        lines.append(f"{name:10} {_measured(compress, feeds)} {_measured(compress, pages)}")
    return "\n".join(lines)


def _title(name: str, bodies: Sequence[bytes]) -> str:
    mean = sum(map(len, bodies)) / len(bodies) / 1000
    return f"| {len(bodies):4} {name}, {mean:5.1f} kB each"


def _measured(compress: Callable[[bytes], bytes], bodies: Sequence[bytes]) -> str:
    begun = time.process_time()
    left = sum(len(compress(body)) for body in bodies)
    spent = time.process_time() - begun
    share = left / sum(map(len, bodies))
    return f"| {spent / len(bodies) * 1000:8.2f} ms {share:8.1%}  "
