"""Looking abroad: which articles in other languages mean what some articles mean."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from aggregator import abroad, embedding, nearest
from aggregator.model import ArticleId, SourceId
from aggregator.related import Profile
from aggregator.store import abroad as kept
from aggregator.words import primary

Found = dict[ArticleId, SourceId]  # articles and their sources
DAY: Final = timedelta(days=1)


def look(connection: Connection, profiles: Iterable[Profile]) -> dict[ArticleId, Found]:
    """Return what is close in meaning to each of these articles, in other languages, and whose.

    Articles of one day and language look together: what was published around it is read once.
    """
    together: defaultdict[tuple[datetime, str], list[Profile]] = defaultdict(list)
    for one in profiles:
        if one.meaning:
            together[midnight(one.published), primary(one.language)].append(one)
    found: dict[ArticleId, Found] = {}
    for (day, language), some in sorted(together.items()):
        found |= _around(connection, day, language, some)
    return found


def _around(
    connection: Connection, day: datetime, language: str, asking: list[Profile]
) -> dict[ArticleId, Found]:
    since, until = day - abroad.WITHIN, day + DAY + abroad.WITHIN
    spoken = abroad.others(language, kept.languages(connection, since, until))
    if not spoken:
        return {}
    among = kept.meant(connection, spoken, since=since, until=until, method=embedding.METHOD)
    places = nearest.close(
        [one.meaning for one in asking], [one.vector for one in among], least=abroad.CUT
    )
    return {
        one.article_id: {among[place].article_id: among[place].source_id for place in near}
        for one, near in zip(asking, places, strict=True)
    }


def midnight(moment: datetime) -> datetime:
    """Return when the day of a moment began, UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
