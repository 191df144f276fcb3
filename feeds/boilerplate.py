"""What hangs on an article and is not it: links to other articles, "appeared first on", "more".

Readers keep all of it, in an aside, which is what HTML calls it. Whoever compares articles, cuts
excerpts or asks whether one has changed leaves it out: else every article would resemble its
neighbours, and change when they do. Pure; works on markup as `markup` writes it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from html import unescape
from itertools import islice

from feeds import phrases

_LONGEST_BLOCK = 20_000  # characters; a list of links that is longer is the article
_LEAST_LINKED = 0.7  # of the text in such a list
_LONGEST_ITEM = 300  # characters of each in it, where a teaser follows the link
_MOST = 20  # blocks of an article

_BLOCK_NAMES = frozenset(phrases.BLOCKS.split())
_NAMED = re.compile(
    r"<(div|section|aside|ul|ol|nav|p|table|h[2-6])\b[^<>]*?\s(?:class|id)\s*=\s*"
    r"(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))[^<>]*>",
    re.IGNORECASE,
)
_ID_AND_CLASS = re.compile(
    r"\s(?:class|id)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE
)


def _beginnings(line: str) -> Iterator[str]:
    """Yield the first two letters of all that a line of the phrases matches."""
    group = re.match(r"\(\?:([^()]*)\)(\??)(.*)", line)
    if group is None:
        yield from (part[:2] for part in line.split("|"))
        return
    inside, is_optional, rest = group.groups()
    for part in inside.split("|"):
        yield from _beginnings(part + rest)
    if is_optional:
        yield from _beginnings(rest)


def _related() -> dict[str, str]:
    lines: dict[str, list[str]] = defaultdict(list)
    for line in filter(None, phrases.RELATED.casefold().split("\n")):
        for pair in dict.fromkeys(_beginnings(line)):
            lines[pair].append(line)
    return {pair: "\n".join(some) for pair, some in lines.items()}


@cache  # made when asked for: of a hundred such patterns a feed needs few, a start none
def _whole(written: str) -> re.Pattern[str]:
    lines = (f"(?:{line})" for line in written.casefold().split("\n") if line)
    return re.compile(rf"(?:{'|'.join(lines)})[\s\W]*")


_RELATED = _related()  # by their first two letters
_FIRST_PAIRS = frozenset(
    pair
    for apostrophe in "\u2019'"
    for line in phrases.FIRST_ON.replace("[\u2019']", apostrophe).casefold().split("\n")
    for pair in _beginnings(line)
)
_FIRST_SIGNS = tuple(phrases.FIRST_SIGNS.split())
_FIRST_ANYHOW = tuple(phrases.FIRST_ANYHOW.split())
_FIRST_LETTERS = "".join(  # one beyond ASCII of each, which is rare, as it may be written
    letter + letter.upper() for letter in (max(word) for word in _FIRST_ANYHOW)
)

_INLINE = "strong|b|em|i|u|small|mark"
_OPENERS = re.compile(rf"(?:<(?:p|div|h[2-4]|{_INLINE})>\s*)*\Z")
_OPENER = re.compile(r"<([a-z0-9]+)>")
_WORDS = re.compile(r">([^<>]{2,120}+)<(?!/a>)")
_CLOSERS = re.compile(rf"(?:\s|<br>|</(?:p|div|h[2-4]|{_INLINE})>)*")
_CLOSER = re.compile(r"</([a-z0-9]+)>")
_LIST = re.compile(r"<(ul|ol)(?: start=\"\d+\")?>")
_LINK = r"<a [^<>]*>(?:[^<]|<(?!/?a\b|/?(?:p|div|ul|li)\b))*</a>"
_BETWEEN = rf"[\s,;|/\u00bb\u203a\u2192\u2022\u00b7\u2013\u2014-]|<br>|</?(?:{_INLINE})>|&nbsp;"
_LINKS = re.compile(rf"(?:{_BETWEEN}|{_LINK})*")
_LINK_PARAGRAPHS = re.compile(rf"(?:\s*<p>(?:{_BETWEEN}|{_LINK})*</p>)+")
_LONE_LINK = re.compile(
    rf"<p>(?:\s|<(?:{_INLINE})>)*<a [^<>]*>((?:[^<]|</?(?:{_INLINE})>){{1,300}})</a>[^<\w]{{0,20}}"
    rf"(?:\s|<br>|</(?:{_INLINE})>)*</p>"
)
_LINK_AT_END = re.compile(
    rf"<a [^<>]*>((?:[^<]|</?(?:{_INLINE})>){{1,300}})</a>[^<\w]{{0,20}}"
    rf"(?=(?:\s|<br>|</(?:{_INLINE})>)*(?:\Z|</(?:p|div|li|td)>))"
)
_LINKED_ITEM = re.compile(rf"<li>\s*(?:<p>)?(?:<(?:{_INLINE})>)*<a ")
_A = re.compile(r"<a [^<>]*>(.*?)</a>", re.DOTALL)
_TAGS = re.compile(r"<[^<>]*>")
_ASIDE = re.compile(r"<(/?)aside>")
_BEFORE_WORDS = re.compile(r"[\W_]+")


def named(html: str) -> str:
    """Return markup as it comes, with the blocks that are named as such in asides."""
    if not ("class" in html or "id=" in html):
        return html
    pieces: list[str] = []
    at = 0
    starts = (start for start in _NAMED.finditer(html) if _is_named(start[0]))
    for start in islice(starts, 2 * _MOST):
        if start.start() < at:
            continue
        end = _end(html, start[1], start.end())
        if end is not None and (end - start.start() < 0.8 * len(html) or len(html) < 2_000):
            pieces += (html[at : start.start()], f"<aside>{html[start.start() : end]}</aside>")
            at = end
    return "".join((*pieces, html[at:])) if pieces else html


def marked(clean: str) -> str:
    """Return clean markup with the links to other articles, and where it was first, in asides."""
    if "<a " not in clean:
        return clean
    spans = [*_asides(clean)]
    found = sorted((*_headed(clean), *_lone(clean), *_last(clean)))
    pieces: list[str] = []
    at = 0
    for start, end in found[:_MOST]:
        if start >= at and not any(start < until and since < end for since, until in spans):
            pieces += (clean[at:start], f"<aside>{clean[start:end]}</aside>")
            at = end
    return "".join((*pieces, clean[at:]))


def own_words(clean: str) -> str:
    """Return clean markup without its asides and the links that lead on to the rest of it."""
    if "<aside>" in clean:
        at = 0
        pieces: list[str] = []
        for start, end in _asides(clean):
            pieces += (clean[at:start], " ")
            at = end
        clean = "".join((*pieces, clean[at:]))
    if "<a " not in clean:
        return clean
    return _LINK_AT_END.sub(
        lambda m: "" if _whole(phrases.GO_ON).fullmatch(_words(m[1])) else m[0], clean
    )


def _is_named(tag: str) -> bool:
    names = (name for said in _ID_AND_CLASS.findall(tag) for name in "".join(said).lower().split())
    return any(name in _BLOCK_NAMES for name in names)


def _end(html: str, name: str, at: int) -> int | None:
    """Return where the element whose start tag ends `at` ends, or None where it is too long."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}\b[^<>]*>", re.IGNORECASE).finditer(
        html, at, at + _LONGEST_BLOCK
    ):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return None


