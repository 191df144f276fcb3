"""The files that come with an article, as its page lists them. Pure."""

from aggregator.model import Article
from feeds.model import Episode, Link
from publisher.model import Attachment

_NAMES = {"audio": "Audio", "video": "Video", "image": "Picture", "text": "Text"}
_FORMATS = {"application/pdf": "PDF", "application/epub+zip": "E-book"}
_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def attachments(article: Article) -> tuple[Attachment, ...]:
    """Return an article's enclosures with their length and size, then its transcripts.

    What a podcast says of the episode is said of its first file: it has but one.
    """
    episode = article.episode or Episode()
    files = tuple(
        Attachment(
            href=link.href,
            title=link.title or _name(link),
            extent=_extent(link, episode if number == 0 else Episode()),
        )
        for number, link in enumerate(article.enclosures)
    )
    transcripts = (
        Attachment(href=link.href, title="Transcript", extent=link.hreflang or "")
        for link in dict.fromkeys(episode.transcripts)
    )
    return (*files, *transcripts)


def _name(link: Link) -> str:
    kind = link.type or ""
    return _FORMATS.get(kind) or _NAMES.get(kind.partition("/")[0], "File")


def _extent(link: Link, episode: Episode) -> str:
    said = (
        _episode(episode),
        _time(link.duration or episode.duration),
        _size(link.length),
        "explicit" if episode.explicit else "",
    )
    return ", ".join(filter(None, said))


def _episode(episode: Episode) -> str:
    if episode.number is None:
        return ""
    season = f"season {episode.season}, " if episode.season else ""
    return f"{season}episode {episode.number}"


def _time(seconds: int | None) -> str:
    if not seconds:
        return ""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def _size(octets: int | None) -> str:
    for unit, name in _UNITS:
        if octets and octets >= unit:
            return (
                f"{octets / unit:.0f} {name}"
                if octets >= 10 * unit
                else f"{octets / unit:.1f} {name}"
            )
    return ""
