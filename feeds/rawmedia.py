"""The pictures, sounds and films of an entry, each with what was said of it. Pure."""

from collections.abc import Iterable, Iterator

from feeds.raw import Media
from feeds.rawnames import Children, Element, Names, first_text, links, number, texts, whole_text


def media(own: Children, names: Names) -> Iterator[Media]:
    """Yield the media of an entry; what is said of all of them holds for each (Media RSS, 3)."""
    said = [own]
    for told in ([own], *([names.children(group), own] for group in own.get("media:group", []))):
        for element in told[0].get("media:content", []):
            yield from _content(element, told, names)
        for element in told[0].get("media:thumbnail", []):
            yield from _of_media(element, "thumbnail", told)
    for element in own.get("enclosure", []):
        yield from _of_media(element, "enclosure", said)
    for link in links(own, "enclosure"):
        yield from _of_media(link, "enclosure", said)
    for kind, name in (("itunes", "itunes:image"), ("image", "image")):
        for element in own.get(name, []):
            yield from _of_media(element, kind, [{}], names.children(element).get("url", []))


def _content(element: Element, said: list[Children], names: Names) -> Iterator[Media]:
    inside = names.children(element)
    yield from _of_media(element, "content", [inside, *said])
    for thumbnail in inside.get("media:thumbnail", []):
        yield from _of_media(thumbnail, "thumbnail", [inside, *said])


def _of_media(
    element: Element,
    kind: str,
    said: list[Children],
    urls: Iterable[Element] = (),
) -> Iterator[Media]:
    href = element.get("url") or element.get("href") or " ".join(map(whole_text, urls))
    if not (href := (href or (element.text or "")).strip()):
        return
    yield Media(
        href=href,
        kind=kind,
        base=element.base or "",
        type=(element.get("type") or "").strip().lower() or None,
        medium=(element.get("medium") or "").strip().lower() or None,
        width=number(element.get("width")),
        height=number(element.get("height")),
        length=number(element.get("length") or element.get("fileSize")),
        duration=number(element.get("duration")),
        description=_nearest(said, "media:description") or _nearest(said[:-1], "media:title"),
        credit=_credits(said),
        licence=_licence(said),
        rights=_nearest(said, "media:copyright"),
    )


def _nearest(said: list[Children], name: str) -> str | None:
    return next((text for own in said if (text := first_text(own, name))), None)


def _credits(said: list[Children]) -> str | None:
    """Return everyone credited, as a line beneath a picture names them."""
    for own in said:
        names = dict.fromkeys(texts(own, ("media:credit",)))
        if names:
            return ", ".join(names)
    return None


def _licence(said: list[Children]) -> str | None:
    for own in said:
        for element in own.get("media:license", []):
            if href := (element.get("href") or whole_text(element)).strip():
                return href
    return None
