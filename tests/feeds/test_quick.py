"""The quick reader says what feedparser says, of every document of which it says anything."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import feeds.parse
import feeds.quick
from feeds import quick, rawitems, xmltree
from feeds.errors import SourceError
from feeds.model import SourceFeed
from feeds.parse import parse

ROOT = Path(__file__).resolve().parents[2]
HERE = "https://paper.example/news/feed.xml"
PARTS = 8
DC = "http://purl.org/dc/elements/1.1/"
XHTML = "http://www.w3.org/1999/xhtml"
MODULES = {
    "dc": DC,
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "cc": "http://web.resource.org/cc/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "georss": "http://www.georss.org/georss",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
BOUND = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in MODULES.items())


@dataclass(frozen=True, slots=True)
class Both:
    """A document read twice: as we do, which may be quick, and by feedparser alone."""

    ours: SourceFeed | str
    theirs: SourceFeed | str
    is_quick: bool


def read_both(body: bytes, base_url: str = HERE) -> Both:
    """Read a document both ways; what is refused is refused in the same words."""
    quickly: list[bool] = []

    def watched(*args: object, **said: object) -> object:
        answer = quick.read(*args, **said)  # type: ignore[arg-type]
        quickly.append(answer is not None)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeds.parse, "read_quickly", watched)
        ours = _read(body, base_url)
        patch.setattr(feeds.parse, "read_quickly", lambda *_, **__: None)
        theirs = _read(body, base_url)
    return Both(ours, theirs, is_quick=quickly[-1:] == [True])


def _read(body: bytes, base_url: str) -> SourceFeed | str:
    try:
        return parse(body, base_url)
    except SourceError as error:
        return str(error)


def assert_agreed(body: bytes, base_url: str = HERE) -> Both:
    both = read_both(body, base_url)
    assert both.ours == both.theirs
    return both


def rss(inside: str, *, head: str = "<title>The Paper</title>", attributes: str = "") -> bytes:
    channel = f"<channel>{head}<item>{inside}</item></channel>"
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    return f'<rss version="2.0" {BOUND} {atom} {attributes}>{channel}</rss>'.encode()


def rdf(inside: str, *, head: str = "<title>The Paper</title>", attributes: str = "") -> bytes:
    return (
        f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {BOUND} {attributes}>'
        f"<channel>{head}</channel><image><title>I</title><url>i.png</url><link>/i</link></image>"
        f'<item rdf:about="{HERE}#1">{inside}</item></rdf:RDF>'
    ).encode()


def atom(inside: str, *, head: str = "<title>The Paper</title>", attributes: str = "") -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {BOUND} {attributes}>'
        f"{head}<entry>{inside}</entry></feed>"
    ).encode()


FORMATS: tuple[Callable[..., bytes], ...] = (rss, rdf, atom)

# What entries are made of, of all vocabularies, as people write it and as nobody should.
LEAVES = (
    "<title>Plain</title>",
    "<title>Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;</title>",
    '<title type="html">&lt;i&gt;Leaning&lt;/i&gt;</title>',
    f'<title type="xhtml"><div xmlns="{XHTML}">In <b>bold</b></div></title>',
    "<title>a <b>b</b></title>",
    "<title/>",
    "<dc:title>By Dublin</dc:title>",
    "<media:title>By media</media:title>",
    (
        "<media:group><media:title>Film</media:title><media:description>Of it</media:description>"
        '<media:content url="f.mp4" medium="video"/></media:group>'
    ),
    (
        '<media:content url="p.jpg"><media:description type="html">&lt;b&gt;x&lt;/b&gt;'
        "</media:description><media:credit>Ada</media:credit></media:content>"
    ),
    '<media:content url="p.jpg" xml:base="deep/"><media:title>Deep</media:title></media:content>',
    '<media:thumbnail url="t.jpg"/>',
    "<media:keywords>one, two,, three</media:keywords>",
    '<media:category label="L">films</media:category>',
    '<media:rating scheme="urn:simple">adult</media:rating>',
    '<media:license href="/l">CC</media:license>',
    "<link>https://paper.example/1?a=1&amp;b=2</link>",
    "<link>/2.html</link>",
    "<link/>",
    '<link href="3.html"/>',
    '<link href="https:////paper.example//4"/>',
    '<link href="https://paper.example/caf\u00e9?q=1;2"/>',
    '<link rel="Alternate" type="Text/HTML" href="5.html" hreflang="de"/>',
    '<link rel="alternate" type="application/json" href="6.json"/>',
    '<link rel="enclosure" href="b.ogg" type="audio/ogg"/>',
    '<link rel="license" href="https://l.example/by"/>',
    '<link xml:base="/deep/" href="7.html"/>',
    '<link HREF="8.html"/>',
    '<link url="9.html">text</link>',
    '<link href="">text</link>',
    '<link rel="replies" href="c" thr:count="2"/>',
    '<link thr:href="x">10.html</link>',
    "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' href='11.html'/>",
    "<guid>https://paper.example/guid</guid>",
    '<guid isPermaLink="false">4711</guid>',
    "<id>tag:paper.example,2026:1</id>",
    "<category>Security</category>",
    "<category><![CDATA[ Two  words ]]></category>",
    '<category term="energy" scheme="urn:s" label="Energy"/>',
    '<category domain="urn:d">Domain</category>',
    '<category domain="urn:d"/>',
    '<category term="both">text</category>',
    "<category>Inner <b>markup</b></category>",
    "<category>caf\u00c3\u00a9 \u0093quoted\u0094</category>",
    "<dc:subject>Energy</dc:subject>",
    "<keywords>k</keywords>",
    '<itunes:category text="Arts"><itunes:category text="Design"/></itunes:category>',
    '<itunes:category text="Arts">said</itunes:category>',
    "<itunes:keywords>a, b</itunes:keywords>",
    '<itunes:keywords lang="en">a, b</itunes:keywords>',
    "<tags>x,y</tags>",
    "<author>ada@paper.example (Ada Reporter)</author>",
    "<author>unknown</author>",
    "<author/>",
    "<author><name>Bo Writer</name><uri>/bo</uri><email>bo@paper.example</email></author>",
    '<author xml:base="/desk/"><name>Cy</name><url xml:base="c/">y</url></author>',
    "<author><name/></author>",
    "<author>Dee <name>Dora</name></author>",
    "<author><link>https://paper.example/eve</link></author>",
    "<author><x:note xmlns:x='urn:x'>n</x:note>text</author>",
    "<dc:creator>Ada Reporter</dc:creator>",
    "<dc:creator>Unknown</dc:creator>",
    "<dc:author>Dublin</dc:author>",
    "<itunes:author>Voice</itunes:author>",
    (
        "<itunes:owner><itunes:name>Owner</itunes:name><itunes:email>o@p.example</itunes:email>"
        "</itunes:owner>"
    ),
    "<contributor><name>Con</name></contributor>",
    "<dc:contributor>Con</dc:contributor>",
    "<description>What happened.</description>",
    "<description>&lt;p&gt;Escaped &amp;amp; more&lt;/p&gt;</description>",
    "<description><p>Not escaped</p> <em>at all</em></description>",
    f'<description><p xmlns="{XHTML}">Not escaped</p></description>',
    "<description></description>",
    "<dc:description>Dublin &amp; co</dc:description>",
    "<media:description>About the media</media:description>",
    '<media:description type="html">&lt;p&gt;About the media&lt;/p&gt;</media:description>',
    "<summary>In short</summary>",
    '<summary type="html">&lt;p&gt;In short&lt;/p&gt;</summary>',
    f'<summary type="xhtml"><div xmlns="{XHTML}">In <i>short</i></div></summary>',
    "<itunes:summary>Heard</itunes:summary>",
    "<itunes:subtitle>Under</itunes:subtitle>",
    "<abstract>Abstracted</abstract>",
    "<content:encoded><![CDATA[<p>All <b>of</b> it</p>]]></content:encoded>",
    "<content:encoded/>",
    "<fullitem>&lt;p&gt;Full&lt;/p&gt;</fullitem>",
    "<content>Plain content</content>",
    '<content type="html">&lt;div&gt;text&lt;/div&gt;</content>',
    '<content type="text/html" mode="escaped">&lt;p&gt;old&lt;/p&gt;</content>',
    f'<content type="text/html" mode="xml"><p xmlns="{XHTML}">old</p></content>',
    '<content type="html" mode="base64">PHA+eDwvcD4=</content>',
    '<content type="image/png">AAAA</content>',
    '<content type="html" src="https://paper.example/c"/>',
    '<content type="html">caf\u00c3\u00a9 \u0093quoted\u0094</content>',
    f"""<content type="xhtml" xml:base="deep/">
    <div xmlns="{XHTML}"><p CLASS="A">In <a href="x" rel="TAG">x</a><br/>&amp; &lt;out&gt;</p>
    <img src="p.jpg" alt="a &quot;b&quot;"/></div>
    </content>""",
    f'<content type="xhtml"><div xmlns="{XHTML}">a</div><div xmlns="{XHTML}">b</div></content>',
    (
        f'<content type="xhtml"><div xmlns="{XHTML}"><h:i xmlns:h="{XHTML}" xml:lang="de">c</h:i>'
        "</div></content>"
    ),
    f'<content type="xhtml"><picture xmlns="{XHTML}"><source srcset="p"/></picture></content>',
    (
        f'<content type="xhtml"><div xmlns="{XHTML}"><svg xmlns="http://www.w3.org/2000/svg"><title>t'
        "</title></svg></div></content>"
    ),
    f'<content type="xhtml"><details xmlns="{XHTML}"><summary>s</summary>d</details></content>',
    '<content type="xhtml">no div at all &amp; more</content>',
    f'<body xmlns="{XHTML}"><p>A body</p></body>',
    "<rights>All of them</rights>",
    "<copyright>2026</copyright>",
    "<dc:rights>Dublin's</dc:rights>",
    '<rights type="html">&lt;b&gt;Some&lt;/b&gt;</rights>',
    "<x:box xmlns:x='urn:x'><rights>boxed</rights></x:box>",
    '<cc:license rdf:resource="https://l.example/cc"/>',
    "<cc:license/>",
    "<creativeCommons:license>https://l.example/c</creativeCommons:license>",
    (
        "<media:group><creativeCommons:license>https://l.example/d</creativeCommons:license>"
        "</media:group>"
    ),
    '<source url="https://other.example/feed">Other</source>',
    (
        "<source><title>Other</title><author><name>Odd</name></author><id>urn:o</id>"
        '<link rel="self" href="/o"/><updated>2026-05-04T10:00:00Z</updated></source>'
    ),
    "<source><author>In a line</author></source>",
    "<source><content>c</content></source>",
    "<image><url>i.png</url><title>Seen</title><link>/i</link></image>",
    '<image><url>i.png</url><link href="/j"/></image>',
    "<image><note>n</note><title>Lost</title></image>",
    "<image><description>d</description></image>",
    '<itunes:image href="cover.jpg"/>',
    "<textinput><title>Search</title></textinput>",
    "<enclosure url='a.mp3' type='audio/mpeg' length='12'/>",
    "<pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate>",
    "<dc:date>2026-05-04</dc:date>",
    "<updated>2026-05-04T10:00:00Z</updated>",
    "<dcterms:valid>start=2026-05-04</dcterms:valid>",
    "<slash:comments>3</slash:comments>",
    "<wfw:commentRss>https://paper.example/c</wfw:commentRss>",
    "<thr:total>3</thr:total>",
    "<georss:point>45.2 -71.9</georss:point>",
    (
        "<georss:where><g:Point xmlns:g='http://www.opengis.net/gml'><g:pos>1 2</g:pos></g:Point>"
        "</georss:where>"
    ),
    '<site xmlns="com-wordpress:feed-additions:1">117274175</site>',
    '<title xmlns="urn:nobodys">Nobody\'s</title>',
    "<y:note xmlns:y='urn:notes'>unknown</y:note>",
    "<y:box xmlns:y='urn:notes'><category>boxed</category><link>/boxed</link></y:box>",
    "<y:box xmlns:y='urn:notes'><item/></y:box>",
    "<authors>odd</authors>",
    "<links>odd</links>",
    "<title_detail>odd</title_detail>",
    "<dc_creator>odd</dc_creator>",
    "<Author>Odd</Author>",
    (
        '<p:chapters xmlns:p="http://podlove.org/simple-chapters"><p:chapter start="00:01:00"/>'
        "</p:chapters>"
    ),
    '<p:chapters xmlns:p="http://podlove.org/simple-chapters"><p:chapter/></p:chapters>',
    "<!-- a comment -->",
    "<?a processor?>",
    "stray text &amp; more",
)
HEADS = (
    "<title>The Paper</title>",
    "<title/>",
    "<description>A paper &amp; more</description>",
    "<itunes:summary>Podcast</itunes:summary>",
    "<subtitle>Below</subtitle>",
    f'<subtitle type="xhtml"><div xmlns="{XHTML}">Below <b>it</b></div></subtitle>',
    "<tagline>Tag</tagline>",
    "<content>odd</content>",
    "<link>https://paper.example/?a=1&amp;amp;b=2</link>",
    '<link href="/home"/>',
    '<link rel="alternate" type="application/json" href="/j"/>',
    '<link rel="self" href="/elsewhere/"/>',
    "<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='self' href='https://cdn.example/f'/>",
    "<image><url>/logo.png</url><title>The Paper</title><link>/</link></image>",
    "<image><url>/logo.png</url><other>x</other><title>Lost</title></image>",
    (
        "<textInput><title>Search</title><description>d</description><name>q</name><link>/q</link>"
        "</textInput>"
    ),
    '<itunes:image href="logo.jpg"/>',
    "<author><name>The Desk</name></author>",
    "<dc:creator>The Desk</dc:creator>",
    "<managingEditor>desk@paper.example (The Desk)</managingEditor>",
    "<itunes:author>The Voice</itunes:author>",
    (
        "<itunes:owner><itunes:name>Owner</itunes:name><itunes:email>o@p.example</itunes:email>"
        "</itunes:owner>"
    ),
    "<copyright>2026 &amp; before</copyright>",
    "<creativeCommons:license>https://l.example/c</creativeCommons:license>",
    "<language>en</language>",
    "<lastBuildDate>Mon, 04 May 2026 10:00:00 GMT</lastBuildDate>",
    "<cloud domain='c.example' port='80'/>",
    "<skipDays><day>Monday</day></skipDays>",
    "<items><rdf:Seq><rdf:li rdf:resource='x'/></rdf:Seq></items>",
    '<itunes:category text="Arts"/>',
    "<source url='x'>s</source>",
    "<generator uri='https://g.example' version='1'>G</generator>",
)
ATTRIBUTES = (
    "",
    'xml:base="https://base.example/s/"',
    'xml:base="up/"',
    'xml:base="ftp://f.example/"',
    'xml:lang="fr"',
    'base="/odd/"',
    'xmlns:a="http://www.w3.org/2005/Atom"',
    'xmlns:r="http://purl.org/rss/1.0/"',
    'xmlns:x="http://www.w3.org/1999/xlink"',
    'xmlns:DC="urn:another"',
    f'xmlns:also="{DC}"',
)


@pytest.mark.parametrize("build", FORMATS)
def test_each_thing_an_entry_may_hold_is_read_alike(build: Callable[..., bytes]) -> None:
    for leaf in LEAVES:
        assert_agreed(build(leaf))
        assert_agreed(build(leaf, attributes='xml:base="up/"'))
        assert_agreed(
            build(f"<title>A</title><description>d</description>{leaf}<author>x</author>")
        )


@pytest.mark.parametrize("build", FORMATS)
def test_each_thing_a_feed_may_say_of_itself_is_read_alike(build: Callable[..., bytes]) -> None:
    for head, attributes in product(HEADS, ATTRIBUTES):
        assert_agreed(build("<title>A</title>", head=head, attributes=attributes))


@given(
    st.sampled_from(FORMATS),
    st.lists(st.sampled_from(LEAVES), max_size=7),
    st.lists(st.sampled_from(HEADS), max_size=4),
    st.sampled_from(ATTRIBUTES),
)
@settings(max_examples=300, deadline=None)
def test_whatever_a_document_is_made_of_it_is_read_alike(
    build: Callable[..., bytes], leaves: list[str], heads: list[str], attributes: str
) -> None:
    assert_agreed(build("".join(leaves), head="".join(heads), attributes=attributes))


PERSONS = [leaf for leaf in (*LEAVES, *HEADS) if "author" in leaf or "ame>" in leaf]


@given(
    st.sampled_from(FORMATS),
    st.lists(st.sampled_from(PERSONS), max_size=4),
    st.lists(st.sampled_from(PERSONS), max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_whoever_wrote_it_is_read_alike(
    build: Callable[..., bytes], leaves: list[str], heads: list[str]
) -> None:
    assert_agreed(build("".join(leaves), head="".join(heads)))


ROOTS = (
    *(f'<rss version="{version}">' for version in ("0.91", "0.92", "2.0", "2", "x")),
    "<rss>",
    '<rss version="2.0" xmlns="http://backend.userland.com/rss2">',
    '<rss version="2.0" xmlns="http://purl.org/rss/1.0/">',
    "<RSS>",
    '<feed version="0.3" xmlns="http://purl.org/atom/ns#">',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    '<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns="http://www.w3.org/2005/Atom">',
    "<feed>",
    '<feed xmlns="urn:nobodys">',
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">',
    (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://my.netscape.com/rdf/simple/0.9/">'
    ),
    (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:a="http://www.w3.org/2005/Atom" xmlns="http://purl.org/rss/1.0/">'
    ),
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    "<channel>",
)
FRAMES = (
    "<channel><title>T</title>{}</channel>",
    '<channel lastmod="2026-05-04" href="/x"><title>T</title>{}</channel>',
    "<channel><title>T</title></channel>{}",
    "<title>T</title>{}",
    "<channel><title>T</title>{}</channel><channel><title>U</title></channel>",
    "<channel><title>T</title><more>{}</more></channel>",
)
ENTRIES = (
    "<item><title>A</title><link>/a</link></item><item><title>B</title></item>",
    "<entry><title>A</title><link href='/a'/></entry>",
    "<item><title>A</title><item><title>B</title></item></item>",
    "<item href='/h'><title>A</title></item>",
    "<item/>",
    "",
)


@pytest.mark.parametrize("root", ROOTS)
def test_every_form_of_a_feed_is_read_alike(root: str) -> None:
    for frame, entries in product(FRAMES, ENTRIES):
        name = root[1:].partition(" ")[0].rstrip(">")
        assert_agreed(f"{root}{frame.format(entries)}</{name}>".encode())


def test_what_most_feeds_consist_of_is_read_quickly() -> None:
    ordinary = (
        "<title>A &amp; B</title><link>/a</link><guid>1</guid><category>C</category>"
        "<dc:creator>Ada</dc:creator><pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate>"
        "<description>&lt;p&gt;d&lt;/p&gt;</description>"
        "<content:encoded><![CDATA[<p>All</p>]]></content:encoded>"
        '<media:content url="p.jpg"><media:credit>Cy</media:credit></media:content>'
    )
    assert assert_agreed(rss(ordinary)).is_quick
    assert assert_agreed(rdf(ordinary)).is_quick
    xhtml = f'<content type="xhtml"><div xmlns="{XHTML}"><p>All</p></div></content>'
    assert assert_agreed(atom(f'<title>A</title><link href="a"/><id>1</id>{xhtml}')).is_quick


@pytest.mark.parametrize(
    "inside",
    [
        "<title>a <b>b</b></title>",
        "<author>unknown</author>",
        "<content type='text'>a &amp;lt;b&amp;gt;</content>",
        "<tags>x,y</tags>",
        "<link thr:href='x'>y</link>",
    ],
)
def test_of_what_feedparser_may_read_in_its_own_way_nothing_is_said(inside: str) -> None:
    document = rss(inside)
    tree = xmltree.grow(document, base_url=HERE)
    assert tree is not None
    raw = rawitems.read(tree.root, base_url=HERE)
    assert quick.read(tree.root, raw, document=document) is None
    assert not assert_agreed(document).is_quick


def test_what_looks_like_bindings_without_end_costs_no_more_than_its_length() -> None:
    text = "xmlns:" * 50_000  # looked at from each of them, it took minutes
    document = f"<rss><channel><item><title>A</title><guid>{text}</guid></item></channel></rss>"
    assert parse(document.encode(), HERE).entries[0].title == "A"


def test_a_document_that_is_not_well_formed_is_left_to_feedparser() -> None:
    assert not assert_agreed(b"<rss><channel><item><title>A</b></item></channel></rss>").is_quick


@pytest.mark.parametrize("where", ["aggregator/wire", "tests/feeds/samples"])
def test_the_projects_own_samples_are_read_alike(where: str) -> None:
    samples = [path for path in sorted((ROOT / where).iterdir()) if path.is_file()]
    assert samples
    for path in samples:
        assert_agreed(path.read_bytes())


@pytest.mark.parametrize("part", range(PARTS))
def test_captured_feeds_are_read_alike_and_nearly_all_quickly(corpora: Path, part: int) -> None:
    paths = [path for path in sorted((corpora / "feeds").iterdir()) if path.suffix != ".tsv"]
    read = [assert_agreed(path.read_bytes()) for path in paths[part::PARTS]]
    assert sum(both.is_quick for both in read) >= 0.85 * len(read)


def test_every_version_of_the_series_is_read_alike_and_quickly(corpora: Path) -> None:
    paths = [path for path in sorted((corpora / "series").rglob("*")) if path.is_file()]
    read = [assert_agreed(path.read_bytes()) for path in paths if path.name != "index.json"]
    assert all(both.is_quick for both in read)
