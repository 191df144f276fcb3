"""Judging all over again, as it came, under today's methods; and what that would change.

The whole is done on a copy beside the paper, which is never waited for; what is different there
is shown, or taken over at once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Connection, Engine

from aggregator.classifier import Classifier
from aggregator.collapsing import unlisten
from aggregator.copies import in_words
from aggregator.editors import heed
from aggregator.hearing import hear, text_of, uncount
from aggregator.judge import judge
from aggregator.model import ArticleId, Settings, Slug
from aggregator.placing import leave
from aggregator.related import reason
from aggregator.store import articles as kept
from aggregator.store import citations, copies, replay
from aggregator.store import layout as laid
from aggregator.store import stories as told
from aggregator.store.copying import back_up
from aggregator.store.engine import open_database, transaction
from aggregator.story import reason_in_words

Told = Callable[[int, int], None]
COPY = "copy of"
PLACES = ("home", "section")  # the kinds of a placement: the section an article calls home, others


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something decided of an article: its kind, about which section or article, and why.

    `method` is told where another method may decide alike, as of sections.
    """

    kind: str
    id: str
    about: str
    reason: str = ""
    method: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the decision as JSON has it."""
        told = {"kind": self.kind, "id": self.id, "about": self.about, "reason": self.reason}
        return told | ({"method": self.method} if self.method else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is decided otherwise of an article: what goes, what comes, what has another reason."""

    id: ArticleId
    title: str
    gone: tuple[Decision, ...] = ()
    new: tuple[Decision, ...] = ()
    reworded: tuple[Decision, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the difference as JSON has it."""
        return {
            "id": self.id,
            "title": self.title,
            "gone": [one.as_json() for one in self.gone],
            "new": [one.as_json() for one in self.new],
            "reworded": [one.as_json() for one in self.reworded],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """A copy of a paper in which all since a moment is judged again."""

    engine: Engine
    ids: tuple[ArticleId, ...]


@contextmanager
def rejudged(
    reading: Connection,
    settings: Settings,
    folder: Path,
    *,
    since: datetime | None,
    tell: Told,
    classifier: Classifier | None = None,
) -> Iterator[Rejudged]:
    """Yield a copy, made in `folder`, in which what came `since` then is judged again.

    `tell` is told how many articles have been, and of how many.
    """
    with TemporaryDirectory(prefix="rejudge-", dir=folder) as place:
        file = Path(place) / "paper.db"
        back_up(reading, file)
        engine = open_database(URL.create("sqlite", database=str(file)).render_as_string())
        try:
            ids = _replay(engine, settings, classifier, since=since, tell=tell)
            yield Rejudged(engine=engine, ids=ids)
        finally:
            engine.dispose()


def differences(
    before: Connection, after: Connection, ids: Collection[ArticleId], settings: Settings
) -> Iterator[Difference]:
    """Yield what is decided otherwise `after`, article by article."""
    for some in kept.chunks(ids):
        titles = kept.titles(before, some)
        old, new = _decided(before, some, settings), _decided(after, some, settings)
        for one in some:
            was, is_now = old.get(one, {}), new.get(one, {})
            if was != is_now:
                yield Difference(
                    id=ArticleId(one),
                    title=titles[ArticleId(one)],
                    gone=tuple(was[key] for key in was if key not in is_now),
                    new=tuple(is_now[key] for key in is_now if key not in was),
                    reworded=tuple(
                        is_now[key] for key in is_now if key in was and was[key] != is_now[key]
                    ),
                )


def take_over(copy: Connection, connection: Connection, ids: Collection[ArticleId]) -> None:
    """Put what was decided in a copy in place of what is; what differs was `noted` before."""
    replay.take_over(copy, connection, ids)
    replay.take_over_whole(copy, connection)


def noted(connection: Connection, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield these, noting that what showed the articles as they are now is to be laid out anew."""
    for one in found:
        (article,) = kept.read(connection, [one.id]).values()
        leave(connection, article, {Slug(each.id) for each in one.gone if each.kind in PLACES})
        led = [each.id for each in (*one.gone, *one.new) if each.kind == COPY]
        kept.mark(connection, "article", [one.id, *led])
        yield one


def _replay(
    engine: Engine,
    settings: Settings,
    classifier: Classifier | None,
    *,
    since: datetime | None,
    tell: Told,
) -> tuple[ArticleId, ...]:
    """Judge all over again, batch by batch, and return what was judged."""
    with transaction(engine) as connection:
        heed(connection, settings, classifier)
        replay.settle(connection)
        batches = replay.batches(connection, since=since)
        ids = tuple(sorted({one for some in batches for one in some}))
        for some in kept.chunks(ids):
            articles = kept.read(connection, some).items()
            uncount(connection, {one: hear(each, text_of(each)) for one, each in articles})
            unlisten(connection, dict(articles))
            replay.forget(connection, some)
    done, total = 0, sum(map(len, batches))
    for batch in batches:
        with transaction(engine) as connection:
            replay.unsettle(connection, batch)
            judge(connection, settings, classifier)
        done += len(batch)
        tell(done, total)
    return ids


def _decided(
    connection: Connection, ids: Collection[str], settings: Settings
) -> dict[str, dict[tuple[str, str], Decision]]:
    """Return what is decided of these articles, by kind and what it is about."""
    found: dict[str, dict[tuple[str, str], Decision]] = defaultdict(dict)
    titles = {section.slug: section.title for section in settings.sections}
    for one, placed in laid.placements_of(connection, ids).items():
        for where in placed:
            about = titles.get(where.section, where.section)
            kind = PLACES[min(where.rank, 1)]
            found[one][kind, where.section] = Decision(
                kind=kind,
                id=where.section,
                about=about,
                reason=where.reason,
                method=where.method,
            )
    for one, story in told.of(connection, ids).items():
        lead = kept.titles(connection, [story.leader])[story.leader]
        found[one]["story", story.id] = Decision(
            kind="story",
            id=story.id,
            about=f"{lead} ({len(story.members)} articles)",
            reason=reason_in_words(story.reason(one)),
        )
    related, cited = laid.relations_of(connection, ids), citations.citing(connection, ids)
    copied = copies.of(connection, ids)
    others = kept.titles(
        connection,
        {each.leader_id for each in copied.values()}
        | {each.article_id for led in related.values() for each in led}
        | {each.cited for some in cited.values() for each in some},
    )
    for one, copy in copied.items():
        found[one][COPY, copy.leader_id] = Decision(
            kind=COPY, id=copy.leader_id, about=others[copy.leader_id], reason=in_words(copy)
        )
    for one, some in cited.items():
        for link in some:
            found[one]["cites", link.cited] = Decision(
                kind="cites", id=link.cited, about=others[link.cited]
            )
    for one, led in related.items():
        for each in led:
            found[one]["related", each.article_id] = Decision(
                kind="related", id=each.article_id, about=others[each.article_id],
                reason=reason(each),
            )  # fmt: skip
    return found
