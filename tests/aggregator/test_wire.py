"""The sample wire is what the demo promises: plenty to read, and every kind of trouble."""

import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPMessage
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from aggregator import settings, wire_server
from aggregator.wire_server import LAST_MODIFIED, WireServer, documents, images, sources_yaml

SITE = "http://127.0.0.1:8420/"
SICK = {
    "marsh-bulletin.example": "broken XML",
    "cafe-bruecke.example": "wrong charset",
    "undated-almanac.example": "no dates",
    "tomorrow-tidings.example": "dates in the future",
    "plain-notices.example": "no ids",
    "river-gazette.example": "an id changed",
    wire_server.SLOW_HOST: "slow",
    wire_server.DEAD_HOST: "dead",
    wire_server.GONE_HOST: "410",
    wire_server.HTML_HOST: "an HTML error page",
}
FEEDS = {
    host: document.body
    for (host, _), document in sorted(documents(SITE).items())
    if host not in {wire_server.GONE_HOST, wire_server.HTML_HOST}
}
HEALTHY = sorted(set(FEEDS) - set(SICK))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An entry as feedparser or json reads it, as far as these tests ask."""

    host: str
    permalink: str
    title: str
    html: str
    image: str | None
    credit: str
    licence: str
    caption: str


def _read(body: bytes) -> Any:
    return feedparser.parse(BytesIO(body))  # noqa: TID251 - a BytesIO, and the wire is ours


def _pieces(host: str) -> list[Piece]:
    if FEEDS[host].startswith(b"{"):
        return [_from_json(host, written) for written in json.loads(FEEDS[host])["items"]]
    return [_from_xml(host, entry) for entry in _read(FEEDS[host]).entries]


def _from_json(host: str, written: dict[str, Any]) -> Piece:
    media = written.get("_media", {})
    return Piece(
        host=host,
        permalink=written["url"],
        title=written["title"],
        html=written["content_html"],
        image=written.get("image"),
        credit=media.get("credit", ""),
        licence=media.get("license", ""),
        caption=media.get("description", ""),
    )


def _from_xml(host: str, entry: Any) -> Piece:
    content = entry.get("content") or [{"value": entry.get("summary", "")}]
    return Piece(
        host=host,
        permalink=entry.link,
        title=entry.title,
        html=content[0]["value"],
        image=entry.media_content[0]["url"] if "media_content" in entry else None,
        credit=" ".join(credit["content"] for credit in entry.get("media_credit", ())),
        licence=entry.get("media_license", {}).get("href", ""),
        caption=_media_description(host, entry.link),
    )


def _media_description(host: str, permalink: str) -> str:
    """Read what feedparser drops: the caption beside an image."""
    root = etree.fromstring(FEEDS[host], etree.XMLParser(recover=True))
    media = "{http://search.yahoo.com/mrss/}"
    for element in root.iter(f"{media}content"):
        around = element.getparent()
        if around is not None and permalink in _addresses(around):
            return element.findtext(f"{media}description", "")
    return ""


def _addresses(around: Any) -> set[str]:
    links = around.findall("{*}link")
    return {link.get("href") or (link.text or "") for link in links}


PIECES = [piece for host in FEEDS for piece in _pieces(host)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    headers: HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with WireServer(SITE, slow=timedelta(0)) as serving:
        yield serving


def _ask(wire: WireServer, host: str, path: str, method: str = "GET", **headers: str) -> Reply:
    address, port = wire.routes[host]
    connection = HTTPConnection(address, port, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Host": host} | named)
        answer = connection.getresponse()
        return Reply(status=answer.status, headers=answer.headers, body=answer.read())
    finally:
        connection.close()


def _paths() -> dict[str, str]:
    return dict(documents(SITE).keys())


def test_there_is_plenty_to_read() -> None:
    assert len(HEALTHY) >= 14
    assert len(PIECES) >= 140
    assert sum(piece.host in HEALTHY for piece in PIECES) >= 120


def test_every_format_is_there() -> None:
    formats = Counter(
        "json" if FEEDS[host].startswith(b"{") else _read(FEEDS[host]).version for host in HEALTHY
    )
    assert formats["rss20"] >= 5
    assert formats["rss10"] >= 2
    assert formats["atom10"] >= 4
    assert formats["json"] >= 2


@pytest.mark.parametrize("host", HEALTHY)
def test_a_healthy_feed_is_well_formed_and_dated_in_the_spring_of_2024(host: str) -> None:
    if FEEDS[host].startswith(b"{"):
        dates = [written["date_published"] for written in json.loads(FEEDS[host])["items"]]
        assert all("2024-03-01" <= date < "2024-07-01" for date in dates)
        return
    etree.fromstring(FEEDS[host])
    for entry in _read(FEEDS[host]).entries:
        moment = entry.get("published_parsed") or entry.updated_parsed  # dc:date is the latter
        assert (2024, 3, 1) <= moment[:3] < (2024, 7, 1), entry.title


@pytest.mark.parametrize(("language", "at_least"), [("fr", 6), ("de", 6), ("az", 6), ("hy", 6)])
def test_the_wire_speaks_more_than_english(language: str, at_least: int) -> None:
    entries = [
        entry
        for host in HEALTHY
        if not FEEDS[host].startswith(b"{")
        and (feed := _read(FEEDS[host])).feed.language == language
        for entry in feed.entries
    ]
    assert len(entries) >= at_least


def test_every_permalink_is_its_articles_own() -> None:
    counted = Counter(piece.permalink for piece in PIECES)
    twice = {permalink for permalink, times in counted.items() if times > 1}
    assert twice == {"http://river-gazette.example/2024/iron-gates-lock"}
    assert all(urlsplit(piece.permalink).hostname == piece.host for piece in PIECES)


def test_articles_cite_each_other_by_addresses_that_exist() -> None:
    permalinks = {piece.permalink for piece in PIECES}
    citing = set()
    for piece in PIECES:
        for cited in re.findall(r'<a href="([^"]+)"', piece.html):
            assert cited in permalinks, piece.permalink
            assert cited != piece.permalink
            citing.add(piece.permalink)
    assert len(citing) >= 8


@pytest.mark.parametrize(
    "permalink",
    [
        "http://kura-review.example/analysis/russian-peacekeepers-leave-karabakh.html",
        "http://meridian-wire.example/wire/last-convoy-leaves-khojaly",
        "http://baltic-courier.example/2024/06/russia-ends-karabakh-mission/",
        "http://hemicycle-record.example/record/karabakh-withdrawal-brussels",
    ],
)
def test_each_of_four_sources_tells_the_whole_karabakh_story(permalink: str) -> None:
    (piece,) = (piece for piece in PIECES if piece.permalink == permalink)
    text = re.sub(r"<[^>]+>", " ", piece.html)
    assert 150 <= len(text.split()) <= 300
    for fact in (
        r"Russian",
        r"peacekeepers",
        r"Karabakh",
        r"base at Khojaly|Khojaly base",
        r"closed",
        r"1,960",
        r"some 100,000 Armenians",
        r"(more than|over) 30,000 explosive devices",
        r"CSTO",
        r"suspended",
        r"Azerbaijan",
    ):
        assert re.search(fact, text), fact


@pytest.mark.parametrize(
    ("host", "facts"),
    [
        ("xezer-icmali.example", ("Qarabağ", "Xocal", "1960", "100 min", "KTMT", "30 mindən çox")),
        ("araks-lur.example", ("Ղարաբաղ", "Խոջալու", "1960", "100 000", "ՀԱՊԿ", "30 000")),
    ],
)
def test_the_karabakh_story_is_told_in_its_own_languages_too(
    host: str, facts: tuple[str, ...]
) -> None:
    assert any(all(fact in piece.html for fact in facts) for piece in PIECES if piece.host == host)


def test_every_picture_is_ours_and_says_who_drew_it_and_on_what_terms() -> None:
    pictured = [piece for piece in PIECES if piece.image]
    for piece in pictured:
        assert re.fullmatch(r"Illustration: .+ / Broadsheet wire", piece.credit), piece.permalink
        assert piece.licence == "https://creativecommons.org/licenses/by/4.0/"
        assert piece.caption
    used = {piece.image for piece in pictured}
    assert used == {SITE + path for path in images()}
    assert len(used) >= 16


@pytest.mark.parametrize("path", sorted(images()))
def test_a_picture_is_a_drawing_and_nothing_else(path: str) -> None:
    drawing = images()[path]
    root = etree.fromstring(drawing)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == "0 0 1200 675"
    for element in root.iter():
        name = etree.QName(element).localname
        assert name not in {"script", "foreignObject", "image", "use", "text", "style", "a"}
        written = {str(key): str(value) for key, value in element.attrib.items()}
        assert not [key for key in written if key.startswith("on") or "href" in key]
        assert not [value for value in written.values() if re.search(r"url\((?!#)", value)]


def test_the_papers_address_is_put_in_without_breaking_a_feed() -> None:
    awkward = 'http://127.0.0.1:1/a&b"c/'
    served = documents(awkward)
    assert not [key for key, document in served.items() if b"{site}" in document.body]
    for (host, _), document in served.items():
        if host in HEALTHY and document.body.startswith(b"{"):
            (image, *_) = [x["image"] for x in json.loads(document.body)["items"] if "image" in x]
            assert image.startswith(awkward + "wire/")
        elif host in HEALTHY and b"mrss" in document.body:
            urls = etree.fromstring(document.body).xpath("//@url[contains(., '.svg')]")
            assert isinstance(urls, list)
            assert all(str(url).startswith(awkward + "wire/") for url in urls)


def test_the_sources_configured_are_the_hosts_served(wire: WireServer) -> None:
    configured = settings.parse(sources_yaml(SITE), file="sources.yaml")
    assert configured.site.base_url == SITE
    assert {urlsplit(source.feed).hostname for source in configured.sources} == set(wire.routes)
    for source in configured.sources:
        feed = urlsplit(source.feed)
        assert feed.hostname is not None
        if feed.hostname != wire_server.DEAD_HOST:
            assert _ask(wire, feed.hostname, feed.path).status in {200, 410}, source.feed


@pytest.mark.parametrize("host", [*HEALTHY, wire_server.SLOW_HOST])
def test_a_healthy_source_answers_a_second_request_with_304(wire: WireServer, host: str) -> None:
    path = _paths()[host]
    first = _ask(wire, host, path)
    assert (first.status, first.body) == (200, FEEDS[host])
    etag = first.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]+"', etag)
    for validators in ({"If_None_Match": etag}, {"If_Modified_Since": LAST_MODIFIED}):
        again = _ask(wire, host, path, **validators)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == etag


@pytest.mark.parametrize(
    ("validators", "status"),
    [
        ({"If_None_Match": '"old", W/"older"'}, 200),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"old"', "If_Modified_Since": LAST_MODIFIED}, 200),
        ({"If_Modified_Since": "Sun, 30 Jun 2024 05:59:59 GMT"}, 200),
        ({"If_Modified_Since": "Sun, 30 Jun 2024 06:00:00 -0000"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
    ],
)
def test_only_who_has_the_feed_gets_a_304(
    wire: WireServer, validators: dict[str, str], status: int
) -> None:
    assert _ask(wire, "gridlight.example", "/feed.xml", **validators).status == status


def test_head_tells_what_get_would_send(wire: WireServer) -> None:
    head = _ask(wire, "gridlight.example", "/feed.xml", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(FEEDS["gridlight.example"]))


@pytest.mark.parametrize("path", ["/", "/wire/x", "/feed.atom"])
def test_nothing_but_the_feeds_is_served(wire: WireServer, path: str) -> None:
    assert _ask(wire, "gridlight.example", path).status == 404


def test_an_unknown_host_is_not_found(wire: WireServer) -> None:
    address, port = wire.routes["gridlight.example"]
    connection = HTTPConnection(address, port, timeout=10)
    connection.request("GET", "/feed.xml")
    reply = connection.getresponse()
    reply.read()
    connection.close()
    assert reply.status == 404


def test_the_broken_source_can_still_be_read() -> None:
    body = FEEDS["marsh-bulletin.example"]
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body)
    feed = _read(body)
    assert feed.bozo
    assert [entry.id for entry in feed.entries] == ["marsh-41", "marsh-40", "marsh-39", "marsh-38"]
    assert all(entry.link and entry.title and entry.summary for entry in feed.entries)


def test_the_wrong_charset_claims_utf_8_and_is_not(wire: WireServer) -> None:
    reply = _ask(wire, "cafe-bruecke.example", "/feed.xml")
    assert "utf-8" in reply.headers["Content-Type"]
    assert b'encoding="UTF-8"' in reply.body
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode("utf-8")
    assert "Café Brücke" in reply.body.decode("windows-1252")
    assert len(_read(reply.body).entries) == 3


def test_the_undated_source_has_no_dates() -> None:
    assert b"ate>" not in FEEDS["undated-almanac.example"]


def test_the_hasty_source_dates_everything_in_the_future() -> None:
    entries = _read(FEEDS["tomorrow-tidings.example"]).entries
    assert {entry.published_parsed[0] for entry in entries} == {2031}


def test_the_nameless_source_has_no_ids() -> None:
    assert b"<guid" not in FEEDS["plain-notices.example"]


def test_one_entry_appears_under_an_old_and_a_new_id() -> None:
    entries = _read(FEEDS["river-gazette.example"]).entries
    ids = [e.id for e in entries if e.link.endswith("/iron-gates-lock")]
    assert len(set(ids)) == len(ids) == 2
    assert len({e.title for e in entries if e.id in ids}) == 1


def test_nobody_listens_at_the_dead_source(wire: WireServer) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(wire.routes[wire_server.DEAD_HOST], timeout=10)


def test_the_ended_source_says_410(wire: WireServer) -> None:
    assert _ask(wire, wire_server.GONE_HOST, "/feed.xml").status == 410


def test_the_lost_source_answers_200_with_a_page(wire: WireServer) -> None:
    reply = _ask(wire, wire_server.HTML_HOST, "/feed.xml")
    assert reply.status == 200
    assert reply.headers.get_content_type() == "text/html"
    assert reply.body.startswith(b"<!DOCTYPE html>")
    assert reply.headers["ETag"] is None


def test_the_slow_source_answers_when_its_time_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    with WireServer(SITE, slow=timedelta(seconds=7)) as wire:
        monkeypatch.setattr(wire._closing, "wait", waits.append)
        assert _ask(wire, wire_server.SLOW_HOST, "/feed.atom").status == 200
        assert _ask(wire, "gridlight.example", "/feed.xml").status == 200
    assert waits == [7.0]


def test_a_closed_wire_answers_nobody() -> None:
    with WireServer(SITE) as wire:
        address = wire.routes["gridlight.example"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=10)


def test_a_client_that_hangs_up_does_not_fill_the_terminal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with WireServer(SITE) as wire:
        client = socket.create_connection(wire.routes["gridlight.example"], timeout=10)
        request = b"GET /feed.xml HTTP/1.1\r\nHost: gridlight.example\r\n\r\n"
        client.sendall(request * 200)
        client.recv(1)  # the answers have begun: closing with the rest unread resets them
        client.close()
    assert capfd.readouterr().err == ""
