"""What an entry leads to beside its article, made absolute: comments, licence, origin, episode."""

import re
from collections.abc import Iterable

from feeds import texts
from feeds.model import Episode, Link, Reply, Upstream
from feeds.raw import RawEpisode, RawLink, RawUpstream
from feeds.urls import resolve_page

_LONGEST_REF = 1_000  # characters of an id that is answered
_LONGEST_EPISODE = 7 * 24 * 3600  # seconds; beyond it somebody wrote a date or a size
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,]\d+)?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,7})(?:[.,]\d+)?\s*(?:s|secs?|seconds?)?", re.ASCII | re.IGNORECASE)
_UNITS = re.compile(
    r"(?:PT)?(?:(\d{1,3})\s*h(?:ours?|rs?)?\.?,?\s*)?(?:(\d{1,4})\s*m(?:in(?:ute)?s?)?\.?,?\s*)?"
    r"(?:(\d{1,5})\s*s(?:ec(?:ond)?s?)?\.?)?",
    re.ASCII | re.IGNORECASE,
)
_TYPE = re.compile(r"[a-z]+/[\w.+-]{1,100}", re.ASCII)
_YES, _NO = frozenset({"yes", "true", "explicit"}), frozenset({"no", "false", "clean"})


def links(raw: Iterable[RawLink]) -> tuple[Link, ...]:
    """Return these links with absolute addresses, each once; what leads nowhere is left out."""
    found: dict[tuple[str, str], Link] = {}
    for link in raw:
        if href := resolve_page(link.href, base_url=link.base):
            found.setdefault(
                (link.rel, href),
                Link(
                    href=href,
                    rel=link.rel,
                    type=media_type(link.type),
                    # Blogger counts comments in it, and would change the entry with each.
                    title=texts.line(link.title) if link.rel != "replies" else None,
                    hreflang=texts.language(link.language),
                ),
            )
    return tuple(found.values())


def answered(raw: Iterable[RawLink]) -> tuple[Reply, ...]:
    """Return what an entry answers; without an id, what is answered goes by its address."""
    found = []
    for link in raw:
        href = resolve_page(link.href, base_url=link.base) if link.href else None
        if (ref := link.title or href) and len(ref) <= _LONGEST_REF:
            found.append(Reply(ref=ref, href=href, type=media_type(link.type) if href else None))
    return tuple(dict.fromkeys(found))


def upstream(raw: RawUpstream | None) -> Upstream | None:
    """Return the feed an entry was taken from; without a title it goes by its host."""
    if raw is None:
        return None
    home = resolve_page(raw.home, base_url=raw.base) if raw.home else None
    feed = resolve_page(raw.feed, base_url=raw.base) if raw.feed else None
    host = (home or feed or "").split("/")[2:3]
    title = texts.line(raw.title) or "".join(host)
    return Upstream(title=title, home=home, feed=feed) if title else None


def episode(raw: RawEpisode | None) -> Episode | None:
    """Return an episode's numbers, or None where none of them can be understood."""
    if raw is None:
        return None
    said = Episode(
        duration=seconds(raw.duration or ""),
        number=_ordinal(raw.number),
        season=_ordinal(raw.season),
        explicit=_yes_or_no(raw.explicit),
        transcripts=links(raw.transcripts),
    )
    return None if said == Episode() else said


def seconds(written: str) -> int | None:
    """Return how long "1:02:03", "62:03", "3723", "1h 2m" or "PT62M" are; None for nothing."""
    text = written.strip()
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, rest = clock.groups()
        length = int(hours or 0) * 3600 + int(minutes) * 60 + int(rest)
    elif plain := _SECONDS.fullmatch(text):
        length = int(plain[1])
    elif units := _UNITS.fullmatch(text):
        hours, minutes, rest = units.groups()
        length = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(rest or 0)
    else:
        return None
    return length if 0 < length <= _LONGEST_EPISODE else None


def media_type(written: str | None) -> str | None:
    """Return a media type without its parameters, or None for what is none."""
    kind = (written or "").partition(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else None


def _ordinal(written: str | None) -> int | None:
    digits = (written or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else None


def _yes_or_no(written: str | None) -> bool | None:
    word = (written or "").strip().lower()
    return word in _YES if word in _YES | _NO else None
