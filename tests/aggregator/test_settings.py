"""sources.yaml as operators write it, right and wrong."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.durations import show_interval
from aggregator.model import Auth, Http, Rights, Source
from aggregator.settings import load, parse, schema
from feeds.errors import SettingsError

SITE = "site: {title: T, base_url: https://n.example/}\n"
HEAD = SITE + "sources:\n  - name: A\n    feed: https://a.example/rss\n"  # line 5 is free
AUTH = Auth(user="u", password="p")


def source(more: str = "", head: str = HEAD, **environ: str) -> Source:
    return parse(f"{head}    {more}\n", environ=environ).sources[0]


def test_the_smallest_file_gets_every_default() -> None:
    paper = parse(HEAD)
    assert (paper.site.title, paper.site.base_url, paper.site.language) == (
        "T", "https://n.example/", "en",
    )  # fmt: skip
    assert (paper.site.footer, paper.site.entries, paper.site.allow_networks) == (True, 50, ())
    assert paper.sections == ()
    assert [each.id for each in paper.sources] == ["a"]
    only = paper.sources[0]
    assert (only.every, only.tier, only.rights) == (timedelta(minutes=30), 3, Rights.EXCERPT)
    assert only.longest == timedelta(hours=6)
    assert (only.cron, only.language, only.max_items, only.max_age) == (None, None, None, None)
    assert only.enabled
    assert only.http == Http()


@pytest.mark.parametrize(
    ("site", "push"),
    [
        ("base_url: https://news.example.org/", True),
        ("base_url: https://news.example.org/, push: false", False),
        ("base_url: http://news.example.org/", False),
        ("base_url: http://127.0.0.1:8420/, push: true", True),
        ("base_url: https://127.0.0.1/", False),
        ("base_url: https://10.0.0.7/", False),
        ("base_url: 'https://[::1]/'", False),
        ("base_url: https://localhost/", False),
        ("base_url: https://paper.localhost/", False),
        ("base_url: https://paper/", False),
    ],
)
def test_hubs_may_call_where_strangers_can_and_where_the_operator_says_so(
    site: str, push: bool
) -> None:
    text = f"site: {{title: T, {site}}}\nsources: [{{name: A, feed: https://a.example/}}]\n"
    assert parse(text).site.push is push


@pytest.mark.parametrize(
    ("written", "hubs"),
    [
        ("builtin", ["https://n.example/paper/hub"]),
        ("HTTPS://Hub.Example:443", ["https://hub.example/"]),
        (
            "[https://hub.example/, builtin]",
            ["https://n.example/paper/hub", "https://hub.example/"],
        ),
        ("[builtin, 'https://n.example/paper/hub']", ["https://n.example/paper/hub"]),
        ("[]", []),
    ],
)
def test_a_paper_has_the_hubs_it_says_its_own_first(written: str, hubs: list[str]) -> None:
    site = f"site: {{title: T, base_url: https://n.example/paper, hub: {written}}}\n"
    found = parse(f"{site}sources: [{{name: A, feed: https://a.example/}}]\n").site
    assert list(found.hubs) == hubs
    assert found.own_hub is ("builtin" in written)


def test_everything_that_can_be_said_is_heard() -> None:
    paper = parse(
        """
site:
  title: The  Paper
  tagline: >
    Two lines
    made one
  base_url: HTTPS://News.Example:443
  language: PT-br
  rights: ours
  contact: mailto:editor@example.org
  footer: false
  entries: 7
  allow_networks: [10.0.0.0/8, "fd00::/8"]
defaults: {every: 1h30m, longest: 12h, tier: 2, rights: link, language: de, max_items: 9,
           max_age: 30d, http: {timeout: 5s, user_agent: "x", headers: {A: "1"}}}
sections:
  - title: Security & Defence
    words: [NATO, NATO, tank]
    sections: [{title: South Caucasus, slug: caucasus}]
  - title: World
sources:
  - name: One
    feed: https://one.example/
    sections: [world, "SECURITY & DEFENCE", World]
    categories: {Kaukasus: caucasus}
  - {name: Two, id: second, feed: https://two.example/, sections: South Caucasus, cron: 0 6 * * *,
     tier: 1, rights: full, enabled: false, http: {headers: {B: "2"}}}
