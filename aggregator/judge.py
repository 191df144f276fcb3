"""Judging: new and changed articles get their sections, their terms, and what they lead to."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from aggregator import related, sections
from aggregator.model import Article, ArticleId, Placement, Relation, Settings, Source, SourceId
from aggregator.related import Features, Frequencies, Profile
from aggregator.store import articles as kept
from aggregator.store import judgements
from aggregator.store import layout as laid
from aggregator.store.judgements import Term
from aggregator.words import primary
from feeds.markup import plain

FOLLOWERS = 5  # pages that show an article among the earlier ones of its section
NEIGHBOURS = 40  # candidates that are weighed in full
OF_EACH_SOURCE = 8  # of them, so that one that repeats itself does not push out the others
MOST_RELATED, TO_EACH_SOURCE = 5, 2
LEADING = 500  # articles that have a term; beyond it says nothing, and costs much to look up
CONSIDERED = 8_000  # characters of an article that say what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What must be remembered of an article from hearing what it says to relating it."""

    language: str
    published: datetime
    features: Features


def judge(connection: Connection, settings: Settings, *, is_last: bool = True) -> int:
    """Judge what waits to be judged and return how many articles that were.

    All of a pull is described before any of it is related, so the order in which sources
    answered cannot matter: before the pull `is_last`, what is judged waits to be judged again.
    """
    waiting = kept.unjudged(connection)
    heard = _hear(connection, waiting, settings)
    _count(connection, heard)
    profiles = _describe(connection, heard)
    for some in kept.chunks(waiting):
        ids = map(ArticleId, some)
        judgements.relate(connection, {one: _relations(connection, one, profiles) for one in ids})
    if is_last:
        judgements.judged(connection, waiting)
    return len(waiting)


def rearrange(connection: Connection, settings: Settings) -> None:
    """Place what is judged anew where the operator arranged sections or sources differently."""
    arranged = hashlib.sha256(repr((settings.sections, _mappings(settings))).encode()).hexdigest()
    if laid.noted(connection, "arrangement") == arranged:
        return
    sources = {source.id: source for source in settings.sources}
    for some in kept.chunks(kept.judged(connection)):
        articles = kept.read(connection, some)
        texts = {one: _text(article) for one, article in articles.items()}
        _place(connection, articles, texts, sources, settings)
    laid.note(connection, "arrangement", arranged)


def _mappings(settings: Settings) -> list[tuple[object, ...]]:
    return [
        (source.id, source.name, source.sections, sorted(source.categories.items()))
        for source in settings.sources
    ]


def _hear(
    connection: Connection, waiting: Sequence[ArticleId], settings: Settings
) -> dict[ArticleId, Heard]:
    """Place these articles and return what each says, reading few of them at a time."""
    sources = {source.id: source for source in settings.sources}
    heard: dict[ArticleId, Heard] = {}
    for some in kept.chunks(waiting):
        articles = kept.read(connection, some)
        texts = {one: _text(article) for one, article in articles.items()}
        _place(connection, articles, texts, sources, settings)
        for one, article in articles.items():
            language = primary(article.language)
            heard[one] = Heard(
                language=language,
                published=article.published,
                features=related.features(article.title, texts[one], language),
            )
    return {one: heard[one] for one in waiting}


def _text(article: Article) -> str:
    text = plain(article.content.value)[:CONSIDERED] if article.content else ""
    return text if article.summary[:60] in text else f"{article.summary}\n{text}"


def _count(connection: Connection, heard: Mapping[ArticleId, Heard]) -> None:
    """Add what is new to the document frequencies.

    An article that changed is counted already; one that says nothing is never counted.
    """
    counted = judgements.described(connection, heard)
    by_language: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for one, article in heard.items():
        if one not in counted and (article.features.stems or article.features.phrases):
            counts = by_language[article.language]
            counts[judgements.ALL] += 1
            counts.update(("stem", stem) for stem in article.features.stems)
            counts.update(("phrase", phrase) for phrase in article.features.phrases)
    for language, counts in sorted(by_language.items()):
        judgements.count(connection, language, counts)


