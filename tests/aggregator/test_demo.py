"""The demo: the whole product, off-line, twice on the same state."""

import io
import re
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html

from aggregator import settings
from aggregator.wire_server import sources_yaml
from tests.aggregator.commands import COMMAND, Paper, call, no_traceback, published
from tests.aggregator.test_wire import HEALTHY, PIECES

SITE = "http://127.0.0.1:8420/"
SICK = {
    "Silent Tribune": "cannot connect to silent-tribune.example: connection refused",
    "Closed Observer": "the server answers 410 Gone: the feed has ended for good",
    "Lost Gazette": "the document is an HTML page, not a feed",
}
BESIDE = ".//section[@class='block reported']//bdi"
KARABAKH = {
    "http://baltic-courier.example/2024/06/russia-ends-karabakh-mission/",
    "http://meridian-wire.example/wire/last-convoy-leaves-khojaly",
    "http://kura-review.example/analysis/russian-peacekeepers-leave-karabakh.html",
    "http://hemicycle-record.example/record/karabakh-withdrawal-brussels",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a demo said, and the paper it left: each file's bytes and when it was written."""

    said: str
    files: dict[str, bytes]
    written: dict[str, int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Shown:
    return show(folder)


@pytest.fixture(scope="module")
def again(folder: Path, demo: Shown) -> Shown:
    return show(folder)


def show(folder: Path) -> Shown:
    output = folder / "public"
    ended = subprocess.run(
        [*COMMAND, "demo", "--once", "--output", output, "--state", folder / "state"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    files = published(output)
    return Shown(
        said=ended.stdout,
        files=files,
        written={path: (output / path).stat().st_mtime_ns for path in files},
    )


def entries(demo: Shown, path: str) -> list[Any]:
    return list(feedparser.parse(io.BytesIO(demo.files[path])).entries)  # noqa: TID251


def atom(demo: Shown) -> dict[str, bytes]:
    return {path: body for path, body in demo.files.items() if path.endswith("atom.xml")}


def test_every_section_has_a_feed_with_entries(demo: Shown) -> None:
    asked = settings.parse(sources_yaml(SITE), file="sources.yaml")
    paths = {f"{section.path}/atom.xml" for section in asked.sections}
    paths |= {f"{selection.path}/atom.xml" for selection in asked.feeds}
    paths |= {f"feeds/language/{tongue}/atom.xml" for tongue in ("az", "de", "en", "fr", "hy")}
    assert atom(demo).keys() == paths | {
        "atom.xml", "editors-picks/atom.xml", "most-cited/atom.xml", "most-covered/atom.xml",
    }  # fmt: skip
    assert all(entries(demo, path) for path in paths)


def test_every_feed_is_valid_atom(demo: Shown, corpora: Path) -> None:
    grammar = etree.RelaxNG(etree.parse(corpora / "schemas" / "atom-rfc4287.rng"))
    for body in atom(demo).values():
        grammar.assertValid(etree.fromstring(body))


def test_the_reports_of_karabakh_name_each_other_and_lead_to_what_else_there_is(
    demo: Shown,
) -> None:
    by_permalink = {
        entry.link: entry for entry in entries(demo, "security-defence/south-caucasus/atom.xml")
    }
    for permalink in KARABAKH:
        entry = by_permalink[permalink]
        _, reported = entry.content[0].value.split("Also reported by")
        told = set(re.findall(r'href="([^"]+)"', reported))
        assert told >= KARABAKH - {permalink}
        related = {link.href for link in entry.links if link.rel == "related"}
        assert related, "there is more on the South Caucasus"
        assert not related & KARABAKH


def test_who_cites_an_article_is_quoted_beneath_it(demo: Shown) -> None:
    (page,) = (
        body.decode()
        for name, body in demo.files.items()
        if "russian-peacekeepers-leave" in name and name.endswith("html")
    )
    assert "A reconstruction of those hours, published by the Kura Review, counts five" in page
    feed = demo.files["security-defence/south-caucasus/atom.xml"].decode()
    assert "Cited by 3 articles" in feed


def test_every_link_from_one_article_of_the_wire_to_another_stands_beneath_that_one(
    demo: Shown,
) -> None:
    cited: set[tuple[str, str]] = set()
    for name, body in demo.files.items():
        if name.startswith("articles/") and name.endswith("html"):
            page: Any = html.fromstring(body)
            (here,) = page.xpath("//link[@rel='canonical']/@href")
            beneath = "//section[@aria-labelledby='cited-by']"
            cited |= {(here, citing) for citing in page.xpath(f"{beneath}/ol//p/span/bdi/a/@href")}
    linked = {
        (there, piece.permalink)
        for piece in PIECES
        if piece.host in HEALTHY
        for there in re.findall(r'<a href="([^"]+)"', piece.html)
        if urlsplit(there).hostname != piece.host
    }
    assert len(linked) >= 20
    assert linked == cited


def test_what_is_most_cited_is_listed(demo: Shown) -> None:
    listed = [entry.title for entry in entries(demo, "most-cited/atom.xml")]
    assert listed == [
        "Four European model makers prepare for a code of practice nobody has written"
    ]


def test_what_its_editors_decided_by_hand_is_so(demo: Shown) -> None:
    south = {one.link: one for one in entries(demo, "security-defence/south-caucasus/atom.xml")}
    kura = south["http://kura-review.example/analysis/russian-peacekeepers-leave-karabakh.html"]
    first, second = [link for link in kura.links if link.rel == "related"][:2]
    assert (first.hreflang, second.hreflang) == ("az", "hy")
    assert "the editors' choice" in unescape(kura.content[0].value)
    flooded = {one.link for one in entries(demo, "climate-energy/atom.xml")}
    assert "http://kontor-zeitung.example/artikel/passau-hochwasser" in flooded
    trieste = "http://gallery-and-stage.example/2024/teatro-aurisina-reopens"
    (opera,) = (one for one in entries(demo, "culture/atom.xml") if one.link == trieste)
    assert not any("coffee-price" in link.href for link in opera.links)


def test_the_agency_copy_stands_behind_the_agency(demo: Shown) -> None:
    agency = "http://meridian-wire.example/wire/last-convoy-leaves-khojaly"
    copied = "http://harbour-dispatch.example/dispatch/russians-leave-khojaly"
    for path in atom(demo):
        assert copied not in {entry.link for entry in entries(demo, path)}
    caucasus = entries(demo, "security-defence/south-caucasus/atom.xml")
    (leader,) = (entry for entry in caucasus if entry.link == agency)
    assert f'Also in <a href="{copied}">The Harbour Dispatch</a>' in leader.content[0].value
    related = {link.href for entry in caucasus for link in entry.links if link.rel == "related"}
    assert copied not in related
    (page,) = (
        body
        for path, body in demo.files.items()
        if "russians-close-khojaly" in path and path.endswith("html")
    )
    assert f'<link rel="canonical" href="{agency}">' in page.decode()
    assert re.search("A copy of.*Last Russian convoy leaves Khojaly", page.decode(), re.DOTALL)


def test_only_the_sources_nobody_could_read_fail_and_it_says_why(demo: Shown) -> None:
    failures = re.findall("^failed (.+?): (.+)$", demo.said, re.MULTILINE)
    assert {name for name, _ in failures} == SICK.keys()
    assert all(why.startswith(SICK[name]) for name, why in failures)
    assert "26 sources asked, 3 failed;" in demo.said


def test_status_tells_of_the_demo_what_it_tells_of_a_paper(demo: Shown, folder: Path) -> None:
    paper = Paper(folder=folder)
    (folder / "config").mkdir()
    (folder / "config" / "sources.yaml").write_text(sources_yaml(SITE), "utf-8")
    rows = paper.status().values()
    failed = {row["name"]: str(row["error"]) for row in rows if row["error"]}
    assert failed.keys() == SICK.keys() == {row["name"] for row in rows if not row["entries"]}
    assert all(failed[name].startswith(why) for name, why in SICK.items())
    assert {row["name"] for row in rows if row["state"] != "ok"} == SICK.keys()


def test_one_may_ask_why_of_the_sample_paper_as_it_says(demo: Shown) -> None:
    (places,) = re.findall(r"broadsheet why ADDRESS (.+)", demo.said)
    said = call("why", min(KARABAKH), *places.split())
    assert said.exit_code == 0, said.stderr
    assert "it leads" in said.stdout
    assert call("check", *places.split()).exit_code == 0


def test_a_second_time_changes_no_byte_and_writes_no_file(demo: Shown, again: Shown) -> None:
    assert again.files == demo.files
    assert again.written == demo.written
    assert "0 new articles, 0 changed; 0 files written" in again.said


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    said = call("demo", "--once", f"--output={tmp_path / 'o'}", f"--state={file / 'x'}")
    assert said.exit_code == 3
    assert f"the state folder {file / 'x'} cannot be used: Not a directory" in said.stderr
    assert no_traceback([said.output])


def test_the_reports_of_the_base_at_khojaly_are_one_story_with_one_leader(demo: Shown) -> None:
    reported: dict[str, list[str]] = {}
    for path, body in demo.files.items():
        if path.startswith("articles/") and b"Also reported by" in body and b"Khojaly" in body:
            reported["-".join(path.split("/")[-2].split("-")[:3])] = [
                "".join(map(str, line.itertext())).strip()
                for line in html.fromstring(body).iterfind(
                    ".//section[@class='block reported']//bdi"
                )
            ]
    assert reported == {
        "last-russian-convoy": [
            "The Kura Review", "Baltic Courier", "The Hemicycle Record",
        ],
        "russian-peacekeepers-leave": [
            "Meridian Wire", "Baltic Courier", "The Hemicycle Record",
        ],
        "russia-ends-its": [
            "The Kura Review", "Meridian Wire", "The Hemicycle Record",
        ],
        "brussels-weighs-its": [
            "The Kura Review", "Meridian Wire", "Baltic Courier",
        ],
    }  # fmt: skip
