"""Which picture leads an article: the widest the publisher names, else the first one shown."""

import re
from collections.abc import Iterable, Sequence

from feeds.characters import clean_text
from feeds.markup import images, plain_title
from feeds.model import Image, Link
from feeds.raw import Media
from feeds.urls import resolve

_EXTENSION = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:$|[?#&:;/!])", re.IGNORECASE)
_OTHER_EXTENSION = re.compile(
    r"\.(?:mp3|m4a|mp4|m4v|mov|ogg|oga|webm|wav|flv|swf|pdf|zip)(?:$|[?#])", re.IGNORECASE
)
_NARROWEST = 200  # pixels; below it a picture in the text serves a reader better
_MOST_ENCLOSURES = 16
# How wide a picture is thought to be whose publisher does not say.
_SUPPOSED = {"content": 640, "enclosure": 640, "image": 500, "itunes": 300, "thumbnail": 150}
# A writer's portrait, which some publishers send as the picture of every article.
_PORTRAIT = re.compile(r"//(?:[^/]*\.)?gravatar\.com/", re.IGNORECASE)
_DECORATION = re.compile(
    r"gravatar\.com/|feedburner\.com/|/wp-includes/|/plugins/|addtoany|sharethis|/service_links/"
    r"|/(?:smilies|emoji|icons?|avatars?|badges?|buttons?)/"
    r"|[/_-](?:emoji|icon|logo|avatar|badge|button|spacer)s?(?:[_-][\w-]{0,20})?\d{0,4}"
    r"\.(?:png|gif|svg)",
    re.IGNORECASE,
)
# What an alt text says that a program wrote.
_NO_WORDS = re.compile(
    r"(?:img|dsc|image|photo|picture|screenshot|thumbnail|untitled|featured)?[\W\d_]*(?:\.\w{3,4})?"
    r"|\S+\.(?:jpe?g|png|gif|webp)|(?:img|dsc)[_-]\S*",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"<figure[^<>]*>(.*?)</figure>", re.DOTALL)
_CAPTION = re.compile(r"<figcaption[^<>]*>(.*?)</figcaption>", re.DOTALL)


def lead_image(media: Sequence[Media], *, html: str) -> Image | None:
    """Return the picture of an article, or None. `html` is its sanitised text."""
    named = [image for each in media if is_image(each) and (image := _named(each))]
    best = max(named, key=_supposed_width, default=None)
    if best is not None and _supposed_width(best) >= _NARROWEST:
        return best[1]
    shown = _shown(html)
    if shown is None or (best and shown.width is not None and shown.width < _supposed_width(best)):
        return best[1] if best else None
    return shown


def enclosures(media: Iterable[Media], *, lead: Image | None) -> tuple[Link, ...]:
    """Return the sounds, films and files that come with an article, less its lead image."""
    links: dict[str, Link] = {}
    for each in media:
        href = resolve(each.href, base_url=each.base)
        wanted = each.kind == "enclosure" or (
            each.kind == "content" and (each.type or "").startswith(("audio/", "video/"))
        )
        if href and wanted and (lead is None or href != lead.href):
            links.setdefault(
                href,
                Link(
                    href=href,
                    rel="enclosure",
                    type=each.type,
                    length=each.length or None,
                    duration=each.duration or None,
                ),
            )
    return tuple(links.values())[:_MOST_ENCLOSURES]


def is_image(media: Media) -> bool:
    """Say whether this is a picture, by its type, its medium, its element, or its name."""
    if media.type and "/" in media.type:
        return media.type.startswith("image/")
    if media.medium:
        return media.medium == "image"
    if media.kind in {"thumbnail", "itunes", "image"}:
        return True
    if media.kind == "content":
        return not _OTHER_EXTENSION.search(media.href)
    return _EXTENSION.search(media.href) is not None


def _named(media: Media) -> tuple[str, Image] | None:
    href = resolve(media.href, base_url=media.base)
    if href is None or 1 in {media.width, media.height} or _PORTRAIT.search(href):
        return None
    return media.kind, Image(
        href=href,
        type=media.type if media.type and media.type.startswith("image/") else None,
        width=media.width or None,
        height=media.height or None,
        description=_line(media.description),
        credit=_line(media.credit),
        licence=resolve(media.licence, base_url=media.base) if media.licence else None,
        rights=_line(media.rights),
    )


def _line(text: str | None) -> str | None:
    return (plain_title(text)[:2000] or None) if text else None


def _supposed_width(named: tuple[str, Image]) -> int:
    kind, image = named
    return image.width or _SUPPOSED[kind]


def _shown(html: str) -> Image | None:
    """Return the first picture in the text that is neither a pixel nor decoration."""
    for attributes in images(html):
        width, height = (_pixels(attributes.get(side)) for side in ("width", "height"))
        small = (width is not None and width < 60) or (height is not None and height < 60)
        if not small and not _DECORATION.search(attributes["src"]):
            return Image(
                href=attributes["src"],
                width=width,
                height=height,
                description=_caption(html, attributes["src"]) or _words(attributes.get("alt", "")),
            )
    return None


def _caption(html: str, src: str) -> str | None:
    for figure in _FIGURE.findall(html):
        if any(attributes["src"] == src for attributes in images(figure)):
            caption = _CAPTION.search(figure)
            return _line(caption[1]) if caption else None
    return None


def _words(alt: str) -> str | None:
    text = clean_text(alt)
    return None if _NO_WORDS.fullmatch(text) else text


def _pixels(written: str | None) -> int | None:
    return int(written) if written and written.isdigit() else None
