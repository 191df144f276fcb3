"""Texts: what articles say, word for word, without what their sources say under all of them."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from aggregator import copies
from aggregator.copies import Said
from aggregator.model import Article, ArticleId, SourceId
from aggregator.store import articles as kept
from aggregator.store import copies as held
from aggregator.words import primary
from feeds.boilerplate import own_words
from feeds.markup import text_of

CONSIDERED = 8_000  # characters of an article that are compared
AT_HAND = 500  # texts in memory
_BLOCK_END = re.compile(r"<br>|</(?:p|li|h[1-6]|div|blockquote|pre|t[dhr]|figcaption|d[dt])>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What is said in all articles, the last few hundred of them at hand."""

    connection: Connection
    at_hand: dict[ArticleId, Said] = field(default_factory=dict)

    def of(self, ids: Iterable[ArticleId]) -> dict[ArticleId, Said]:
        """Return what these articles say; what is gone is left out."""
        wanted = set(ids)
        if len(self.at_hand) > AT_HAND:
            self.at_hand.clear()
        missing = kept.read(self.connection, wanted - self.at_hand.keys())
        spoken = {one: copies.sentences(text(each)) for one, each in missing.items()}
        by_source: dict[SourceId, set[int]] = defaultdict(set)
        for one, article in missing.items():
            by_source[article.source_id] |= copies.refrains(spoken[one])
        worn = {
            source: held.worn_out(self.connection, source, heard, above=copies.REFRAIN)
            for source, heard in sorted(by_source.items())
        }
        for one, article in missing.items():
            words = copies.without(spoken[one], worn[article.source_id])
            self.at_hand[one] = said(article, words)
        return {one: self.at_hand[one] for one in wanted if one in self.at_hand}


def heard_by(
    articles: Iterable[Article], ids: Collection[ArticleId]
) -> list[tuple[SourceId, Counter[int]]]:
    """Return in how many articles of each source a sentence is, of those with these ids."""
    counts: dict[SourceId, Counter[int]] = defaultdict(Counter)
    for article in articles:
        if article.id in ids:
            counts[article.source_id].update(copies.refrains(copies.sentences(text(article))))
    return sorted(counts.items())


def text(article: Article) -> str:
    """Return what an article says, a line to each of its blocks."""
    html = article.content.value if article.content else ""
    whole = "\n".join(_lines(own_words(html)) or _lines(html))[:CONSIDERED]
    return whole if article.summary[:60] in whole else f"{article.summary}\n{whole}"


def _lines(html: str) -> list[str]:
    """Return the text of an article by its blocks: a sentence ends where one does."""
    return [line for part in _BLOCK_END.split(html) if (line := text_of(part))]


def said(article: Article, words: copies.Sentence) -> Said:
    """Return an article as it is compared, by these of its words."""
    return Said(
        article_id=article.id,
        source_id=article.source_id,
        language=primary(article.language),
        published=None if article.published == article.first_seen else article.published,
        first_seen=article.first_seen,
        names=copies.names_of(article.permalink, article.key),
        headline=copies.without(copies.sentences(article.title), ()),
        words=words,
    )
