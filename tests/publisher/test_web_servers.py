"""The web servers that we ship a configuration for, asked what our own server is asked."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from publisher import encodings
from publisher.serve import Server
from tests.aggregator.commands import eventually
from tests.publisher.asking import Answer, ask
from tests.publisher.trees import lay_out

DEPLOY = Path(__file__).parents[2] / "deploy"
SAME = (
    "Content-Type",
    "Content-Encoding",
    "Last-Modified",
    "Cache-Control",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Access-Control-Allow-Origin",
    "Vary",
    "Link",
    "Allow",
    "Retry-After",
    "Set-Cookie",
)
PATHS = (
    "/",
    "/index.html",
    "/atom.xml",
    "/rss.xml",
    "/feed.json",
    "/opml.xml",
    "/sources.opml",
    "/sitemap.xml",
    "/robots.txt",
    "/style.css",
    "/logo.svg",
    "/photo.JPG",
    "/unknown.bin",
    "/defence/",
    "/defence/?from=reader",
    *("/economy/atom.xml", "/economy/rss.xml", "/economy/feed.json", "/economy/subscribe/"),
    "/articles/1/",
    "/defence/archive/2026-05.xml",
    "/articles/1/citations.xml",
    "/articles/1/citations.rss",
    "/articles/1/citations.json",
    "/with%20space%20%26%20%C3%BC/",
    "/empty/",
    "/empty",
    "/nothing-there",
    "/nothing/there.xml",
    "/atom.xml/",
    "/atom.xml.gz",
    "/.press/journal",
    "/defence/.hidden",
    "/<script>alert(1)</script>",
    "/.server/ended.json",
    *("/world", "/world/", "/world/index.html", "/world/atom.xml", "/world/subscribe/"),
    *("/world/archive/2026-05.xml", "/world/nothing.xml", "/worldatom.xml", "/worlds/"),
    "/world/atom.xmlindex.html",
    "/articles/2026/05/a-report-k2f9x0c3b7d1/",
    "/articles/2026/05/a-report-k2f9x0c3b7d1/citations.xml",
    "/articles/2026/05/a-report-000000000000/",
)
MOVED = {
    "/trade": "",
    "/trade/": "",
    "/trade/index.html": "",
    "/trade/?page=2": "?page=2",
    "/trade/atom.xml": "atom.xml",
    "/trade/rss.xml?from=a+reader": "rss.xml?from=a+reader",
    "/trade/feed.json": "feed.json",
    "/trade/subscribe": "subscribe",
    "/trade/subscribe/": "subscribe/",
    "/trade/subscribe/index.html": "subscribe/",
    "/trade/archive/2026-05.xml": "archive/2026-05.xml",
}
NGINX = """
daemon off;
master_process off;
pid {place}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    include {place}/paper.conf;
}}
"""


CADDY = """
{{
	admin off
	auto_https off
	storage file_system {place}
}}
import {place}/paper.caddy
"""


def said(answer: Answer) -> tuple[object, ...]:
    """Return all that a reader may act on; tags are made of other things and compared apart."""
    return answer.status, answer.body, [(name, answer.headers[name]) for name in SAME]


class Asked(NamedTuple):
    """One tree behind our server and another."""

    folder: Path
    ours: int
    theirs: int

    def both(self, path: str, method: str = "GET", **fields: str) -> tuple[Answer, Answer]:
        return ask(self.ours, path, method, **fields), ask(self.theirs, path, method, **fields)


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def is_open(port: int) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == 0


def changed(text: str, **lines: str) -> str:
    """Return a configuration of ours with these lines changed, each of which must be there."""
    for line, other in lines.items():
        assert text.count(line) == 1, line
        text = text.replace(line, other)
    return text


def nginx(place: Path, folder: Path, port: int, **more: str) -> list[str | Path]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("there is no nginx here")
    ours = (DEPLOY / "nginx.conf").read_text("utf-8")
    lines = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "root /srv/www/paper;": f"root {folder};",
        "include /srv/www/paper/.server/nginx-ended": f"include {folder}/.server/nginx-ended",
        "include /srv/www/paper/.server/nginx-links": f"include {folder}/.server/nginx-links",
    }
    (place / "paper.conf").write_text(changed(ours, **lines, **more), "utf-8")
    (place / "nginx.conf").write_text(NGINX.format(place=place), "utf-8")
    return [program, "-p", place, "-c", place / "nginx.conf", "-e", "stderr"]


def caddy(place: Path, folder: Path, port: int, **more: str) -> list[str | Path]:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("there is no Caddy here")
    ours = (DEPLOY / "Caddyfile").read_text("utf-8")
    lines = {
        "paper.example {": f"http://127.0.0.1:{port} {{",
        "root * /srv/www/paper": f"root * {folder}",
        "import /srv/www/paper/.server/caddy-ended": f"import {folder}/.server/caddy-ended",
        "import /srv/www/paper/.server/caddy-links": f"import {folder}/.server/caddy-links",
    }
    (place / "paper.caddy").write_text(changed(ours, **lines, **more), "utf-8")
    (place / "Caddyfile").write_text(CADDY.format(place=place), "utf-8")
    return [program, "run", "--adapter", "caddyfile", "--config", place / "Caddyfile"]


@contextmanager
def started(command: list[str | Path], place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server that writes nowhere but in its place."""
    environment = os.environ | {"HOME": str(place), "XDG_CONFIG_HOME": str(place)}
    with (
        (place / "said").open("wb") as said,
        subprocess.Popen(command, stderr=said, env=environment) as other,
    ):
        yield other


