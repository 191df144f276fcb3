"""S17: secrets are planted wherever an operator may keep one, and then looked for everywhere."""

import base64
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.aggregator.commands import COMMAND, Paper, call
from tests.feeds.misbehaving import Answer, Server, header, path_of, reply, serving

# Each has "s3cret" in it and is nobody's word; the last of them are written out in the file.
ENVIRON = {
    "A_KEY": "k3y-in-the-query&s3cret/1",
    "A_PART": "k3y-in-the-path~s3cret~2",
    "A_COOKIE": "cookie-value-s3cret-3",
    "A_PASSWORD": "pass word:s3cret@4",
    "A_TOKEN": "bearer-token-s3cret-5",
    "A_PROXY": "proxy-password-s3cret-6",
    "A_AGENT": "agent-s3cret-7",
}
WRITTEN = ["written-key-s3cret-8", "written-cookie-s3cret-9", "written-password-s3cret-0"]
SETTINGS = """\
site: {{title: The Paper, base_url: "https://paper.example/", allow_networks: [127.0.0.1/32]}}
sections: [{{title: World}}]
sources:
  - name: Query
    feed: {url}/query/rss?key=${{A_KEY}}
    sections: World
  - {{name: Path, feed: "{url}/path/${{A_PART}}/rss"}}
  - {{name: Cookie, feed: "{url}/cookie", http: {{cookie: "session=${{A_COOKIE}}"}}}}
  - {{name: Auth, feed: "{url}/auth", http: {{auth: {{user: me, password: "${{A_PASSWORD}}"}}}}}}
  - name: Token
    feed: {url}/token
    http: {{headers: {{Authorization: "Bearer ${{A_TOKEN}}"}}}}
  - {{name: Agent, feed: "{url}/agent", http: {{user_agent: "Reader ${{A_AGENT}}"}}}}
  - name: Proxy
    feed: http://far.example/proxied
    http: {{proxy: "http://me:${{A_PROXY}}@127.0.0.1:{port}"}}
  - name: Dead proxy
    feed: https://far.example/dead
    http: {{proxy: "socks5://me:${{A_PROXY}}@127.0.0.1:1"}}
  - name: Written
    feed: {url}/written/rss?token=written-key-s3cret-8
    http:
      cookie: a=written-cookie-s3cret-9
      auth: {{user: me, password: written-password-s3cret-0}}
  - {{name: Redirects, feed: "{url}/circle?key=${{A_KEY}}"}}
  - {{name: Moved, feed: "{url}/moved?key=${{A_KEY}}"}}
  - {{name: Page, feed: "{url}/page?key=${{A_KEY}}"}}
  - {{name: Refused, feed: "{url}/refused?key=${{A_KEY}}"}}
  - {{name: Garbage, feed: "{url}/garbage?key=${{A_KEY}}", http: {{cookie: "${{A_COOKIE}}"}}}}
"""


def spellings() -> list[bytes]:
    """Return the secrets as they are, as addresses spell them, and as HTTP hides a password."""
    secrets = [*ENVIRON.values(), *WRITTEN]
    pairs = [f"me:{secret}" for secret in (ENVIRON["A_PASSWORD"], WRITTEN[2], ENVIRON["A_PROXY"])]
    hidden = [base64.b64encode(pair.encode()) for pair in pairs]
    return [
        *hidden,
        *(write(secret).encode() for secret in secrets for write in (str, quote, quoted)),
    ]


def quoted(text: str) -> str:
    return quote(text, safe="")


