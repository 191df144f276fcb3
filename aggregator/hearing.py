"""Hearing: what a new or changed article says, and how that counts among all that is said."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from aggregator import related
from aggregator.model import Article, ArticleId
from aggregator.related import Features, Frequencies, Profile
from aggregator.store import articles as kept
from aggregator.store import judgements
from aggregator.store.judgements import Term
from aggregator.words import primary
from feeds.markup import own_text

LEADING = 500  # articles that have a term; beyond it says nothing, and costs much to look up
CONSIDERED = 8_000  # characters of an article that say what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What must be remembered of an article from hearing what it says to relating it."""

    language: str
    published: datetime
    features: Features
    meaning: bytes = b""


def hear(article: Article, text: str, meaning: bytes = b"") -> Heard:
    """Return what an article says in its title and its plain text, and what that means."""
    language = primary(article.language)
    return Heard(
        language=language,
        published=article.published,
        features=related.features(article.title, text, language),
        meaning=meaning,
    )


def text_of(article: Article) -> str:
    """Return the plain text that says what an article is about, its summary first."""
    text = own_text(article.content.value)[:CONSIDERED] if article.content else ""
    return text if article.summary[:60] in text else f"{article.summary}\n{text}"


def count(connection: Connection, heard: Mapping[ArticleId, Heard]) -> None:
    """Add what is new to the document frequencies.

    An article that changed is counted already; one that says nothing is never counted.
    """
    described = judgements.described(connection, heard).keys()
    for language, counts in sorted(_counts(heard, described=described).items()):
        judgements.count(connection, language, counts)


def uncount(connection: Connection, heard: Mapping[ArticleId, Heard]) -> None:
    """Take these articles out of the document frequencies, as if they had not come yet."""
    for language, counts in sorted(_counts(heard, described=set()).items()):
        judgements.uncount(connection, language, counts)


def describe(connection: Connection, heard: Mapping[ArticleId, Heard]) -> dict[ArticleId, Profile]:
    """Keep the description of each article under the frequencies of now, and return them."""
    frequencies = _frequencies(connection, heard)
    profiles: dict[ArticleId, Profile] = {}
    for one, article in heard.items():
        profiles[one] = related.profile(
            one,
            article.features,
            language=article.language,
            published=article.published,
            frequencies=frequencies[article.language],
            meaning=article.meaning,
        )
    for some in kept.chunks(profiles):
        ids = map(ArticleId, some)
        judgements.describe(
            connection,
            {one: tuple(_terms(profiles[one], frequencies)) for one in ids},
        )
    return profiles


def _counts(
    heard: Mapping[ArticleId, Heard], *, described: AbstractSet[ArticleId]
) -> dict[str, Counter[tuple[str, str]]]:
    """Return in how many of these articles each term is, by language, but for those described."""
    by_language: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for one, article in heard.items():
        if one not in described and (article.features.stems or article.features.phrases):
            counts = by_language[article.language]
            counts[judgements.ALL] += 1
            counts.update(("stem", stem) for stem in article.features.stems)
            counts.update(("phrase", phrase) for phrase in article.features.phrases)
    return by_language


def _frequencies(
    connection: Connection, heard: Mapping[ArticleId, Heard]
) -> dict[str, Frequencies]:
    """Return, for each language, the frequencies of all that was said in it."""
    stems: dict[str, set[str]] = defaultdict(set)
    phrases: dict[str, set[str]] = defaultdict(set)
    for article in heard.values():
        stems[article.language].update(article.features.stems)
        phrases[article.language].update(article.features.phrases)
    return {
        language: Frequencies(
            documents=judgements.documents(connection, language),
            stems=judgements.frequency(connection, language, "stem", stems[language]),
            phrases=judgements.frequency(connection, language, "phrase", phrases[language]),
        )
        for language in sorted(stems)
    }


def _terms(profile: Profile, frequencies: Mapping[str, Frequencies]) -> Iterable[Term]:
    known = frequencies[profile.language]
    for kind, weights, counts in (
        ("stem", profile.stems, known.stems),
        ("phrase", profile.phrases, known.phrases),
    ):
        for term, weight in weights.items():
            yield Term(
                kind=kind,
                term=term,
                weight=weight,
                surface=profile.surfaces.get(term, ""),
                leads=counts.get(term, 0) <= LEADING,
            )
