"""From a source's entry to our article. Pure: the clock is an argument."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aggregator.heeding import AHEAD
from aggregator.model import Article, DateOf, Settings, Site, Source
from aggregator.naming import article_id, atom_id, summary_of, tag, title_of
from aggregator.slugs import slug
from aggregator.spoken import Detect, Told, spoken
from feeds.errors import EntryError
from feeds.markup import own_text
from feeds.model import Category, SourceEntry, SourceFeed, Text, TextKind

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web there were no web articles
CATEGORIES, ENCLOSURES = 32, 16


def normalise(
    entry: SourceEntry,
    *,
    source: Source,
    feed: SourceFeed,
    settings: Settings,
    key: str,
    now: datetime,
    detect: Detect | None = None,
) -> Article:
    """Return the article an entry is, as if met for the first time.

    `detect` tells the language of a text, where the paper asks for it.

    Raises EntryError where there is neither a title nor any text.
    """
    title = title_of(entry)
    if not title:
        raise EntryError("an entry without title and text")
    published = dated(entry, source.date, now=now)
    identity = article_id(source.id, key)
    summary = summary_of(entry)
    told = Told(operator=source.language, entry=entry.language, feed=feed.language)
    language, by = spoken(told, f"{title}\n{summary}", detect, paper=settings.site.language)
    return Article(
        id=identity,
        source_id=source.id,
        key=key,
        atom_id=atom_id(entry) or minted_id(identity, settings.site, now=now),
        path=article_path(published, title, identity),
        permalink=entry.permalink or "",
        title=title,
        published=published,
        updated=max(_believable(entry.updated, now) or published, published),
        first_seen=now,
        language=language,
        language_by=by,
        summary=summary,
        content=_html(entry.content or entry.summary),
        authors=entry.authors or feed.authors,
        categories=_distinct(entry.categories),
        image=entry.image,
        enclosures=entry.enclosures[:ENCLOSURES],
        links=entry.links,
        in_reply_to=entry.in_reply_to,
        upstream=entry.upstream,
        episode=entry.episode,
        reply_count=entry.reply_count,
        rights=entry.rights or feed.rights,
    )


def dated(entry: SourceEntry, which: DateOf, *, now: datetime) -> datetime:
    """Return the moment that puts an entry in its place, never later than `now`.

    A date nobody can believe, before the web or in the future, gives way to the entry's other
    one, and that to `now`: what claims the future never stands above what has happened.
    """
    published, updated = _believable(entry.published, now), _believable(entry.updated, now)
    match which:
        case DateOf.PUBLISHED:
            return published or updated or now.replace(microsecond=0)
        case DateOf.UPDATED:
            return updated or published or now.replace(microsecond=0)
        case DateOf.FIRST_SEEN:
            return now.replace(microsecond=0)


def revise(new: Article, stored: Article, *, now: datetime) -> Article:
    """Return the stored article as its source tells it now.

    What readers know it by stays: id, atom:id, path, published, first_seen. `updated` moves
    only on a change a reader would want to see (RFC 4287, 4.2.15): of its title or its words.
    """
    if _words(new) == _words(stored):
        updated = stored.updated
    else:
        updated = new.updated if new.updated > stored.updated else max(now, stored.updated)
    return replace(
        new,
        id=stored.id,
        key=stored.key,
        atom_id=stored.atom_id,
        path=stored.path,
        published=stored.published,
        first_seen=stored.first_seen,
        updated=updated,
    )


def minted_id(identity: str, site: Site, *, now: datetime) -> str:
    """Return an atom:id for an article whose publisher gave none that could be ours."""
    return tag(urlsplit(site.base_url).hostname or "localhost", now, identity)


def renamed(article: Article, *, attempt: int) -> Article:
    """Return an article under another id of ours, because somebody has the first."""
    other = article_id(article.source_id, article.key, attempt=attempt)
    return replace(article, id=other, path=article.path.replace(article.id, other))


def article_path(published: datetime, title: str, identity: str) -> str:
    """Return where an article's page lives beneath the root: the folder, ending in a slash."""
    name = "-".join(filter(None, (slug(title), identity)))
    return f"articles/{published.year:04}/{published.month:02}/{name}/"


def is_wanted(article: Article, source: Source, *, now: datetime) -> bool:
    """Say whether an article we have not met is young enough to be taken, and to be kept."""
    spans = [span for span in (source.max_age, source.retention) if span is not None]
    return not spans or article.published >= now - min(spans)


def _believable(moment: datetime | None, now: datetime) -> datetime | None:
    if moment is None or moment < EARLIEST:
        return None
    if moment > now:
        if moment > now + AHEAD:
            return None
        moment = now
    return moment.astimezone(UTC).replace(microsecond=0)


def _html(text: Text | None) -> Text | None:
    if text is None or text.kind is TextKind.HTML:
        return text
    escaped = text.value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Text(value=f"<p>{escaped}</p>", kind=TextKind.HTML)


def _distinct(categories: Iterable[Category]) -> tuple[Category, ...]:
    first: dict[tuple[str, str | None], Category] = {}
    for category in categories:
        first.setdefault((category.term.casefold(), category.scheme), category)
    return tuple(first.values())[:CATEGORIES]


def _words(article: Article) -> tuple[str, str]:
    return article.title, own_text(article.content.value) if article.content else ""


def newest(entries: Sequence[SourceEntry], limit: int | None) -> Sequence[SourceEntry]:
    """Return at most `limit` entries: the newest where all have dates, else the first."""
    if limit is None or len(entries) <= limit:
        return entries
    dated = [entry for entry in entries if entry.published or entry.updated]
    if len(dated) < len(entries):
        return entries[:limit]
    return sorted(dated, key=_moment, reverse=True)[:limit]


def _moment(entry: SourceEntry) -> datetime:
    moment = entry.published or entry.updated
    assert moment is not None  # noqa: S101 -- the caller saw to it
    return moment