def repeating(connection: socket.socket, head: bytes) -> None:
    """Answer with all that was asked with, in every place an answer has."""
    path = path_of(head)
    told = [path, header(head, "Authorization") or "", header(head, "Cookie") or ""]
    told += [header(head, "User-Agent") or "", header(head, "Proxy-Authorization") or ""]
    name = path.split("?")[0].strip("/").replace("/", "-")[:9]
    if "/circle" in path or "/moved" in path:
        status = "301 Moved Permanently"
        target = path.replace("/moved", "/new") if "/moved" in path else path
        connection.sendall(reply(b"", f"Location: {target}", status=status))
    elif "/page" in path:
        page = f"<html><title>No {path} here</title><link rel=alternate type=application/rss+xml "
        connection.sendall(reply(f"{page} href='{path}'>".encode(), "Content-Type: text/html"))
    elif "/refused" in path:
        connection.sendall(reply(b"", f"X: {path}", status=f"403 {path}"))
    elif "/garbage" in path:
        connection.sendall(b"HTTP/9 200 " + path.encode() + b"\r\n" + "".join(told).encode())
    else:
        link = f"<link rel='self' href='{path.replace('&', '&amp;')}'/>"
        words = " ".join(told).replace("&", "&amp;")
        body = (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{words}</title>{link}"
            f"<id>urn:{name}</id><entry><id>urn:{name}:1</id><title>An article of {name}</title>"
            f"<link href='/{name}/1'/><updated>2026-01-01T00:00:00Z</updated>"
            f"<link rel='enclosure' type='audio/mpeg' length='1' href='{path}/a.mp3'/>"
            f"<summary>Said: {words}. See {path}</summary></entry></feed>"
        )
        connection.sendall(reply(body.encode(), f"Link: <{path}>; rel=self"))


@contextmanager
def planted(folder: Path, answer: Answer) -> Iterator[tuple[Paper, Server]]:
    with serving(answer) as server:
        url = f"http://127.0.0.1:{server.port}"
        text = SETTINGS.format(url=url, port=server.port)
        (folder / "config").mkdir()
        (folder / "config" / "sources.yaml").write_text(text, "utf-8")
        yield Paper(folder=folder), server


def outputs(paper: Paper) -> dict[str, bytes]:
    """Return all that the commands print, one after the other, by what was typed."""
    calls = [
        ["check"], ["build", "--all"], ["build", "--all", "--json"], ["status"],
        ["status", "--json"], ["publish"],
    ]  # fmt: skip
    said = {}
    for words in calls:
        result = subprocess.run(
            [*COMMAND, words[0], *paper.places, *words[1:]],
            capture_output=True,
            check=False,
            env=os.environ | ENVIRON,
        )
        said[" ".join(words)] = result.stdout + result.stderr
    return said


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_no_secret_is_in_anything_that_anybody_may_read(tmp_path: Path) -> None:
    with planted(tmp_path, repeating) as (paper, server):
        told = outputs(paper)
        for flags in ([], ["--with-http"]):
            listed = call("export", f"--config={tmp_path / 'config'}", *flags, **ENVIRON)
            told[f"export {flags}"] = listed.stdout_bytes + listed.stderr_bytes
        asked = b"\n".join(server.heads)
    assert b"An article of query" in b"".join(paper.files().values()), "there is a paper"
    assert told["status"].count(b"forbidden") == 1
    told |= paper.files()
    assert [(name, one) for name, text in told.items() for one in spellings() if one in text] == []
    sent = [quoted(ENVIRON[name]).encode() for name in ("A_KEY", "A_PART")]
    sent += [ENVIRON[name].encode() for name in ("A_COOKIE", "A_TOKEN", "A_AGENT")]
    assert all(one in asked for one in sent), "and yet each was sent"


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_what_is_remembered_holds_no_secret_of_the_environment(tmp_path: Path) -> None:
    """What is written out in a feed's own address alone is: that is what the source is known by."""
    with planted(tmp_path, repeating) as (paper, _):
        outputs(paper)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert b"An article of query" in kept
    found = {one for one in spellings() if one in kept}
    assert found <= {WRITTEN[0].encode()}


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_no_secret_is_in_the_log_of_a_paper_that_runs(tmp_path: Path) -> None:
    with planted(tmp_path, repeating) as (paper, _):
        running = subprocess.Popen(
            [*COMMAND, "run", *paper.places, "--port=0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | ENVIRON,
        )
        log = b""
        assert running.stderr is not None
        for line in running.stderr:
            log += line
            if b"paper printed" in log and log.count(b"source failed") >= 4:
                break  # it is printed before the last of them has answered
        running.terminate()
        out, err = running.communicate(timeout=60)
    log += out + err
    assert log.count(b"source failed") >= 4
    assert [one for one in spellings() if one in log] == []
