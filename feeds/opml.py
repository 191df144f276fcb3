"""Lists of feeds (OPML) from other readers, tolerant of all that is made by pasting text. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from feeds.charset import decode
from feeds.errors import ParseError
from feeds.tags import Tag, tags, unescape

# Our settings in an outline are attributes of this namespace; other readers leave them alone.
NAMESPACE = "https://broadsheet.example/ns/opml"
LARGEST = 16 * 2**20  # bytes
MOST_SUBSCRIPTIONS = 20_000
DEEPEST = 6  # folders within folders; what lies deeper is filed in the sixth
LONGEST = 4096  # characters of a title or an address

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed in a list. `folders` leads to it, outermost first; `settings` are those of ours.

    A feed that is in several folders comes once for each.
    """

    feed: str
    title: str = ""
    home: str = ""
    folders: _Path = ()
    language: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder, at the end of `path`; one of several at the same path is the last before it."""

    path: _Path
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A whole list, in its own order. `notes` say in words what was left out."""

    title: str = ""
    folders: tuple[Folder, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    notes: tuple[str, ...] = ()


def read(body: bytes, *, content_type: str = "") -> Listing:
    """Return the list in `body`; raise ParseError where it is none, or far too large.

    Taken as meant: attributes in any case, `title` for a missing `text`, `url` for `xmlUrl`,
    a missing or odd `type`, unescaped ampersands, folders left open, `category` paths for a
    feed in no folder. Lists of lists (`type="include"`) are not followed.
    """
    if len(body) > LARGEST:
        raise ParseError(f"the list is larger than {LARGEST // 2**20} MB")
    text, _ = decode(body, content_type=content_type)
    reading = _Reading()
    for tag in tags(text):
        reading.take(tag, text)
    if not reading.is_opml:
        raise ParseError("the document is not an OPML list: it has no outlines")
    return reading.listing()


class _Reading:
    """The walk through one list."""

    def __init__(self) -> None:
        self.is_opml = False
        self._title = ""
        self._prefixes: set[str] = set()
        self._open: list[_Path] = []
        self._folders: list[Folder] = []
        self._found: dict[tuple[str, _Path], Subscription] = {}
        self._without_feed = self._lists = self._beyond = 0

    def take(self, tag: Tag, text: str) -> None:
        bound = (name for name, value in tag.attributes.items() if value == NAMESPACE)
        self._prefixes |= {f"{name[6:]}:" for name in bound if name.startswith("xmlns:")}
        match tag.local_name, tag.is_end:
            case "opml", False:
                self.is_opml = True
            case "title", False if not self._title:
                self._title = _line(unescape(text[tag.end : tag.end + LONGEST].partition("<")[0]))
            case "outline", True:
                del self._open[-1:]
            case "outline", False:
                self.is_opml = True
                around = self._open[-1] if self._open else ()
                within = self._outline(tag, around)
                if not tag.is_empty:
                    self._open.append(within)

    def listing(self) -> Listing:
        counted = (
            (self._without_feed, "have no address of a feed; `broadsheet discover` may find it"),
            (self._lists, "are lists of their own; import each by itself"),
            (self._beyond, f"are beyond the {MOST_SUBSCRIPTIONS} we read"),
        )
        return Listing(
            title=self._title,
            folders=tuple(self._folders),
            subscriptions=tuple(self._found.values()),
            notes=tuple(f"{count} outlines {what}" for count, what in counted if count),
        )

    def _outline(self, tag: Tag, around: _Path) -> _Path:
        """Take one outline, and return the path of what is in it."""
        said = tag.attributes
        title = _line(said.get("text", "")) or _line(said.get("title", ""))
        kind = said.get("type", "").strip().lower()
        feed = said.get("xmlurl", "").strip()
        if not feed and kind != "link":
            feed = said.get("url", "").strip()
        if kind == "include" or (not said.get("xmlurl") and feed.lower().endswith(".opml")):
            self._lists += 1
        elif feed:
            self._subscriptions(tag, feed[:LONGEST], title, around)
        elif tag.is_empty and (kind or said.get("htmlurl")):
            self._without_feed += 1
        elif title:
            path = (*around, title) if len(around) < DEEPEST else around
            if len(self._folders) < MOST_SUBSCRIPTIONS and path != around:
                self._folders.append(Folder(path=path, settings=self._settings(said)))
            return path
        return around

    def _subscriptions(self, tag: Tag, feed: str, title: str, around: _Path) -> None:
        said = tag.attributes
        for path in (around,) if around else tuple(_categories(said.get("category", ""))) or ((),):
            if len(self._found) >= MOST_SUBSCRIPTIONS:
                self._beyond += 1
                continue
            one = Subscription(
                feed=feed,
                title=title,
                home=said.get("htmlurl", "").strip()[:LONGEST],
                folders=path,
                language=_line(said.get("language", "")),
                settings=self._settings(said),
            )
            self._found.setdefault((feed, path), one)

    def _settings(self, said: Mapping[str, str]) -> dict[str, str]:
        prefixed = ((name.partition(":"), value) for name, value in said.items() if ":" in name)
        return {
            local: value for (prefix, _, local), value in prefixed if f"{prefix}:" in self._prefixes
        }


def _categories(written: str) -> Iterator[_Path]:
    """Yield the paths of a category attribute: `/a/b,/c`, or tags without a slash (OPML 2.0)."""
    for each in written.split(","):
        path = tuple(filter(None, map(_line, each.split("/"))))
        if path:
            yield path[:DEEPEST]


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