def _asides(clean: str) -> Iterator[tuple[int, int]]:
    """Yield where the outermost asides begin and end."""
    depth = start = 0
    for tag in _ASIDE.finditer(clean):
        if not tag[1]:
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield start, tag.end()


def _headed(clean: str) -> Iterator[tuple[int, int]]:
    """Yield the blocks of links that have one of the phrases over or before them."""
    last = clean.rfind("<a ")  # after it there is nothing to be over
    for words in _WORDS.finditer(clean, 0, last + len("<a ")):
        if _says_related(words[1]) and (found := _block(clean, *words.span(1))):
            yield found


def _says_related(written: str) -> bool:
    if "&" not in written:  # most words are none of these at one look
        pair = _pair(written, _begin(written, 0, len(written)))
        if pair not in _RELATED and pair[1:] != " ":
            return False
    text = _words(written)
    lines = _RELATED.get(text[:2])
    return lines is not None and _whole(lines).fullmatch(text) is not None


def _words(markup: str) -> str:
    """Return words as the phrases are written: lower case, no markup, nothing before them."""
    text = unescape(_TAGS.sub("", markup)).casefold().replace("i\u0307", "i")
    text = " ".join(text.split())
    before = _BEFORE_WORDS.match(text)
    return text[before.end() :] if before else text


