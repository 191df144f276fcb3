"""The paper over HTTP, asked by real clients over loopback."""

import errno
import gzip
import hashlib
import http.client
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from feeds.errors import PublishError
from publisher import encodings, ended, shelf
from publisher.conditional import is_not_modified, preferred
from publisher.ended import Ended
from publisher.formats import ALL, placed
from publisher.serve import Server
from publisher.shelf import Document, Shelf
from tests.publisher import asking
from tests.publisher.asking import Ask
from tests.publisher.feeds_published import FULL
from tests.publisher.trees import ATOM, SECRET, lay_out, publish

SOON = timedelta(seconds=10)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = lay_out(tmp_path / "public")
    (tmp_path / "secret.txt").write_bytes(SECRET)
    return folder


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """One server for all tests, and the link that each points to its own output."""
    link = tmp_path_factory.mktemp("served") / "current"
    server = Server(link, port=0)
    yield link, server.start()
    server.stop(SOON)


@pytest.fixture
def port(current: tuple[Path, int], output: Path) -> int:
    link, port = current
    link.unlink(missing_ok=True)
    link.symlink_to(output)
    return port


@pytest.fixture
def ask(port: int) -> Ask:
    return partial(asking.ask, port)


def raw(port: int, request: bytes) -> bytes:
    """Send bytes as they are and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json"),
        ("/opml.xml", "text/x-opml; charset=utf-8"),
        ("/sources.opml", "text/x-opml; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/logo.svg", "image/svg+xml"),
        ("/photo.JPG", "image/jpeg"),
        ("/unknown.bin", "application/octet-stream"),
        ("/defence/archive/2026-05.xml", "application/atom+xml; charset=utf-8"),
        ("/articles/1/citations.xml", "application/atom+xml; charset=utf-8"),
        ("/articles/1/citations.rss", "application/rss+xml; charset=utf-8"),
        ("/articles/1/citations.json", "application/feed+json"),
    ],
)
def test_every_document_says_what_it_is_and_is_not_to_be_guessed(
    ask: Ask, path: str, media_type: str
) -> None:
    answer = ask(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["Set-Cookie"] is None
    assert answer.headers["Server"] is None


def test_no_page_may_run_a_script_or_be_framed(ask: Ask) -> None:
    for path in ("/", "/atom.xml", "/nothing-there"):
        policy = ask(path).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self' https:")
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
    assert "sandbox" in ask("/logo.svg").headers["Content-Security-Policy"]


def test_feeds_alone_may_be_read_from_other_sites(ask: Ask) -> None:
    for path in ("/atom.xml", "/rss.xml", "/feed.json", "/opml.xml"):
        assert ask(path).headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/", "/style.css", "/nothing-there"):
        assert ask(path).headers["Access-Control-Allow-Origin"] is None


def test_a_feed_tells_its_hub_to_who_looks_at_its_headers_alone(ask: Ask, output: Path) -> None:
    for one in ALL:
        publish(output, one.kind.name, one.write(placed(FULL, one)))
        said = (
            '<https://hub.example/>; rel="hub", '
            f'<https://paper.example/{one.kind.name}>; rel="self"'
        )
        answer = ask(f"/{one.kind.name}")
        assert answer.headers.get_all("Link") == [said]
        assert ask(f"/{one.kind.name}", "HEAD").headers.get_all("Link") == [said]
        again = ask(f"/{one.kind.name}", If_None_Match=answer.headers["ETag"])
        assert (again.status, again.headers["Link"]) == (304, said)


def test_a_page_leads_to_the_feeds_beside_it_before_it_is_read(ask: Ask) -> None:
    for path, way in (("/", ""), ("/economy/index.html", ""), ("/economy/subscribe/", "../")):
        said = (
            f'<{way}atom.xml>; rel="alternate"; type="application/atom+xml", '
            f'<{way}rss.xml>; rel="alternate"; type="application/rss+xml", '
            f'<{way}feed.json>; rel="alternate"; type="application/feed+json"'
        )
        assert ask(path).headers.get_all("Link") == [said]
    for path in ("/articles/1/", "/style.css", "/opml.xml", "/nothing-there"):
        assert ask(path).headers["Link"] is None


def test_images_stay_fresh_longer_than_pages(ask: Ask) -> None:
    assert ask("/atom.xml").headers["Cache-Control"] == "max-age=300, stale-while-revalidate=600"
    assert "max-age=86400" in ask("/photo.JPG").headers["Cache-Control"]


def test_an_archive_is_asked_for_once_a_day_since_something_in_it_may_be_withdrawn(
    ask: Ask,
) -> None:
    fresh = ask("/defence/archive/2026-05.xml").headers["Cache-Control"]
    assert fresh == "max-age=86400, stale-while-revalidate=600"


@pytest.mark.parametrize("suffix", [".gz", ".br", ".zst", ".g%7A"])
def test_a_packed_form_has_no_address_of_its_own(ask: Ask, output: Path, suffix: str) -> None:
    assert (output / "atom.xml.gz").exists()
    assert ask(f"/atom.xml{suffix}").status == 404


def test_a_reader_asks_again_and_again_and_is_sent_only_what_is_new(
    port: int, output: Path
) -> None:
    address = f"http://127.0.0.1:{port}/atom.xml"
    with requests.Session() as reader:
        first = reader.get(address, timeout=20)
        assert first.content == ATOM
        validators = {
            "If-None-Match": first.headers["ETag"],
            "If-Modified-Since": first.headers["Last-Modified"],
        }
        second = reader.get(address, headers=validators, timeout=20)
        assert second.status_code == 304
        assert second.content == b""
        for field in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
            assert second.headers[field] == first.headers[field]
        assert "Content-Type" not in second.headers

        (output / "new").write_bytes(ATOM + b"<!-- more -->")
        (output / "new").replace(output / "atom.xml")
        third = reader.get(address, headers=validators, timeout=20)
        assert third.status_code == 200
        assert third.content == ATOM + b"<!-- more -->"
        assert third.headers["ETag"] != first.headers["ETag"]


def test_the_same_bytes_have_the_same_etag_whenever_they_were_written(
    ask: Ask, output: Path
) -> None:
    before = ask("/atom.xml")
    (output / "new").write_bytes(ATOM)
    os.utime(output / "new", (0, 0))
    (output / "new").replace(output / "atom.xml")
    after = ask("/atom.xml")
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.headers["Last-Modified"] == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_other_bytes_of_the_same_size_and_time_have_another_etag(ask: Ask, output: Path) -> None:
    file = output / "rss.xml"
    before, status = ask("/rss.xml"), file.stat()
    other = before.body.replace(b"rss", b"RSS")
    while file.stat().st_ctime_ns == status.st_ctime_ns:  # until the kernel's clock has moved on
        file.write_bytes(other)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = ask("/rss.xml")
    assert after.body == other
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.headers["Last-Modified"] == before.headers["Last-Modified"]


def test_if_none_match_beats_if_modified_since(ask: Ask) -> None:
    first = ask("/atom.xml")
    modified, etag = first.headers["Last-Modified"], first.headers["ETag"]
    long_ago = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert ask("/atom.xml", If_None_Match='"other"', If_Modified_Since=modified).status == 200
    assert ask("/atom.xml", If_None_Match=etag, If_Modified_Since=long_ago).status == 304


@pytest.mark.parametrize(
    ("field", "is_known"),
    [
        ('"{tag}"', True),
        ('W/"{tag}"', True),
        ("*", True),
        (' "a", W/"b" ,"{tag}"', True),
        ('"a,b","{tag}"', True),
        (',, "{tag}" ,', True),
        ("{tag}", False),
        ('"{tag}x"', False),
        ('"*"', False),
        ('"{tag}-gzip"', False),
        ("", False),
    ],
)
def test_if_none_match_is_a_list_compared_weakly(ask: Ask, field: str, is_known: bool) -> None:
    tag = ask("/atom.xml").headers["ETag"].strip('"')
    assert ask("/atom.xml", If_None_Match=field.format(tag=tag)).status == (
        304 if is_known else 200
    )


def test_if_none_match_may_come_in_several_lines(port: int, ask: Ask) -> None:
    etag = ask("/atom.xml").headers["ETag"]
    answer = raw(
        port,
        b"GET /atom.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b'If-None-Match: "other"\r\nIf-None-Match: ' + etag.encode() + b"\r\n\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 304 ")


MODIFIED = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

tags = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"'))
listed = st.lists(st.tuples(st.sampled_from(["", "W/"]), tags), max_size=6)


@given(ours=tags, others=listed, separator=st.sampled_from([",", ", ", " ,\t"]))
def test_a_list_of_tags_matches_exactly_when_ours_is_among_them(
    ours: str, others: list[tuple[str, str]], separator: str
) -> None:
    field = separator.join(f'{weak}"{tag}"' for weak, tag in others)
    matched = is_not_modified(
        etag=f'"{ours}"', modified=MODIFIED, if_none_match=field, if_modified_since=None
    )
    assert matched == (ours in [tag for _, tag in others])


@pytest.mark.parametrize(
    ("since", "is_unchanged"),
    [
        ("Mon, 01 Jun 2026 12:00:00 GMT", True),
        ("Mon, 01 Jun 2026 12:00:01 GMT", True),
        ("Mon, 01 Jun 2026 11:59:59 GMT", False),
        ("Monday, 01-Jun-26 12:00:00 GMT", True),
        ("Mon Jun  1 12:00:00 2026", True),
        ("Mon, 01 Jun 2026 14:00:00 +0200", True),
        ("yesterday", False),
        ("0", False),
        ("", False),
    ],
)
def test_if_modified_since_is_understood_in_every_http_date(since: str, is_unchanged: bool) -> None:
    assert is_unchanged == is_not_modified(
        etag='"x"', modified=MODIFIED, if_none_match=None, if_modified_since=since
    )


@given(text=st.text() | st.text("0123456789:-+,. GMTMonJun"))
@example(text="Mon, 01 Jun 99999999999 12:00:00 GMT")
@example(text="Mon, 01 Jun 0000 12:00:00 +9999")
def test_no_field_value_upsets_us(text: str) -> None:
    preferred(text, ["gzip"])
    is_not_modified(etag='"x"', modified=MODIFIED, if_none_match=text, if_modified_since=text)
    is_not_modified(etag='"x"', modified=MODIFIED, if_none_match=None, if_modified_since=text)


@pytest.mark.parametrize(
    ("field", "encoding"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZip, deflate", "gzip"),
        ("gzip, zstd", "zstd"),
        ("x-gzip", "gzip"),
        ("deflate", None),
        ("*", "br"),
        ("*;q=0", None),
        ("br;q=0, *", "zstd"),
        ("gzip; q=0.000", None),
        ("gzip;q=0.001", "gzip"),
        ("gzip, br;q=0.9", "gzip"),
        ("br;q=0.2, gzip;q=0.3, zstd;q=0.1", "gzip"),
        ("gzip;q=0.5, identity", None),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("gzip;q=high", None),
        ("gzip;q=nan", None),
        ("identity;q=0, gzip", "gzip"),
        ("identity;q=0", None),
    ],
)
def test_the_most_welcome_encoding_is_sent(
    ask: Ask, field: str | None, encoding: str | None
) -> None:
    assert preferred(field, [one.name for one in encodings.ALL]) == encoding
    if field is not None:
        answer = ask("/atom.xml", Accept_Encoding=field)
        assert answer.headers["Content-Encoding"] == encoding


weights = st.none() | st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@given(wishes=st.dictionaries(st.sampled_from(["br", "zstd", "gzip", "identity", "*"]), weights))
def test_nothing_is_sent_that_something_else_is_preferred_to(
    wishes: dict[str, float | None],
) -> None:
    field = ",".join(name if q is None else f"{name};q={q:.3f}" for name, q in wishes.items())
    weight = {name: 1.0 if q is None else q for name, q in wishes.items()}
    ours = {one.name: weight.get(one.name, weight.get("*", 0.0)) for one in encodings.ALL}
    sent = preferred(field, ours)
    if sent is None:
        assert max(ours.values()) <= 0 or max(ours.values()) < weight.get("identity", 0.0)
    else:
        assert ours[sent] == max(ours.values()) >= weight.get("identity", 0.0)
        assert ours[sent] > 0


@pytest.mark.parametrize("encoding", encodings.ALL, ids=lambda encoding: encoding.name)
def test_a_packed_document_is_the_same_and_has_its_own_strong_etag(
    ask: Ask, encoding: encodings.Encoding
) -> None:
    plain = ask("/atom.xml")
    packed = ask("/atom.xml", Accept_Encoding=encoding.name)
    assert packed.headers["Content-Encoding"] == encoding.name
    assert plain.headers["Content-Encoding"] is None
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert encoding.unpack(packed.body, 10**6) == plain.body == ATOM
    assert packed.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-{encoding.name}"'
    again = ask("/atom.xml", Accept_Encoding=encoding.name, If_None_Match=packed.headers["ETag"])
    assert again.status == 304
    assert again.headers["Vary"] == "Accept-Encoding"
    other = ask("/atom.xml", Accept_Encoding=encoding.name, If_None_Match=plain.headers["ETag"])
    assert other.status == 200, "those are other bytes"


@pytest.mark.parametrize("beside", ["of old", "cut short", "no such thing", "a pipe", "a bomb"])
def test_a_packed_form_that_is_not_of_its_file_is_never_sent(
    ask: Ask, output: Path, beside: str
) -> None:
    file = output / "atom.xml.gz"
    packed = file.read_bytes()
    file.unlink()
    match beside:
        case "of old":
            file.write_bytes(gzip.compress(ATOM.replace(b"news", b"olds")))
        case "cut short":
            file.write_bytes(packed[:-3])
        case "no such thing":
            file.write_bytes(b"?")
        case "a pipe":
            os.mkfifo(file)
        case "a bomb":
            file.write_bytes(gzip.compress(bytes(10**7))[: len(ATOM)])
    answer = ask("/atom.xml", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] is None
    assert answer.body == ATOM
    file.unlink()
    file.write_bytes(packed)
    assert ask("/atom.xml", Accept_Encoding="gzip").body == packed, "once it is there it is sent"


@pytest.mark.parametrize("encoding", [None, *encodings.ALL])
@pytest.mark.parametrize(
    ("field", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("BYTES=3-7", 3, 8),
        ("bytes=20-", 20, None),
        ("bytes=-7", -7, None),
        ("bytes=-1000000", 0, None),
        ("bytes=9-999999999999999999", 9, None),
    ],
)
def test_a_part_of_each_form_of_a_document_is_that_part(
    ask: Ask, encoding: encodings.Encoding | None, field: str, first: int, end: int | None
) -> None:
    form = {"Accept_Encoding": encoding.name} if encoding else {}
    whole = ask("/atom.xml", **form)
    part = ask("/atom.xml", Range=field, **form)
    assert (part.status, part.body) == (206, whole.body[first:end])
    start = first % len(whole.body)
    until = start + len(part.body) - 1
    assert part.headers["Content-Range"] == f"bytes {start}-{until}/{len(whole.body)}"
    for name, value in whole.headers.items():
        if name not in {"content-length", "date"}:
            assert part.headers[name] == value
    assert ask("/atom.xml", Range=field, If_Range=whole.headers["ETag"], **form).status == 206
    for other in (f"W/{whole.headers['ETag']}", '"other"', whole.headers["Last-Modified"], ""):
        assert ask("/atom.xml", Range=field, If_Range=other, **form).status == 200


def test_a_part_that_is_not_there_is_refused_and_what_there_is_said(ask: Ask) -> None:
    for field in (f"bytes={len(ATOM)}-", "bytes=-0", "bytes=999999-9999999"):
        answer = ask("/atom.xml", Range=field)
        assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(ATOM)}")
        assert answer.headers["ETag"] is None


NO_PARTS = (
    *("", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1"),
    *("bytes = 0-4", "bytes=1-2-3", "bytes=--1", f"bytes={'9' * 30}-", "bytes=\u00b2-\u00b3"),
)


@pytest.mark.parametrize("field", NO_PARTS)
def test_what_names_no_part_that_we_know_is_not_looked_at(ask: Ask, field: str) -> None:
    assert ask("/atom.xml", Range=field).status == 200


def test_only_a_get_can_ask_for_a_part(ask: Ask) -> None:
    head = ask("/atom.xml", "HEAD", Range="bytes=0-1")
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(ATOM)))
    assert ask("/nothing-there", Range="bytes=0-1").status == 404


def test_who_has_it_all_is_sent_no_part_and_who_asks_for_news_and_a_part_is_sent_that(
    ask: Ask, output: Path
) -> None:
    tag = ask("/atom.xml").headers["ETag"]
    assert ask("/atom.xml", Range="bytes=0-1", If_None_Match=tag).status == 304
    publish(output, "atom.xml", ATOM.replace(b"<entry>news", b"<entry>newer", 1))
    asked = {"If_None_Match": tag, "A_IM": "feed"}
    assert ask("/atom.xml", **asked).status == 226
    assert ask("/atom.xml", Range="bytes=0-1", **asked).body == ATOM[:2]


def test_what_is_published_plain_is_sent_plain(ask: Ask, output: Path) -> None:
    publish(output, "noise.txt", os.urandom(5000))
    for path in ("/rss.xml", "/photo.JPG", "/noise.txt"):
        assert ask(path, Accept_Encoding="gzip, br").headers["Content-Encoding"] is None
    assert ask("/photo.JPG").headers["Vary"] is None


@pytest.mark.parametrize("path", ["/", "/atom.xml", "/photo.JPG", "/nothing-there", "/defence"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_head_is_get_without_the_body(ask: Ask, path: str, encoding: str) -> None:
    got = ask(path, Accept_Encoding=encoding)
    head = ask(path, "HEAD", Accept_Encoding=encoding)
    assert head.status == got.status
    assert head.body == b""
    without_date = [
        [field for field in answer.headers.items() if field[0] != "date"] for answer in (got, head)
    ]
    assert without_date[0] == without_date[1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "REPORT"])
def test_the_paper_can_only_be_read(ask: Ask, method: str) -> None:
    answer = ask("/atom.xml", method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert b"can only be read" in answer.body


@pytest.mark.parametrize("path", ["/world", "/world/", "/world/rss.xml", "/world/subscribe/"])
def test_what_ended_is_gone_and_who_asks_is_told_so(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert answer.status == 410
    assert b"<h1>This is no longer published.</h1>" in answer.body
    assert answer.headers["Cache-Control"] == "no-cache", "it may be brought back"
    is_feed = path.endswith(".xml")
    assert (answer.headers["Access-Control-Allow-Origin"] == "*") is is_feed


@pytest.mark.parametrize(
    ("path", "rest"), [("/trade", ""), ("/trade/?a=b", "?a=b"), ("/trade/atom.xml", "atom.xml")]
)
def test_what_moved_is_a_lasting_redirect_to_the_address_it_has_now(
    ask: Ask, path: str, rest: str
) -> None:
    answer = ask(path)
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://paper.example/economy/trade/{rest}"
    assert answer.headers["Cache-Control"] == "max-age=300, stale-while-revalidate=600"


def test_what_is_there_outranks_what_is_said_to_have_ended(ask: Ask) -> None:
    assert ask("/defence/").status == 200
    assert ask("/defence/atom.xml").status == 410


def test_what_ends_meanwhile_is_told_at_once(ask: Ask, output: Path) -> None:
    assert ask("/worlds/").status == 404
    told = ended.files(Ended(gone=frozenset({"worlds/"})))[ended.FILE]
    publish(output, ended.FILE, told)
    assert (ask("/worlds/").status, ask("/world/").status) == (410, 404)
    (output / ended.FILE).unlink()
    assert ask("/worlds/").status == 404
    (output / ended.FILE).write_bytes(b"?")
    assert ask("/worlds/").status == 503, "never a 404 where nobody knows"
    assert ask("/defence/").status == 200


def test_a_method_nobody_has_registered_is_refused(ask: Ask) -> None:
    assert ask("/atom.xml", "BREW").status == 400


def test_a_folder_is_its_index_page(ask: Ask) -> None:
    assert ask("/defence/").body == b"<h1>Defence</h1>"
    assert ask("/defence/?from=reader").body == b"<h1>Defence</h1>"
    assert ask("/empty/").status == 404
    assert ask("/empty").status == 404
    assert ask("/atom.xml/").status == 404


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/defence", "./defence/"),
        ("/defence?page=2", "./defence/?page=2"),
        ("/with%20space%20%26%20%C3%BC", "./with%20space%20%26%20%C3%BC/"),
    ],
)
def test_a_folder_without_its_slash_is_a_lasting_redirect_that_stays_here(
    ask: Ask, path: str, location: str
) -> None:
    answer = ask(path)
    assert answer.status == 308
    assert answer.headers["Location"] == location


def test_a_browser_finds_the_folder_by_the_redirect(port: int) -> None:
    answer = requests.get(f"http://127.0.0.1:{port}/with%20space%20%26%20%C3%BC", timeout=20)
    assert answer.status_code == 200
    assert answer.text == "<h1>odd</h1>"


def test_what_is_not_there_is_a_page_in_plain_words(ask: Ask) -> None:
    answer = ask("/<script>alert(1)</script>")
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"There is no such page in this paper." in answer.body
    assert b"script" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        b"/../secret.txt",
        b"/defence/../../secret.txt",
        b"/%2e%2e/secret.txt",
        b"/%2E%2e%2fsecret.txt",
        b"/..%2fsecret.txt",
        b"/%252e%252e/secret.txt",
        b"/..%5csecret.txt",
        b"/..\\secret.txt",
        b"//secret.txt",
        b"//evil.example/defence",
        b"//defence",
        b"/\\evil.example/defence",
        b"/defence%2f",
        b"/defence%2findex.html",
        b"/./index.html",
        b"/index.html%00.txt",
        b"/%00",
        b"/%0d%0aSet-Cookie:x",
        b"/%ff%fe",
        b"/.press/journal",
        b"/%2epress/journal",
        b"/.press/",
        b"/defence/.hidden",
        b"/" + b"a" * 300,
        b"/" + b"a/" * 3000,
        b"*",
        b"secret.txt",
        b"../secret.txt",
        b"http://x/../secret.txt",
        b"http://x//secret.txt",
    ],
)
def test_nothing_hidden_or_outside_is_ever_served(port: int, path: bytes) -> None:
    answer = raw(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert re.match(rb"HTTP/1\.1 40[04] ", answer)
    assert SECRET not in answer
    assert b"ocation:" not in answer


NAMES = ("secret.txt", "index.html", "defence", "out", "loop", ".press", "journal", "~", "http:")
MARKS = ("/", "//", ".", "..", "%2e", "%2F", "%5c", "\\", "%00", "%", "?", "#", "%ff")


@given(path=st.lists(st.sampled_from(NAMES + MARKS), max_size=8).map("".join))
def test_no_path_leads_outside(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    base = tmp_path_factory.getbasetemp() / "maze"
    folder = base / "public"
    if not base.exists():
        (folder / "defence").mkdir(parents=True)
        (folder / ".press").mkdir()
        (folder / "defence" / "index.html").write_bytes(b"public")
        (folder / "index.html").write_bytes(b"public")
        (folder / "out").symlink_to("..")
        (folder / "loop").symlink_to("loop")
        (folder / ".press" / "journal").write_bytes(SECRET)
        (base / "secret.txt").write_bytes(SECRET)
        (base / "index.html").write_bytes(SECRET)
    found = Shelf(folder).find(path.encode())
    assert not isinstance(found, Document) or found.body == b"public"


def test_symbolic_links_are_followed_inside_only(ask: Ask, output: Path) -> None:
    (output / "latest.xml").symlink_to("atom.xml")
    (output / "out.txt").symlink_to(output.parent / "secret.txt")
    (output / "up").symlink_to("..")
    (output / "journal").symlink_to(".press/journal")
    (output / "round").symlink_to("round")
    (output / "dangling").symlink_to("nowhere")
    assert ask("/latest.xml").body == ATOM
    for path in ("/out.txt", "/up/secret.txt", "/up", "/journal", "/round", "/dangling"):
        assert ask(path).status == 404


def test_what_is_neither_file_nor_folder_is_not_waited_for(ask: Ask, output: Path) -> None:
    os.mkfifo(output / "pipe.txt")
    assert ask("/pipe.txt").status == 404


def test_the_output_itself_may_be_a_link_swapped_to_another_edition(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    current = tmp_path / "current"
    current.symlink_to("one")
    shown = Shelf(current)
    first = shown.find(b"/")
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(current)
    second = shown.find(b"/")
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.body, second.body) == (b"one", b"two")


def test_before_the_first_edition_there_is_nothing_to_find(tmp_path: Path) -> None:
    assert Shelf(tmp_path / "public").find(b"/") is None


def test_an_absolute_request_target_is_understood(port: int) -> None:
    answer = raw(
        port, b"GET http://paper.example/atom.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(ATOM)


def test_a_document_that_cannot_be_read_is_not_said_to_be_gone(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Shelf, "_read", failing)
    with capture_logs() as logs:
        answer = ask("/atom.xml")
    assert [line["problem"] for line in logs] == ["atom.xml cannot be read: Input/output error"]
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "60"
    assert b"cannot be read just now" in answer.body


def test_a_file_replaced_while_it_is_read_is_all_old_or_all_new(port: int, output: Path) -> None:
    versions = {
        hashlib.sha256(body).hexdigest()[:32]: body
        for body in (bytes([65 + number]) * 200_000 for number in range(8))
    }
    (output / "atom.xml").write_bytes(next(iter(versions.values())))
    done = threading.Event()

    def publish() -> None:
        for number in range(300):
            (output / "next").write_bytes(list(versions.values())[number % len(versions)])
            (output / "next").replace(output / "atom.xml")
        done.set()

    def read() -> int:
        reads = 0
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while not (done.is_set() and reads):
            connection.request("GET", "/atom.xml")
            response = connection.getresponse()
            assert versions[response.headers["ETag"].strip('"')] == response.read()
            reads += 1
        connection.close()
        return reads

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read), pool.submit(read)]
        pool.submit(publish).result()
        assert sum(reader.result() for reader in readers) > 2


def test_many_readers_at_once_are_all_served(ask: Ask) -> None:
    paths = ["/", "/atom.xml", "/defence/", "/nothing-there", "/photo.JPG"] * 20
    with ThreadPoolExecutor(20) as pool:
        statuses = [answer.status for answer in pool.map(ask, paths)]
    assert statuses == [200, 200, 200, 404, 200] * 20


def test_what_is_kept_in_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "_KEPT_BYTES", 10_000)
    shown = Shelf(tmp_path)
    for number in range(30):
        (tmp_path / f"{number}.bin").write_bytes(bytes(1000))
        shown.find(f"/{number}.bin".encode())
    assert shown._size == sum(document.size for document in shown._kept.values()) == 10_000
    (tmp_path / "huge.bin").write_bytes(bytes(20_000))
    found = shown.find(b"/huge.bin")
    assert isinstance(found, Document)
    assert len(found.body) == 20_000
    assert shown._size == 0


def test_an_unchanged_file_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("one")
    shown = Shelf(tmp_path)
    assert shown.find(b"/") is shown.find(b"/index.html")


def test_a_kept_document_is_known_by_one_look_at_its_file(tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    file.write_text("one")
    shown = Shelf(tmp_path)
    assert shown.kept(b"/") is None, "it was never read"
    assert shown.find(b"/") is shown.kept(b"/")
    assert shown.kept(b"/index.html") is None, "another spelling is not known yet"
    (tmp_path / "new").write_text("two")
    (tmp_path / "new").replace(file)
    assert shown.kept(b"/") is None, "its file is another"
    found = shown.find(b"/")
    assert isinstance(found, Document)
    assert (found.body, shown.kept(b"/")) == (b"two", found)
    file.unlink()
    assert shown.kept(b"/") is None
    file.symlink_to(tmp_path.parent / "secret.txt")
    (tmp_path.parent / "secret.txt").write_bytes(SECRET)
    assert shown.kept(b"/") is None


def test_no_spelling_of_paths_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "_KNOWN_PATHS", 3)
    (tmp_path / "index.html").write_text("one")
    shown = Shelf(tmp_path)
    spellings = [b"/", b"/index.html", b"/%69ndex.html", b"/i%6edex.html", b"/in%64ex.html"]
    for spelling in spellings:
        assert shown.find(spelling) is shown.kept(spelling)
        assert len(shown._known) <= 3


def test_a_taken_port_is_told_in_words(output: Path, port: int) -> None:
    with pytest.raises(PublishError, match=f"port {port} is in use; choose another with --port"):
        Server(output, port=port).start()


@pytest.mark.parametrize(
    ("host", "port"),
    [("192.0.2.1", 0), ("no host", 0), ("x" * 70, 0), ("localhost", 65_536), ("127.0.0.1", -1)],
)
def test_an_address_that_cannot_be_had_is_told_in_words(output: Path, host: str, port: int) -> None:
    with pytest.raises(
        PublishError, match=r"cannot serve at|not an address to serve at|not a port"
    ):
        Server(output, host=host, port=port).start()


def test_the_paper_is_served_over_ipv6_too(output: Path) -> None:
    server = Server(output, host="::1", port=0)
    try:
        port = server.start()
    except PublishError as error:
        pytest.skip(str(error))
    connection = http.client.HTTPConnection("::1", port, timeout=20)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"<h1>The Broadsheet</h1>"
    connection.close()
    server.stop(SOON)


def test_after_stopping_the_port_is_free_and_no_thread_stays(output: Path) -> None:
    before = set(threading.enumerate())
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    server = Server(output, port=0)
    port = server.start()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as idle:
        idle.request("GET", "/")
        idle.getresponse().read()
        server.stop(SOON)
    for thread in set(threading.enumerate()) - before:
        thread.join(SOON.total_seconds())
    assert set(threading.enumerate()) <= before
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    again = Server(output, port=port)
    assert again.start() == port
    again.stop(SOON)


def test_stopping_what_was_never_started_is_no_mistake(output: Path) -> None:
    Server(output, port=0).stop(SOON)


def test_before_the_first_edition_readers_are_asked_to_come_again(ask: Ask, output: Path) -> None:
    (output / "index.html").unlink()
    answer = ask("/some-section/atom.xml")
    assert answer.status == 503, "a 404 tells a feed reader that the feed is gone"
    assert answer.headers["Retry-After"] == "30"


def test_another_application_may_answer_beside_the_paper(output: Path) -> None:
    async def other(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(f"{scope['method']} here")(scope, receive, send)

    beside: dict[str, ASGIApp] = {"/hub/": other, "/own": other}
    server = Server(output, port=0, beside=beside)
    port = server.start()

    def said(method: str, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(method, path, body=b"x" if method == "POST" else None)
        with connection.getresponse() as response:
            answer = response.status, response.read()
        connection.close()
        return answer

    try:
        assert said("POST", "/hub/token") == (200, b"POST here")
        assert said("GET", "/hub/") == (200, b"GET here")
        assert said("GET", "/hub")[0] == 404
        assert said("POST", "/own?a=b") == (200, b"POST here")
        assert said("GET", "/own/")[0] == said("GET", "/owner")[0] == 404
        assert said("POST", "/")[0] == 405
        beside.clear()
        assert said("POST", "/hub/token")[0] == 405
    finally:
        server.stop(SOON)
