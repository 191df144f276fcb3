"""A small published tree with one of each kind of file, as the press lays it out."""

from pathlib import Path
from typing import Final

from publisher import ended
from publisher.encodings import packings
from publisher.ended import Ended

ATOM: Final = b"<feed>" + b"<entry>news</entry>" * 200 + b"</feed>"
SECRET: Final = b"not for the public"
ENDED: Final = Ended(
    gone=frozenset({"world/", "articles/2026/05/a-report-k2f9x0c3b7d1/", "defence/"}),
    moved={"trade/": "https://paper.example/economy/trade/"},
)
PAGES: Final = {
    "index.html": b"<h1>The Broadsheet</h1>",
    "atom.xml": ATOM,
    "rss.xml": b"<rss/>",
    "feed.json": b"{}",
    "opml.xml": b"<opml/>",
    "sources.opml": b"<opml/>",
    "sitemap.xml": b"<urlset/>",
    "robots.txt": b"User-agent: *",
    "style.css": b"p {}" * 500,
    "logo.svg": b"<svg/>",
    "photo.JPG": b"\xff\xd8" + bytes(3000),
    "unknown.bin": b"?",
    "defence/index.html": b"<h1>Defence</h1>",
    "defence/archive/2026-05.xml": b"<feed/>",
    "articles/1/citations.xml": b"<feed/>",
    "with space & ü/index.html": b"<h1>odd</h1>",
    "empty/nothing.txt": b"",
    **ended.files(ENDED),
    ".press/journal": SECRET,
    "defence/.hidden": SECRET,
}


def publish(folder: Path, name: str, body: bytes) -> None:
    """Put a file in place with its packed forms, as the press does."""
    for path, data in (packings(name, body) | {name: body}).items():
        (folder / "new").write_bytes(data)
        (folder / "new").replace(folder / path)


def lay_out(folder: Path) -> Path:
    """Publish all of it in a folder, and return that."""
    for name, body in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        publish(folder, name, body)
    return folder