def _block(clean: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the block that the words from `start` to `end` are over, if it is one of links."""
    opened = _OPENERS.search(clean, max(0, start - 200), start)
    openers = list(_OPENER.finditer(clean, opened.start() if opened else start, start))
    after = _CLOSERS.match(clean, end)
    closers = _CLOSER.findall(after[0]) if after else []
    at = after.end() if after else end
    inner = openers[len(openers) - len(closers) :] if closers else []
    if [opener[1] for opener in reversed(inner)] != closers:
        return None
    begin = inner[0].start() if inner else start
    if (listed := _LIST.match(clean, at)) and (until := _end(clean, listed[1], listed.end())):
        return (begin, until) if _is_linked(clean[at:until]) else None
    around = [each for each in openers[: len(openers) - len(inner)] if each[1] not in _INLINE]
    if around and (links := _LINKS.match(clean, at)) and "<a " in links[0]:
        closing = f"</{around[-1][1]}>"
        ends = clean.startswith(closing, links.end())
        return (around[-1].start(), links.end() + len(closing)) if ends else None
    if inner and (links := _LINK_PARAGRAPHS.match(clean, at)) and "<a " in links[0]:
        return begin, links.end()
    return None


def _is_linked(block: str) -> bool:
    """Say whether each item of a list begins with a link, or nearly all it says is in links."""
    linked = sum(len(_TAGS.sub("", text)) for text in _A.findall(block))
    words = len(" ".join(_TAGS.sub(" ", block).split()))
    listed = block.count("<li>")
    if linked and len(_LINKED_ITEM.findall(block)) == listed:
        return words <= listed * _LONGEST_ITEM
    return linked > 0 and linked >= _LEAST_LINKED * words


def _lone(clean: str) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs of one link: "Read more: ..." or the way to the rest of the article."""
    for paragraph in _LONE_LINK.finditer(clean):
        words = _words(paragraph[1])
        before, colon, _ = words.partition(":")
        if (colon and _says_related(before)) or _whole(phrases.GO_ON).fullmatch(words):
            yield paragraph.span()


def _may_be_first_on(clean: str, start: int, end: int) -> bool:
    """Say whether a paragraph may say where it was first, at one look at how it begins."""
    at = _begin(clean, start, end)
    begins = clean[start : at + 3]
    if "<" in begins or "&" in begins:
        return True
    text = clean[at:end]
    if _pair(clean, at) in _FIRST_PAIRS:
        return any(map(text.casefold().__contains__, _FIRST_SIGNS))
    may_be = any(map(text.__contains__, _FIRST_LETTERS))
    return may_be and any(map(text.casefold().__contains__, _FIRST_ANYHOW))


def _begin(text: str, start: int, end: int) -> int:
    """Return where the words between two places begin."""
    if text[start : start + 1].isalpha():
        return start
    before = _BEFORE_WORDS.match(text, start, end)
    return before.end() if before else start


def _pair(text: str, at: int) -> str:
    """Return two letters of a text as `_words` would."""
    pair = text[at : at + 3].casefold().replace("i\u0307", "i")[:2]
    return f"{pair[0]} " if pair[1:].isspace() else pair


def _last(clean: str) -> Iterator[tuple[int, int]]:
    """Yield those of the last three paragraphs that say where the article was first."""
    end = len(clean)
    for _ in range(3):
        end = clean.rfind("<p>", 0, end)
        if end < 0:
            return
        until = clean.find("</p>", end, end + 2_000)
        if until < 0 or not _may_be_first_on(clean, end + len("<p>"), until):
            continue
        if _whole(phrases.FIRST_ON).fullmatch(_words(clean[end + len("<p>") : until])):
            yield end, until + len("</p>")