def _describe(connection: Connection, heard: Mapping[ArticleId, Heard]) -> dict[ArticleId, Profile]:
    frequencies = _frequencies(connection, heard)
    profiles: dict[ArticleId, Profile] = {}
    for one, article in heard.items():
        profiles[one] = related.profile(
            one,
            article.features,
            language=article.language,
            published=article.published,
            frequencies=frequencies[article.language],
        )
    for some in kept.chunks(profiles):
        ids = map(ArticleId, some)
        judgements.describe(
            connection,
            {one: tuple(_terms(profiles[one], frequencies)) for one in ids},
        )
    return profiles


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


def _relations(
    connection: Connection, article_id: ArticleId, profiles: dict[ArticleId, Profile]
) -> tuple[Relation, ...]:
    """Return what an article leads to; profiles read on the way are added to `profiles`."""
    near = judgements.neighbours(
        connection,
        article_id,
        language=profiles[article_id].language,
        limit=NEIGHBOURS,
        of_each=OF_EACH_SOURCE,
    )
    unread = near.keys() - profiles.keys()
    dated = kept.dated(connection, unread)
    for one, terms in judgements.described(connection, unread).items():
        published, language = dated[one]
        profiles[one] = _profile(one, terms, primary(language), published)
    found = related.relate(profiles[article_id], [profiles[one] for one in near], limit=len(near))
    return _spread(found, near)


def _spread(
    found: Sequence[Relation], sources: Mapping[ArticleId, SourceId]
) -> tuple[Relation, ...]:
    """Return the best five, at most two to a source, unless one source says it all."""
    counted: Counter[SourceId] = Counter()
    first: list[Relation] = []
    rest: list[Relation] = []
    for relation in found:
        source = sources[relation.article_id]
        counted[source] += 1
        (first if counted[source] <= TO_EACH_SOURCE else rest).append(relation)
    if len(counted) == 1:
        return (*first, *rest)[:MOST_RELATED]
    return tuple(first[:MOST_RELATED])


def _place(
    connection: Connection,
    articles: Mapping[ArticleId, Article],
    texts: Mapping[ArticleId, str],
    sources: Mapping[SourceId, Source],
    settings: Settings,
) -> None:
    """Place articles; where one moves, what showed it in its old sections is stale too."""
    before = laid.placements_of(connection, articles)
    placed: dict[ArticleId, tuple[Placement, ...]] = {}
    for one, article in articles.items():
        if article.source_id not in sources:
            continue  # nothing lists it any more
        where = sections.place(
            title=article.title,
            text=texts[one],
            categories=article.categories,
            source=sources[article.source_id],
            sections=settings.sections,
            language=article.language,
        )
        if where != before.get(one, ()):
            placed[one] = where
            _leave(connection, article, before.get(one, ()), where)
    judgements.place(connection, placed, {one: articles[one].published for one in placed})
    kept.mark(connection, "article", placed)


def _leave(
    connection: Connection,
    article: Article,
    before: Sequence[Placement],
    after: Sequence[Placement],
) -> None:
    """Note that the sections an article leaves, and the pages it was shown on, are stale."""
    left = {one.section for one in before} - {one.section for one in after}
    for section in left:
        followers = laid.after(connection, section, article.published, article.id, limit=FOLLOWERS)
        kept.mark(connection, "page", followers)
    if left:
        kept.mark(connection, "section", left)


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


def _profile(
    article_id: ArticleId, terms: Iterable[Term], language: str, published: datetime
) -> Profile:
    weights: dict[str, dict[str, float]] = {"stem": {}, "phrase": {}}
    surfaces: dict[str, str] = {}
    for one in terms:
        weights[one.kind][one.term] = one.weight
        if one.surface:
            surfaces[one.term] = one.surface
    return Profile(
        article_id=article_id,
        language=language,
        published=published,
        stems=weights["stem"],
        phrases=weights["phrase"],
        surfaces=surfaces,
    )
