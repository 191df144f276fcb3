"""Answers about what an article stands with: the copies of its text, and its story."""

from sqlalchemy import Connection

from aggregator.answers import Answer, Ground, about_article
from aggregator.copies import METHOD, bar, in_words, share
from aggregator.joining import considered, in_force
from aggregator.model import Article, ArticleId, Settings
from aggregator.ruling import Kind
from aggregator.settings_editorial import EDITORIAL
from aggregator.status import minute
from aggregator.store import articles as kept
from aggregator.store import copies as held
from aggregator.store import rulings, stories
from aggregator.stories import JOIN, JOIN_BY_MEANING, SPAN, WINDOW, Weighed
from aggregator.story import METHOD as BY_STORIES
from aggregator.story import Story, reason_in_words
from aggregator.texts import Texts

MOST_PASSED_OVER = 5
LEAST_TOLD = 0.1  # of a text, or of nearness; less is shared by any two of one subject


def copies(connection: Connection, article: Article, settings: Settings) -> Answer:
    """Return what it is a copy of, or what are its copies; and what is like it and is none."""
    own = held.of(connection, [article.id]).get(article.id)
    leader = own.leader_id if own else article.id
    group = held.led_by(connection, [leader]).get(leader, ())
    apart = set(rulings.of(connection, Kind.APART, [article.id]).get(article.id, ()))
    near = held.alike(connection, article.id, limit=MOST_PASSED_OVER).union(map(ArticleId, apart))
    near -= {leader, *(one.article_id for one in group)}
    others = kept.read(connection, {leader, *near, *(one.article_id for one in group)})
    found = [
        about_article(
            others[leader if one.article_id == article.id else one.article_id],
            settings,
            words=in_words(one)
            + ("; it leads: this one is in no list" if one.article_id == article.id else ""),
            figures={"share": one.share, "shared": one.shared, "of": one.of},
            method=one.method,
        )
        for one in sorted(group, key=lambda one: (one != own, one.article_id))
    ]
    said = Texts(connection=connection).of({article.id, *near})
    passed_over = [
        about_article(
            others[one],
            settings,
            words=f"{EDITORIAL} forbids it" if one in apart else bar(said[article.id], said[one]),
            method=METHOD,
        )
        for one in sorted(near & said.keys() & others.keys())
        if one in apart or share(said[article.id], said[one]) >= LEAST_TOLD
    ]
    return Answer(
        heading="Copies of its text",
        found=tuple(found),
        passed_over=tuple(passed_over),
        nothing="none",
    )


def story(connection: Connection, article: Article, settings: Settings) -> Answer:
    """Return who tells its story with it, and how near each came; and the stories it is not in."""
    if held.of(connection, [article.id]):
        return Answer(heading="Its story", nothing="told by the article it is a copy of")
    own = stories.of(connection, [article.id]).get(article.id)
    beside = [one for one in own.members if one.article_id != article.id] if own else []
    near = [
        (one, weighed)
        for one, weighed in considered(connection, article.id, settings, in_force(connection))
        if (own is None or one.id != own.id)
        and (weighed.reason.strength >= LEAST_TOLD or weighed.guard == "editors")
    ][:MOST_PASSED_OVER]
    others = kept.read(
        connection, {*(one.leader for one, _ in near), *(one.article_id for one in beside)}
    )
    found = [
        about_article(
            others[one.article_id],
            settings,
            words=("it leads; " if own and own.leader == one.article_id else "")
            + reason_in_words(one.reason),
            figures={"strength": one.reason.strength} if one.reason.nearest else None,
            method=own.method if own else "",
        )
        for one in beside
    ]
    passed_over = [
        about_article(
            others[one.leader],
            settings,
            words=_barred(weighed),
            figures={"strength": weighed.reason.strength},
            method=BY_STORIES,
        )
        for one, weighed in near
        if one.leader in others
    ]
    return Answer(
        heading="Its story",
        found=(*_itself(own, article), *found),
        passed_over=tuple(passed_over),
        nothing="nobody else tells it",
    )


def _itself(own: Story | None, article: Article) -> tuple[Ground, ...]:
    if own is None:
        return ()
    leads = "it leads; " if own.leader == article.id else ""
    span = f"{minute(own.first)} to {minute(own.last)}"
    told = f"{len(own.members)} articles of {len(own.sources)} sources, {span}"
    continued = "; it continues an earlier story" if own.continues else ""
    reason = reason_in_words(own.reason(article.id))
    return (Ground(words=f"{told}{continued}; {leads}{reason}", method=own.method),)


def _barred(weighed: Weighed) -> str:
    """Return why an article does not tell a story."""
    reason = weighed.reason
    needed = JOIN_BY_MEANING if reason.by_meaning else JOIN
    return {
        "editors": f"{EDITORIAL} forbids it",
        "far": f"{reason.strength:.2f} near, and {needed:.2f} is needed",
        "template": "no more is shared than the words of a toll and a country",
        "window": f"nobody had told it for more than {WINDOW.days} days",
        "span": f"a story lasts no longer than {SPAN.days} days",
        "source": "only its own source tells it, and that founds no story",
        "": "it came later; `broadsheet rejudge` would tell",
    }.get(weighed.guard, weighed.guard)
