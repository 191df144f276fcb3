"""Relating: what an article leads to, of all that is kept."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from aggregator import weighing
from aggregator.habits import OF_LATE, habits
from aggregator.looking import DAY, Found, look, midnight
from aggregator.model import ArticleId, SourceId
from aggregator.related import Profile
from aggregator.store import articles as kept
from aggregator.store import judgements, stories
from aggregator.store.habits import named
from aggregator.store.profiles import profiles as read
from aggregator.store.sources import is_alone
from aggregator.weighing import Surroundings, Weighed

NEIGHBOURS = 40  # candidates that are weighed in full
OF_EACH_SOURCE = 8  # of them, so that one that repeats itself does not push out the others


def relate(
    connection: Connection, ids: Sequence[ArticleId], profiles: dict[ArticleId, Profile]
) -> None:
    """Keep what each of these articles leads to; profiles read on the way join `profiles`."""
    beside = _Beside(connection, profiles)
    for some in kept.chunks(ids):
        led = {}
        beside.look([profiles[ArticleId(one)] for one in some])
        for one in map(ArticleId, some):
            led[one] = weighing.relate(profiles[one], *beside.near(profiles[one]))
        judgements.relate(connection, led)


def considered(
    connection: Connection, article_id: ArticleId, *, semantic: bool
) -> tuple[Weighed, ...]:
    """Return what an article might lead to as things are now, each with what bars it or nothing.

    Its nearest as its terms tell; one that has none has nothing near. `semantic` is the paper's
    setting: whether what articles mean counts.
    """
    profiles = read(connection, [article_id], semantic=semantic)
    if article_id not in profiles:
        return ()
    one = profiles[article_id]
    beside = _Beside(connection, profiles)
    beside.look([one])
    return weighing.weigh(one, *beside.near(one))


class _Beside:
    """What stands beside articles, each read once: what describes it, and its story."""

    def __init__(self, connection: Connection, profiles: dict[ArticleId, Profile]) -> None:
        """Take what is known already; what is read joins it."""
        self._connection = connection
        self._profiles = profiles
        self._alone = is_alone(connection)
        self._asked: set[ArticleId] = set()
        self._stories: dict[ArticleId, str] = {}
        self._abroad: dict[ArticleId, Found] = {}
        self._sources: dict[ArticleId, SourceId] = {}
        self._known: dict[tuple[SourceId, datetime], frozenset[str]] = {}

    def look(self, articles: Collection[Profile]) -> None:
        """Find whose these articles are and what is close to them in other languages.

        It comes before they are asked about.
        """
        self._abroad = look(self._connection, articles)
        self._sources = kept.sources_of(self._connection, [one.article_id for one in articles])

    def near(self, article: Profile) -> tuple[list[Profile], Surroundings]:
        """Return the candidates of an article, and what else is known of them."""
        near = judgements.neighbours(
            self._connection,
            article.article_id,
            language=article.language,
            limit=NEIGHBOURS,
            of_each=OF_EACH_SOURCE,
        ) | self._abroad.get(article.article_id, {})
        semantic = bool(article.meaning)
        unread = near.keys() - self._profiles.keys()
        self._profiles |= read(self._connection, unread, semantic=semantic)
        unasked = {article.article_id, *near} - self._asked
        self._stories |= stories.which(self._connection, unasked)
        self._asked |= unasked
        own = self._sources[article.article_id]
        around = Surroundings(
            own=own,
            habits=self._habits(own, article.published) if own in near.values() else frozenset(),
            sources=near,
            stories=self._stories,
            is_alone=self._alone,
        )
        return [self._profiles[one] for one in near], around

    def _habits(self, source: SourceId, published: datetime) -> frozenset[str]:
        """Return what a source names everywhere, as of the end of a day."""
        until = midnight(published) + DAY
        if (source, until) not in self._known:
            names = named(self._connection, source, until=until, limit=OF_LATE)
            self._known[source, until] = habits(names)
        return self._known[source, until]