SERVERS = {nginx: "nginx.conf", caddy: "Caddyfile"}
each_server = pytest.mark.parametrize("fronted", SERVERS, ids=["nginx", "caddy"], indirect=True)


@pytest.fixture(scope="module", params=SERVERS, ids=["nginx", "caddy"])
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    place = tmp_path_factory.mktemp("server")
    folder = lay_out(place / "public")
    port = a_free_port()
    command = request.param(place, folder, port)
    server = Server(folder, port=0)
    with started(command, place) as other:
        try:
            eventually(lambda: is_open(port) or other.poll() is not None)
            assert other.poll() is None, (place / "said").read_text("utf-8")
            yield Asked(folder, server.start(), port)
        finally:
            other.terminate()
            server.stop(timedelta(seconds=5))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", ["identity", "gzip", "gzip;q=0", "deflate"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_the_same(asked: Asked, path: str, encoding: str, method: str) -> None:
    ours, theirs = asked.both(path, method, Accept_Encoding=encoding)
    assert said(theirs) == said(ours)


@pytest.mark.parametrize("path", ["/defence", "/defence?page=2", "/with%20space%20%26%20%C3%BC"])
def test_a_folder_is_one_redirect_away(asked: Asked, path: str) -> None:
    ours, theirs = asked.both(path)
    assert (theirs.status, ours.status) == (308, 308)
    assert theirs.headers["Location"] == ours.headers["Location"]
    assert theirs.headers["Cache-Control"] == ours.headers["Cache-Control"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("path", "rest"), MOVED.items())
def test_what_moved_is_one_redirect_away_for_good(
    asked: Asked, path: str, rest: str, method: str
) -> None:
    ours, theirs = asked.both(path, method)
    assert (theirs.status, ours.status) == (301, 301)
    address = f"https://paper.example/economy/trade/{rest}"
    assert (theirs.headers["Location"], ours.headers["Location"]) == (address, address)
    for name in SAME:
        if name != "Content-Type":  # nginx sends a page with it
            assert theirs.headers[name] == ours.headers[name], name


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_paper_can_only_be_read(asked: Asked, method: str) -> None:
    ours, theirs = asked.both("/atom.xml", method)
    assert theirs.status == 405
    assert said(theirs) == said(ours)


@pytest.mark.parametrize(
    "part", ["0-0", "0-9", "5-", "2-99999", "-1", "-9", "-99999", "99999-", "99999-100000"]
)
@pytest.mark.parametrize("path", ["/atom.xml", "/photo.JPG", "/economy/"])
def test_a_part_of_a_document_is_the_same_part(asked: Asked, path: str, part: str) -> None:
    ours, theirs = asked.both(path, Range=f"bytes={part}")
    assert theirs.status == ours.status
    assert theirs.headers["Content-Range"] == ours.headers["Content-Range"] != ""
    if ours.status == 206:
        assert said(theirs) == said(ours)
    for port in (asked.theirs, asked.ours):
        whole = ask(port, path)
        assert whole.headers["Accept-Ranges"] == "bytes"
        tag = whole.headers["ETag"]
        for name, status in ((tag, ours.status), ('"other"', 200)):
            assert ask(port, path, Range=f"bytes={part}", If_Range=name).status == status
        assert ask(port, path, Range=f"bytes={part}", If_None_Match=tag).status == 304


