"""The commands that exchange lists of feeds, as an operator types them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator import list_commands
from aggregator.list_commands import discover_command, export_command, import_command
from aggregator.settings import load, parse
from feeds.errors import FetchError
from feeds.fetch import Fetched, Fetcher, Request

LOOPBACK = (ip_network("127.0.0.1/32"),)


LIST = b"<opml><head><title>Mine</title><body><outline text='A' xmlUrl='https://a.example/feed'/>"
SETTINGS = """\
site: {title: The Paper, base_url: https://paper.example/}
sources:
  - name: A
    feed: https://a.example/feed
    every: 6h
    http: {headers: {X-Key: "${A_KEY}"}}
"""


@pytest.fixture
def opml(tmp_path: Path) -> Path:
    path = tmp_path / "mine.opml"
    path.write_bytes(LIST)
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "sources.yaml").write_text(SETTINGS)
    return folder


def test_a_list_is_imported_into_a_new_paper_and_never_over_another(
    tmp_path: Path, opml: Path
) -> None:
    into = tmp_path / "new"
    call = [str(opml), "--into", str(into)]
    assert CliRunner().invoke(import_command, call).exit_code == 0
    settings = load(into)
    assert (settings.site.title, settings.sources[0].feed) == ("Mine", "https://a.example/feed")
    again = CliRunner().invoke(import_command, call)
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_an_import_without_a_place_is_printed(opml: Path) -> None:
    printed = CliRunner().invoke(import_command, [str(opml)]).output
    assert [source.name for source in parse(printed).sources] == ["A"]


def test_another_document_is_refused_in_words(opml: Path) -> None:
    opml.write_bytes(b"<rss/>")
    result = CliRunner().invoke(import_command, [str(opml)])
    assert result.exit_code == 2
    assert "not an OPML list" in result.output


def test_an_export_tells_no_secret_and_needs_none(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ["--config", str(config), "--with-http"]
    monkeypatch.delenv("A_KEY", raising=False)
    unset = CliRunner().invoke(export_command, call)
    assert "${A_KEY}" in unset.output
    monkeypatch.setenv("A_KEY", "s3cret")
    for more in ([], ["--with-http"]):
        told = CliRunner().invoke(export_command, ["--config", str(config), *more])
        assert told.exit_code == 0
        assert "s3cret" not in told.output


def test_what_is_exported_can_be_imported(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.opml"
    path.write_bytes(CliRunner().invoke(export_command, ["--config", str(config)]).stdout_bytes)
    call = [str(path), "--base-url", "https://paper.example/"]
    (source,) = parse(CliRunner().invoke(import_command, call).output).sources
    assert (source.name, source.every.total_seconds()) == ("A", 6 * 3600)


asked: list[str] = []


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    pages = {
        "/": b"<link rel=alternate type=application/rss+xml title=News href=/rss>",
        "/rss": b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>",
        "/bare": b"<p>nothing",
        "/login": b"<!DOCTYPE html><title>Sign in</title><input type=password>",
        "/feed.json": b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}',
        "/all": (
            b"<base href='/sub/'><link rel=alternate type=application/rss+xml title='Comments' "
            b"href=comments/feed><link rel=alternate type=application/atom+xml href=a.atom>"
            b"<link rel=alternate type=application/feed+json href=/f.json>"
        ),
        "/headed": b"<p>nothing",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} by {self.headers['User-Agent']}")
            body = pages[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            if self.path == "/headed":
                self.send_header("Link", "</rss>; rel=alternate; type=application/rss+xml")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    monkeypatch.setattr(list_commands, "Fetcher", lambda **_: Fetcher(allow_networks=LOOPBACK))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_sites_feeds_are_found(site: str) -> None:
    found = CliRunner().invoke(discover_command, [f"{site}/"])
    assert found.output == f"{site}/rss  (advertised)  News\n"
    itself = CliRunner().invoke(discover_command, [f"{site}/rss"])
    assert itself.output == f"{site}/rss  (a feed itself)\n"
    headed = CliRunner().invoke(discover_command, [f"{site}/headed"])
    assert headed.output == f"{site}/rss  (advertised)\n"
    none = CliRunner().invoke(discover_command, [f"{site}/bare"])
    assert none.exit_code == 2
    assert "leads to no feed" in none.output


def test_a_json_feed_is_known_as_one(site: str) -> None:
    found = CliRunner().invoke(discover_command, [f"{site}/feed.json"])
    assert found.output == f"{site}/feed.json  (a feed itself)\n"


def test_all_that_a_page_advertises_is_shown_comments_last_and_nothing_is_guessed(
    site: str,
) -> None:
    found = CliRunner().invoke(discover_command, [f"{site}/all"])
    assert found.output.splitlines() == [
        f"{site}/sub/a.atom  (advertised)",
        f"{site}/f.json  (advertised)",
        f"{site}/sub/comments/feed  (comments)  Comments",
    ]
    assert [each.partition(" ")[0] for each in asked] == ["/all"]


def test_a_page_without_a_feed_is_said_to_be_what_it_is(site: str) -> None:
    none = CliRunner().invoke(discover_command, [f"{site}/login"])
    assert none.exit_code == 2
    assert "leads to no feed: the document is an HTML page" in none.output
    assert "a login page" in none.output
    assert [each.partition(" ")[0] for each in asked] == ["/login"], "no address is made up"


def test_whom_we_ask_for_is_said_where_there_is_a_paper(site: str, config: Path) -> None:
    CliRunner().invoke(discover_command, [f"{site}/", f"--config={config}"])
    CliRunner().invoke(discover_command, [f"{site}/", f"--config={config.parent / 'none'}"])
    first, second = (each.partition(" by ")[2] for each in asked)
    assert first.endswith("(+https://paper.example/)")
    assert second.startswith("Broadsheet/")


def test_a_host_alone_is_asked_by_https(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = []

    class Refusing:
        def __init__(self, **_: object) -> None:
            """Take anything."""

        def __call__(self, request: Request) -> Fetched:
            addresses.append(request.url)
            raise FetchError("no")

        def close(self) -> None:
            """Do nothing."""

    monkeypatch.setattr(list_commands, "Fetcher", Refusing)
    assert CliRunner().invoke(discover_command, ["news.example"]).exit_code == 2
    assert addresses == ["https://news.example"]
