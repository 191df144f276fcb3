"""The script everybody writes: requests, feedparser and SQLite, and nothing else.

`python -m benchmarks.plain ADDRESSES DATABASE`, the addresses in a file, one a line. It is here
to be measured against: what a paper costs beyond the bare work.
"""

import io
import sqlite3
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import feedparser
import requests

THREADS = 16
_IN_FLIGHT = 4 * THREADS  # documents waiting to be read; all at once would fill the memory
_TABLES = """
create table if not exists feed (url text primary key, etag text, modified text);
create table if not exists entry (feed text, id text, title text, link text, published text,
    content text, primary key (feed, id));
"""
_own = threading.local()


def main(addresses: Path, database: Path) -> None:
    """Bring the database up to date with the feeds."""
    with sqlite3.connect(database) as store:
        store.executescript(_TABLES)
    known = {url: (etag, modified) for url, etag, modified in store.execute("select * from feed")}
    urls = addresses.read_text("utf-8").split()
    with ThreadPoolExecutor(THREADS) as pool:
        for url, reply in _all(pool, ((url, *known.get(url, (None, None))) for url in urls)):
            if reply.status_code == 200:
                _keep(store, url, reply)
    store.close()


def _all(
    pool: ThreadPoolExecutor, asked: Iterable[tuple[str, str | None, str | None]]
) -> Iterator[tuple[str, requests.Response]]:
    left = iter(asked)
    waiting: list[tuple[str, Future[requests.Response]]] = []
    while True:
        for one in islice(left, _IN_FLIGHT - len(waiting)):
            waiting.append((one[0], pool.submit(_fetch, *one)))  # noqa: PERF401 -- lazily
        if not waiting:
            return
        url, reply = waiting.pop(0)
        yield url, reply.result()


def _fetch(url: str, etag: str | None, modified: str | None) -> requests.Response:
    if not hasattr(_own, "session"):
        _own.session = requests.Session()
    headers = {}
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    reply: requests.Response = _own.session.get(url, headers=headers, timeout=20)
    return reply


def _keep(store: sqlite3.Connection, url: str, reply: requests.Response) -> None:
    feed = feedparser.parse(  # noqa: TID251 -- as everybody calls it, but never of a path
        io.BytesIO(reply.content), response_headers={"content-location": url}
    )
    rows = [(url, *_row(entry)) for entry in feed.entries]
    with store:
        store.executemany("insert or replace into entry values (?, ?, ?, ?, ?, ?)", rows)
        store.execute(
            "insert or replace into feed values (?, ?, ?)",
            (url, reply.headers.get("ETag"), reply.headers.get("Last-Modified")),
        )


def _row(entry: Any) -> tuple[str, str, str, str, str]:
    content = entry.content[0].value if entry.get("content") else entry.get("summary", "")
    link = entry.get("link", "")
    return entry.get("id", link), entry.get("title", ""), link, entry.get("published", ""), content


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
