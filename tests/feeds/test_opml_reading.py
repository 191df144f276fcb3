"""Lists of feeds as other readers export them, and as people mangle them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.opml import DEEPEST, LARGEST, NAMESPACE, Folder, Listing, Subscription, read
from publisher.subscriptions import render


def a_list(*outlines: str) -> Listing:
    body = "".join(outlines)
    return read(f'<?xml version="1.0"?><opml version="2.0"><body>{body}</body></opml>'.encode())


def feeds(*outlines: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.feed, each.folders) for each in a_list(*outlines).subscriptions]


def test_a_list_is_read_with_its_folders_in_its_order() -> None:
    listing = read(
        b"""<?xml version="1.0" encoding="UTF-8"?>
        <opml version="2.0"><head><title>My &amp; feeds</title></head><body>
          <outline text="News"><outline text="Europe">
            <outline type="rss" text="A" title="The A" xmlUrl="https://a.example/?x=1&amp;y=2"
              htmlUrl="https://a.example/" language="en"/></outline>
            <outline text="B" type="atom" xmlUrl="https://b.example/"></outline>
          </outline>
          <outline text="C" xmlUrl="https://c.example/"/>
        </body></opml>"""
    )
    assert listing.title == "My & feeds"
    assert [folder.path for folder in listing.folders] == [("News",), ("News", "Europe")]
    assert listing.subscriptions == (
        Subscription(
            feed="https://a.example/?x=1&y=2",
            title="A",
            home="https://a.example/",
            language="en",
            folders=("News", "Europe"),
        ),
        Subscription(feed="https://b.example/", title="B", folders=("News",)),
        Subscription(feed="https://c.example/", title="C"),
    )
    assert listing.notes == ()


@pytest.mark.parametrize(
    "outline",
    [
        '<outline text="T" XMLURL="https://a.example/"/>',
        '<OUTLINE TEXT="T" xmlurl="https://a.example/">',
        '<outline title="T" xmlUrl="https://a.example/"/>',
        '<outline text=" " title="T" xmlUrl="https://a.example/"/>',
        '<outline text="T" type="atom" url="https://a.example/"/>',
        '<outline text="T" type="link" xmlUrl="https://a.example/" updated=""/>',
        "<outline text='T' xmlUrl=https://a.example/ >",
        '<outline text="T" xmlUrl=" https://a.example/ " />',
        '<outline text="T" text="U" xmlUrl="https://a.example/"/>',
        '<outline text="&#84;" xmlUrl="https&#58;//a.example/"/>',
    ],
)
def test_an_outline_is_taken_as_it_was_meant(outline: str) -> None:
    (one,) = a_list(outline).subscriptions
    assert (one.feed, one.title) == ("https://a.example/", "T")


def test_bare_ampersands_and_unknown_entities_do_not_harm_an_address() -> None:
    outline = (
        '<outline text="A & B &nbsp;&eacute; &x;" xmlUrl="https://a.example/?a=1&b=2&copy=3"/>'
    )
    (one,) = a_list(outline).subscriptions
    assert one.feed == "https://a.example/?a=1&b=2&copy=3"
    assert one.title == "A & B é &x;"


def test_categories_file_a_feed_that_is_in_no_folder() -> None:
    assert feeds(
        '<outline xmlUrl="u:1" category="/News/Europe,/Sport, Tag"/>',
        '<outline text="F"><outline xmlUrl="u:2" category="/Else"/></outline>',
    ) == [
        ("u:1", ("News", "Europe")),
        ("u:1", ("Sport",)),
        ("u:1", ("Tag",)),
        ("u:2", ("F",)),
    ]


def test_a_feed_comes_once_for_each_of_its_folders() -> None:
    one = '<outline xmlUrl="u:1" text="{}"/>'
    listed = (one.format("a"), one.format("b"), f'<outline text="F">{one}{one}</outline>')
    assert feeds(*listed) == [("u:1", ()), ("u:1", ("F",))]
    assert a_list(*listed).subscriptions[0].title == "a"


def test_what_is_not_a_feed_is_counted_not_taken() -> None:
    listing = a_list(
        '<outline text="I" type="include" url="https://x.example/list.opml"/>',
        '<outline text="O" url="https://x.example/more.OPML"/>',
        '<outline text="L" type="link" url="https://x.example/page"/>',
        '<outline text="H" htmlUrl="https://h.example/" xmlUrl=""/>',
        '<!-- <outline text="X" xmlUrl="https://x.example/"/> -->',
    )
    assert listing.subscriptions == ()
    assert [note.split(" outlines ")[0] for note in listing.notes] == ["2", "2"]


def test_a_folder_without_a_name_is_none() -> None:
    assert feeds('<outline><outline text="G"><outline xmlUrl="u:1"/></outline></outline>') == [
        ("u:1", ("G",))
    ]


def test_a_list_that_breaks_off_keeps_what_came() -> None:
    body = b'<opml><body><outline text="F"><outline xmlUrl="u:1"/><outline xmlUrl="u:2"/><outl'
    assert [each.feed for each in read(body).subscriptions] == ["u:1", "u:2"]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8-sig", "iso-8859-1"), ("utf-16", "utf-8"), ("iso-8859-1", "utf-8"), ("cp1252", "")],
)
def test_the_charset_is_what_the_bytes_show(encoding: str, declared: str) -> None:
    text = f'\n<?xml version="1.0" encoding="{declared}"?><opml><outline text="Köln" xmlUrl="u:1"/>'
    assert read(text.encode(encoding)).subscriptions[0].title == "Köln"


def test_folders_are_no_deeper_than_sections_can_be() -> None:
    deep = "".join(f'<outline text="{n}">' for n in range(3000))
    ((_, folders),) = feeds(deep, '<outline xmlUrl="u:1"/>')
    assert folders == tuple(map(str, range(DEEPEST)))


def test_entities_are_not_expanded() -> None:
    body = (
        b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<opml><outline text="&a;&x;" xmlUrl="u:1"/></opml>'
    )
    assert read(body).subscriptions[0].title == "&a;&x;"


@pytest.mark.parametrize("body", [b"", b"<html><body>no", b"{}", b"\0\xff"])
def test_another_document_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="not an OPML list"):
        read(body)


def test_a_list_beyond_all_bounds_is_refused() -> None:
    with pytest.raises(ParseError, match="larger than 16 MB"):
        read(b"<opml>" + b" " * LARGEST)


def test_our_settings_are_known_by_their_namespace_not_their_prefix() -> None:
    body = (
        f'<opml xmlns:bs="{NAMESPACE}" xmlns:other="urn:other"><body>'
        '<outline text="F" bs:slug="f"><outline xmlUrl="u:1" bs:every="6h" other:tier="1"/>'
    )
    listing = read(body.encode())
    assert listing.folders == (Folder(path=("F",), settings={"slug": "f"}),)
    assert listing.subscriptions[0].settings == {"every": "6h"}


LINES = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), exclude_characters="\ufffe\uffff"
    ),
    min_size=1,
    max_size=12,
)
VALUES = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.just("\n")
)
SETTINGS = st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True), VALUES, max_size=3)


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    """Draw a list in the order of a document: folders before what is in them, feeds last."""
    folders: list[Folder] = []

    def fill(path: tuple[str, ...]) -> None:
        for title in draw(st.lists(LINES, max_size=2 if len(path) < 2 else 0, unique=True)):
            folders.append(Folder(path=(*path, title), settings=draw(SETTINGS)))
            fill(folders[-1].path)

    fill(())
    folders_last = [*reversed([folder.path for folder in folders]), ()]
    order = sorted(folders_last, key=lambda path: _document_order(path, folders))
    feeds = draw(st.lists(LINES, unique=True, max_size=len(order)))
    return Listing(
        title=draw(LINES),
        folders=tuple(folders),
        subscriptions=tuple(
            Subscription(
                feed=f"https://{feed}/", title=draw(LINES), home=draw(st.just("") | LINES),
                folders=path, language=draw(st.sampled_from(["", "en"])), settings=draw(SETTINGS),
            )
            for feed, path in zip(feeds, order, strict=False)
        ),
    )  # fmt: skip


def _document_order(path: tuple[str, ...], folders: list[Folder]) -> int:
    """Return where a folder ends: after all that are in it."""
    inside = [at for at, folder in enumerate(folders) if folder.path[: len(path)] == path]
    return max(inside, default=0) * 10 - len(path)


@settings(max_examples=80, deadline=None)
@given(listings())
def test_what_we_export_is_what_is_imported(listing: Listing) -> None:
    assert read(render(listing)) == listing


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=200) | st.text(st.sampled_from("<>/=\"' &;outlinexmlUrl\n"), max_size=200)
)
def test_no_bytes_are_too_odd(junk: bytes | str) -> None:
    body = junk if isinstance(junk, bytes) else junk.encode()
    listing = read(b"<opml>" + body)
    assert all(each.feed for each in listing.subscriptions)
