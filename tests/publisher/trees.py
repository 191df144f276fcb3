"""A small published tree with one of each kind of file, as the press lays it out."""

from json import dumps
from pathlib import Path
from typing import Final

from publisher import ended, links
from publisher.encodings import packings
from publisher.ended import Ended

BASE: Final = "https://paper.example/"
HUB: Final = "https://hub.example/?to=paper"


def _linked(path: str) -> bytes:
    """Return the links of a feed at a path: its own, and its hub's."""
    return f'<link rel="hub" href="{HUB}"/><link rel="self" href="{BASE}{path}"/>'.encode()


def _feeds(folder: str) -> dict[str, bytes]:
    json = {"feed_url": f"{BASE}{folder}feed.json", "hubs": [{"type": "WebSub", "url": HUB}]}
    return {
        f"{folder}atom.xml": b"<feed>%s</feed>" % _linked(f"{folder}atom.xml"),
        f"{folder}rss.xml": b"<rss>%s</rss>" % _linked(f"{folder}rss.xml"),
        f"{folder}feed.json": dumps(json).encode(),
    }


def _thread(path: str) -> dict[str, bytes]:
    """Return the feeds of those that cite an article, which name no hub."""
    own = f'<link rel="self" href="{BASE}{path}'
    return {
        f"{path}.xml": f'<feed>{own}.xml"/></feed>'.encode(),
        f"{path}.rss": f'<rss>{own}.rss"/></rss>'.encode(),
        f"{path}.json": dumps({"feed_url": f"{BASE}{path}.json"}).encode(),
    }


ATOM: Final = b"<feed>%s%s</feed>" % (_linked("atom.xml"), b"<entry>news</entry>" * 200)
SECRET: Final = b"not for the public"
ENDED: Final = Ended(
    gone=frozenset({"world/", "articles/2026/05/a-report-k2f9x0c3b7d1/", "defence/"}),
    moved={"trade/": f"{BASE}economy/trade/"},
)
PAGES: Final = {
    "index.html": b"<h1>The Broadsheet</h1>",
    **_feeds(""),
    "atom.xml": ATOM,
    "opml.xml": b"<opml/>",
    "sources.opml": b"<opml/>",
    "sitemap.xml": b"<urlset/>",
    "robots.txt": b"User-agent: *",
    "style.css": b"p {}" * 500,
    "logo.svg": b"<svg/>",
    "photo.JPG": b"\xff\xd8" + bytes(3000),
    "unknown.bin": b"?",
    "defence/index.html": b"<h1>Defence</h1>",
    "economy/index.html": b"<h1>Economy</h1>",
    "economy/subscribe/index.html": b"<h1>Subscribe</h1>",
    **_feeds("economy/"),
    "articles/1/index.html": b"<h1>A report</h1>",
    "defence/archive/2026-05.xml": b"<feed/>",
    **_thread("articles/1/citations"),
    "with space & ü/index.html": b"<h1>odd</h1>",
    "empty/nothing.txt": b"",
    **ended.files(ENDED),
    **links.files(BASE, [HUB]),
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
