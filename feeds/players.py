"""Players of films and sounds, made plain links to what they play. Pure.

What a stranger embeds would run in our readers' pages, so nothing embedded stays; but an article
on a film without the film is a riddle. The link says where it leads in no language.
"""

import re
from html import escape
from urllib.parse import parse_qs, urlsplit

from feeds.tags import starts

_MOST = 200  # players that are looked into; a page of videos has dozens
_FRAME = re.compile(
    r"<(?:iframe|embed|amp-iframe)\b[^<>]*>(?:\s{0,20}</(?:iframe|embed|amp-iframe)\s{0,5}>)?"
    r"|<object\b[^<>]*>.{0,4000}?</object\s{0,5}>",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(
    r"\b(?:src|data|value|data-[a-z-]{0,20})\s{0,5}=\s{0,5}(?:\"([^\"<>]{1,2000})|'([^'<>]{1,2000})|([^\s<>\"']{1,2000}))",
    re.IGNORECASE,
)
_ID = r"([\w-]{1,80})"
_YOUTUBE = r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com"

# Where a player is, the page of what it plays, and what people call the place.
_PLAYERS = tuple(
    (re.compile(rf"(?:https?:)?//{player}", re.ASCII | re.IGNORECASE), page, name)
    for player, page, name in (
        (
            rf"{_YOUTUBE}/embed/videoseries\?(?:[^\"#]*&)?list={_ID}",
            "https://www.youtube.com/playlist?list={}",
            "YouTube",
        ),
        (
            rf"(?:{_YOUTUBE}/(?:embed|v|e|shorts|live)|youtu\.be)/(?!videoseries\b){_ID}",
            "https://www.youtube.com/watch?v={}",
            "YouTube",
        ),
        (r"player\.vimeo\.com/video/(\d{1,12})", "https://vimeo.com/{}", "Vimeo"),
        (
            r"(?:www\.)?vimeo\.com/moogaloop\.swf\?(?:[^\"#]*&)?clip_id=(\d{1,12})",
            "https://vimeo.com/{}",
            "Vimeo",
        ),
        (
            r"(?:www\.|geo\.)?dailymotion\.com/(?:embed/video|swf/video|swf)/(\w{1,20})",
            "https://www.dailymotion.com/video/{}",
            "Dailymotion",
        ),
        (
            r"open\.spotify\.com/embed(?:-podcast)?/((?:track|album|episode|show)/\w{1,40})",
            "https://open.spotify.com/{}",
            "Spotify",
        ),
        (
            r"platform\.twitter\.com/embed/Tweet\.html\?(?:[^\"#]*&)?id=(\d{1,24})",
            "https://twitter.com/i/status/{}",
            "Twitter",
        ),
        (
            rf"(?:www\.)?instagram\.com/(?:p|reel|tv)/{_ID}",
            "https://www.instagram.com/p/{}/",
            "Instagram",
        ),
        (
            r"embed(?:-ssl)?\.ted\.com/(?:talks/)?(?:lang/\w\w/)?([\w-]{1,120})",
            "https://www.ted.com/talks/{}",
            "TED",
        ),
        (
            r"(?:www\.)?archive\.org/embed/([\w.-]{1,100})",
            "https://archive.org/details/{}",
            "Internet Archive",
        ),
        (
            r"(?:www\.)?bitchute\.com/embed/(\w{1,20})",
            "https://www.bitchute.com/video/{}/",
            "BitChute",
        ),
        (r"rumble\.com/embed/(\w{1,20})", "https://rumble.com/embed/{}/", "Rumble"),
        (r"coub\.com/embed/(\w{1,20})", "https://coub.com/view/{}", "Coub"),
    )
)
# Players that are told the page of what they play.
_TOLD = {
    "www.facebook.com": ("href", "Facebook"),
    "w.soundcloud.com": ("url", "SoundCloud"),
}


def linked(html: str) -> str:
    """Return markup in which a player we know is a link to the page of what it plays."""
    if 0 < sum(starts(html, name) for name in ("iframe", "object", "embed")) <= _MOST:
        return _FRAME.sub(_as_link, html)
    return html


def _as_link(match: re.Match[str]) -> str:
    for values in _VALUE.findall(match[0]):
        address = "".join(values).strip().replace("&amp;", "&")
        if found := _page(address):
            page, name = found
            return f' <a href="{escape(page)}">▶ {name}</a> '
    return match[0]


def _page(address: str) -> tuple[str, str] | None:
    for player, page, name in _PLAYERS:
        if found := player.match(address):
            return page.format(found[1]), name
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    told, name = _TOLD.get(parts.netloc.lower(), ("", ""))
    page = "".join(parse_qs(parts.query).get(told, ())[:1]) if told else ""
    return (page, name) if page.startswith(("http://", "https://")) else None