@pytest.mark.parametrize("field", ["bytes=0-1,5-6", "lines=0-1"])
def test_who_asks_for_a_part_in_another_way_is_sent_the_whole_or_all_that_was_asked(
    asked: Asked, field: str
) -> None:
    ours, theirs = asked.both("/photo.JPG", Range=field)
    assert ours.status == 200
    assert theirs.status in {200, 206, 416}


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_who_has_a_document_is_sent_no_body(asked: Asked, encoding: str) -> None:
    for port in (asked.theirs, asked.ours):
        first = ask(port, "/atom.xml", Accept_Encoding=encoding)
        tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
        for fields in (
            {"If_None_Match": tag},
            {"If_None_Match": f'"other", W/{tag}'},
            {"If_None_Match": "*"},
            {"If_None_Match": tag, "If_Modified_Since": modified},
            {"If_Modified_Since": modified},
        ):
            again = ask(port, "/atom.xml", Accept_Encoding=encoding, **fields)
            assert (again.status, again.body) == (304, b"")
            assert again.headers["ETag"] == tag
            for name in ("Cache-Control", "Vary", "Access-Control-Allow-Origin", "Link"):
                assert again.headers[name] == first.headers[name]
            assert again.headers["Last-Modified"] in {modified, None}
        assert ask(port, "/atom.xml", If_None_Match='"other"').status == 200


def test_each_form_of_a_document_has_a_tag_of_its_own(asked: Asked) -> None:
    for port in (asked.theirs, asked.ours):
        tags = {
            ask(port, "/atom.xml", Accept_Encoding=encoding).headers["ETag"]
            for encoding in ("identity", encodings.GZIP.name)
        }
        assert len(tags) == 2
        assert not any(tag.startswith("W/") for tag in tags), "they are other bytes"


def test_before_the_first_edition_readers_are_asked_to_come_again(asked: Asked) -> None:
    front = asked.folder / "index.html"
    body = front.read_bytes()
    front.unlink()
    try:
        ours, theirs = asked.both("/some-section/atom.xml")
    finally:
        front.write_bytes(body)
    assert theirs.status == 503
    assert said(theirs) == said(ours)


@pytest.fixture
def fronted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A paper with a hub behind a web server that has been told of it: the front's address."""
    heard: dict[str, ASGIApp] = {}
    folder = lay_out(tmp_path / "public")
    server = Server(folder, port=0, beside=heard)
    behind, port = server.start(), a_free_port()

    async def hearing(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        said = f"{scope['method']} {scope['path']} {len(body)}"
        await Response(said, 405 if scope["method"] == "GET" else 202)(scope, receive, send)

    heard |= {"/hub": hearing, "/hub/": hearing}
    written = (DEPLOY / SERVERS[request.param]).read_text("utf-8")
    lines = re.findall(r"^\s+#( +(?:location|reverse_proxy) .*/hub.*)$", written, re.MULTILINE)
    told = {f"#{line}": line.replace("127.0.0.1:8420", f"127.0.0.1:{behind}") for line in lines}
    assert len(told) == 2
    command = request.param(tmp_path, folder, port, **told)
    with started(command, tmp_path) as other:
        try:
            eventually(lambda: is_open(port) or other.poll() is not None)
            assert other.poll() is None, (tmp_path / "said").read_text("utf-8")
            yield f"http://127.0.0.1:{port}/"
        finally:
            other.terminate()
            server.stop(timedelta(seconds=5))


@each_server
def test_a_hub_behind_another_server_is_reached_by_subscribers_and_other_hubs(fronted: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        assert session.post(f"{fronted}hub", data=b"x" * 9).text == "POST /hub 9"
        pushed = session.post(f"{fronted}hub/token", data=b"x" * 3_000_000)
        assert (pushed.status_code, pushed.text) == (202, "POST /hub/token 3000000")
        asked = session.get(f"{fronted}hub/token?hub.challenge=x")
        assert asked.text == "GET /hub/token 0"
        assert "Allow" not in session.get(f"{fronted}hub").headers, "that is the hub's to say"
        for path in ("", "atom.xml", "hubs", "defence/hub"):
            refused = session.post(f"{fronted}{path}", data=b"x")
            assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