"""
    )
    site = paper.site
    assert (site.title, site.tagline) == ("The Paper", "Two lines made one")
    assert (site.base_url, site.language) == ("https://news.example/", "pt-BR")
    assert (site.contact, site.footer, site.entries) == ("editor@example.org", False, 7)
    assert site.allow_networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert [(each.slug, each.path, each.parent, each.words) for each in paper.sections] == [
        ("security-defence", "security-defence", None, ("NATO", "tank")),
        ("caucasus", "security-defence/caucasus", "security-defence", ()),
        ("world", "world", None, ()),
    ]
    one, two = paper.sources
    assert one.sections == ("world", "security-defence")
    assert one.categories == {"Kaukasus": "caucasus"}
    assert (one.every, one.tier, one.rights) == (timedelta(minutes=90), 2, Rights.LINK)
    assert one.longest == timedelta(hours=12)
    assert (one.language, one.max_items, one.max_age) == ("de", 9, timedelta(days=30))
    waiting = timedelta(seconds=5)
    assert one.http == Http(user_agent="x", headers=(("A", "1"),), timeout=waiting)
    assert (two.id, two.sections, two.cron) == ("second", ("caucasus",), "0 6 * * *")
    assert (two.tier, two.rights, two.enabled) == (1, Rights.FULL, False)
    assert two.http == Http(user_agent="x", headers=(("B", "2"),), timeout=waiting)


@pytest.mark.parametrize(
    ("written", "attribute", "value"),
    [
        ("disabled: true", "enabled", False),
        ("mute: false", "enabled", True),
        ("interval: 2h", "every", timedelta(hours=2)),
        ("keep_max: 5", "max_items", 5),
        ("max-age: 2d", "max_age", timedelta(days=2)),
        ("lang: sr-latn-rs", "language", "sr-Latn-RS"),
        ("client: {agent: Me}", "http", Http(user_agent="Me")),
    ],
)
def test_words_from_other_aggregators_mean_the_same(
    written: str, attribute: str, value: object
) -> None:
    assert getattr(source(written), attribute) == value


def test_a_list_brought_along_from_elsewhere_is_understood() -> None:
    paper = parse(
        "site: {name: P, link: 'http://n.example', subtitle: S}\n"
        "sections: [{name: World, keywords: [war]}]\n"
        "sources: [{text: A, xmlUrl: 'https://a.example/', category: world}]\n"
    )
    assert (paper.site.title, paper.site.base_url) == ("P", "http://n.example/")
    assert (paper.sources[0].name, paper.sources[0].sections) == ("A", ("world",))
    assert paper.sections[0].words == ("war",)


def test_variables_are_filled_in_under_http_and_never_told() -> None:
    more = 'http: {user_agent: "A ${B}", headers: {X: "${TOKEN}${TOKEN}"}, timeout: "${WAIT}"}'
    http = source(more, B="b", TOKEN="$1\\1", WAIT="9s").http
    assert http == Http(
        user_agent="A b", headers=(("X", "$1\\1$1\\1"),), timeout=timedelta(seconds=9)
    )
    with pytest.raises(SettingsError) as caught:
        source(more, B="b\n", TOKEN="s3cret\n\x01", WAIT="s3cret")
    assert len(caught.value.problems) == 2
    assert "s3cret" not in str(caught.value)


def test_a_dollar_outside_http_is_only_a_dollar() -> None:
    assert source(head=HEAD.replace("name: A", "name: A ${B}")).name == "A ${B}"


def test_a_relative_file_begins_in_the_folder_of_the_settings() -> None:
    text = SITE + "sources: [{name: A, feed: 'file:../x/a%20b.xml'}]"
    folder = PurePosixPath("/srv/config")
    assert parse(text, directory=folder).sources[0].feed == "file:///srv/x/a%20b.xml"
    assert parse(text).sources[0].feed == "file:../x/a%20b.xml"


@pytest.mark.parametrize(
    ("ca", "path"),
    [
        ("ca.pem", "/srv/config/ca.pem"),
        ("../ca.pem", "/srv/ca.pem"),
        ("/etc/ca.pem", "/etc/ca.pem"),
        ("${CERTIFICATES}/ca.pem", "/etc/certificates/ca.pem"),
    ],
)
def test_a_relative_file_of_authorities_begins_there_too(ca: str, path: str) -> None:
    text = f"{SITE}sources: [{{name: A, feed: 'https://a.example/', http: {{ca: '{ca}'}}}}]"
    folder = PurePosixPath("/srv/config")
    environ = {"CERTIFICATES": "/etc/certificates"}
    assert parse(text, environ=environ, directory=folder).sources[0].http.ca == path


@pytest.mark.parametrize(
    ("defaults", "own", "http"),
    [
        ("cookie: a", "auth: {user: u, password: p}", {"cookie": "a", "auth": AUTH}),
        ("cookie: a", "cookie: b", {"cookie": "b"}),
        ("cookie: a", "headers: {Cookie: b}", {"headers": (("Cookie", "b"),)}),
        (
            "auth: {user: u, password: p}",
            "headers: {authorization: b}",
            {"headers": (("authorization", "b"),)},
        ),
        ("ca: /a.pem", "accept_invalid_certs: true", {"accept_invalid_certs": True}),
        ("accept_invalid_certs: true", "ca: /a.pem", {"ca": "/a.pem"}),
        ("accept_invalid_certs: true", "accept_invalid_certs: false", {}),
        (
            "proxy: 'http://p.example'",
            "old_tls: true",
            {"proxy": "http://p.example", "old_tls": True},
        ),
    ],
)
def test_what_a_source_says_of_http_outranks_the_defaults_key_by_key(
    defaults: str, own: str, http: dict[str, Any]
) -> None:
    one = source(f"http: {{{own}}}", head=f"defaults: {{http: {{{defaults}}}}}\n{HEAD}")
    assert one.http == Http(**http)


def test_words_for_http_from_elsewhere_mean_the_same() -> None:
    http = source(
        "client: {agent: Me, cookies: c, proxy_url: 'socks5h://p.example',"
        " allow_self_signed_certificates: true, auth: {username: u, pass: p}}"
    ).http
    assert http == Http(
        user_agent="Me",
        cookie="c",
        proxy="socks5h://p.example",
        accept_invalid_certs=True,
        auth=AUTH,
    )


def test_one_file_spelt_in_two_ways_is_one_feed() -> None:
    text = (
        SITE
        + "sources:\n- {name: A, feed: 'file:x.xml'}\n- {name: B, feed: 'file:///c/d/../x.xml'}"
    )
    with pytest.raises(SettingsError, match="already subscribed to in line 3"):
        parse(text, directory=PurePosixPath("/c"))


def test_only_what_lies_beneath_the_paper_is_its_own_output() -> None:
    site = "site: {title: T, base_url: https://n.example/paper/}\n"
    feeds = [
        "https://n.example/feed",
        "https://n.example/papers/x",
        "https://n.example:8443/paper/",
    ]
    listed = "".join(f"  - {{name: S{at}, feed: '{feed}'}}\n" for at, feed in enumerate(feeds))
    assert [each.feed for each in parse(f"{site}sources:\n{listed}").sources] == feeds
    with pytest.raises(SettingsError, match="our own output"):
        parse(f"{site}sources: [{{name: A, feed: 'http://N.example/paper'}}]")


def test_a_source_that_sets_cron_keeps_it_whatever_the_defaults_say() -> None:
    only = source("cron: 0 6 * * *", head=f"defaults: {{every: 2h}}\n{HEAD}")
    assert (only.cron, only.every) == ("0 6 * * *", timedelta(minutes=30))


def test_load_reads_the_folder_and_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SITE + 'sources: [{name: A, feed: "file:a.xml", http: {headers: {X: "${BS_T}"}}}]\n'
    (tmp_path / "sources.yaml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    monkeypatch.setenv("BS_T", "t")
    only = load(tmp_path).sources[0]
    assert only.feed == (tmp_path / "a.xml").as_uri()
    assert only.http.headers == (("X", "t"),)


def test_a_folder_reached_by_a_symlink_gives_its_files_addresses_that_stay(tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    text = SITE + 'sources: [{name: A, feed: "file:a.xml"}]\n'
    (tmp_path / "v1" / "sources.yaml").write_text(text)
    (tmp_path / "now").symlink_to("v1")
    assert load(tmp_path / "now").sources[0].feed == (tmp_path / "now" / "a.xml").as_uri()


def test_a_folder_without_the_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert str(caught.value).startswith("sources.yaml: is missing (there is no ")
    assert "`broadsheet init`" in str(caught.value)


def test_the_module_prints_its_schema() -> None:
    environ = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "aggregator.settings"]
    run = subprocess.run(command, capture_output=True, check=True, env=environ)
    assert json.loads(run.stdout) == schema()


def test_ten_thousand_sources_are_read() -> None:
    listed = "".join(
        f"  - name: S {at}\n    feed: https://h{at}.example/\n    sections: [World]\n"
        for at in range(10_000)
    )
    paper = parse(f"{SITE}sections: [{{title: World}}]\nsources:\n{listed}")
    assert len({each.id for each in paper.sources}) == 10_000


YAML_WORDS = st.sampled_from(
    ["site", "sources", "sections", "defaults", "title", "name", "feed", "url", "http", "headers",
     "base_url", "every", "cron", "enabled", "disabled", "words", "slug", "id", "categories"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["https://a.example/", "file:[", "https://[", "1h", "${A}", "* * * * *"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(YAML_WORDS | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
FILES = st.fixed_dictionaries({}, optional={
    "site": VALUES, "defaults": VALUES, "sections": VALUES | st.lists(VALUES, max_size=2),
    "sources": VALUES | st.lists(st.fixed_dictionaries({"name": VALUES, "feed": VALUES}, optional={
        "http": VALUES, "every": VALUES, "cron": VALUES, "sections": VALUES, "categories": VALUES,
        "language": VALUES, "rights": VALUES, "max_age": VALUES, "id": VALUES,
    }), max_size=3),
})  # fmt: skip


@given(text=st.text() | FILES.map(json.dumps) | VALUES.map(json.dumps))
def test_no_text_raises_anything_but_a_settings_error(text: str) -> None:
    try:
        parse(text)
    except SettingsError as error:
        problems = [str(problem) for problem in error.problems] or ["an error without a problem"]
    else:
        problems = []
    for problem in problems:
        assert problem.startswith("sources.yaml:")
        assert "\n" not in problem
        assert "Input should" not in problem


SHORT = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
INTERVALS = st.integers(60, 30 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@given(
    names=st.lists(SHORT, min_size=1, max_size=5, unique=True),
    titles=st.lists(SHORT.map("s-{}".format), max_size=4, unique=True),
    every=INTERVALS,
    tier=st.integers(1, 9),
    rights=st.sampled_from(Rights),
    enabled=st.booleans(),
)
@settings(max_examples=50)
def test_what_is_written_is_what_is_read(
    names: list[str], titles: list[str], every: timedelta, tier: int, rights: Rights, enabled: bool
) -> None:
    written = {
        "site": {"title": "T", "base_url": "https://n.example/"},
        "sections": [{"title": title, "words": [title]} for title in titles],
        "sources": [
            {
                "name": name,
                "feed": f"https://{name}.source.example/",
                "sections": titles,
                "every": show_interval(every),
                "tier": tier,
                "rights": rights.value,
                "enabled": enabled,
            }
            for name in names
        ],
    }
    paper = parse(json.dumps(written))
    assert [(each.title, each.slug) for each in paper.sections] == [(t, t) for t in titles]
    for name, each in zip(names, paper.sources, strict=True):
        assert (each.id, each.name, each.feed) == (name, name, f"https://{name}.source.example/")
        assert each.sections == tuple(titles)
        assert (each.every, each.tier, each.rights) == (every, tier, rights)
        assert each.enabled is enabled


def test_only_an_operators_own_interval_outranks_politeness_to_servers_without_validators() -> None:
    site = "site: {title: T, base_url: https://n.example/}\n"
    feed = "feed: 'https://a.example/'"
    (silent,) = parse(f"{site}sources: [{{name: A, {feed}}}]").sources
    (said,) = parse(f"{site}sources: [{{name: A, {feed}, every: 20m}}]").sources
    (default,) = parse(f"{site}defaults: {{every: 2h}}\nsources: [{{name: A, {feed}}}]").sources
    assert silent.blind == timedelta(days=1)
    assert said.blind == timedelta(minutes=20)
    assert default.blind == timedelta(hours=2)
