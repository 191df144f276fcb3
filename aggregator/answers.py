"""Answers to why an article is as it is: each with what was decided, and what was passed over.

What was decided is read as it is stored. What was not is found again by the functions that
decided, among what there is now.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from aggregator.citing import FEW
from aggregator.editors import said_of, unknown
from aggregator.model import Article, Citation, DateOf, Settings, Source
from aggregator.related import CUT, CUT_BY_MEANING, reason
from aggregator.relating import considered
from aggregator.ruling import Kind
from aggregator.settings_editorial import EDITORIAL
from aggregator.spoken import SaidBy
from aggregator.status import minute
from aggregator.store import articles as kept
from aggregator.store import citations, links, rulings, stories
from aggregator.store import layout as laid
from aggregator.weighing import METHOD, Guard, Weighed, of_other_stories

# Strength is words, half of names, and meaning, times time, and then neighbours.
_PARTS = {"stems": "words", "phrases": "names", "fading": "time", "support": "neighbours"}
MOST_PASSED_OVER = 10
_SAID_BY: Mapping[str, str] = {
    SaidBy.OPERATOR: "sources.yaml says so of its source",
    SaidBy.ENTRY: "it says so itself",
    SaidBy.FEED: "its feed says so of all it has",
    SaidBy.DETECTED: "its text is surely in it",
    SaidBy.PAPER: "nobody says, and it is the paper's",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One thing that was decided, or passed over, in words and figures.

    `about` is the title of the section or article it is about, `id` and `address` where that is.
    """

    words: str
    about: str = ""
    id: str = ""
    address: str = ""
    figures: Mapping[str, float] | None = None
    method: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the ground as JSON has it."""
        return {
            "words": self.words,
            "about": self.about,
            "id": self.id,
            "address": self.address,
            "figures": dict(self.figures or {}),
            "method": self.method,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was decided of one question, and what was passed over; `nothing` where it is none."""

    heading: str
    found: tuple[Ground, ...] = ()
    passed_over: tuple[Ground, ...] = ()
    nothing: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the answer as JSON has it."""
        return {
            "found": [one.as_json() for one in self.found],
            "passed_over": [one.as_json() for one in self.passed_over],
        }


def arrival(connection: Connection, article: Article, settings: Settings) -> Answer:  # noqa: ARG001
    """Return how it came in: from whom, known by what, dated by whom."""
    source = source_of(article, settings)
    told = [
        f"from {source.name if source else article.source_id}",
        _known_by(article.key),
        f"{_dated(article, source)}: {minute(article.published)}",
    ]
    if source is None:
        told.append("its source is in sources.yaml no longer: its page stays, and no list has it")
    grounds = tuple(Ground(words=words) for words in told)
    return Answer(heading="How it came in", found=grounds)


def language(connection: Connection, article: Article, settings: Settings) -> Answer:  # noqa: ARG001
    """Return its language, and who says so."""
    who = _SAID_BY.get(article.language_by, "it was read before it was kept who says so")
    return Answer(heading="Language", found=(Ground(words=who, about=article.language),))


def cites(connection: Connection, article: Article, settings: Settings) -> Answer:
    """Return whom it cites, and whom it links to without citing."""
    found = citations.citing(connection, [article.id]).get(article.id, ())
    led = links.leading(connection, [article.id]).get(article.id, set())
    furniture = {
        other.id: key
        for key, others in sorted(links.candidates(connection, led).items())
        for other in others
        if (article.source_id, key) in links.furniture(connection, [key])
    }
    others = kept.read(connection, {*(one.cited for one in found), *furniture})
    everywhere = f"its source has this link in more than {FEW} of its articles"
    return Answer(
        heading="It cites",
        found=tuple(_citation(one, others[one.cited], settings) for one in found),
        passed_over=tuple(
            about_article(others[one], settings, words=everywhere)
            for one in furniture
            if one in others and one != article.id
        ),
        nothing="none of the articles we hold",
    )


def cited(connection: Connection, article: Article, settings: Settings) -> Answer:
    """Return who cites it."""
    found = citations.cited(connection, [article.id]).get(article.id, ())
    others = kept.read(connection, [one.citing for one, _ in found])
    return Answer(
        heading="It is cited by",
        found=tuple(_citation(one, others[one.citing], settings) for one, _ in found),
        nothing="none of the articles we hold",
    )


def related(connection: Connection, article: Article, settings: Settings) -> Answer:
    """Return what it leads to, and the nearest of what it does not, each with what bars it."""
    stored = laid.relations_of(connection, [article.id]).get(article.id, ())
    told = stories.which(connection, {article.id, *(one.article_id for one in stored)})
    found = of_other_stories(article.id, stored, told)
    led = {one.article_id for one in found}
    never = rulings.of(connection, Kind.NEVER_RELATED, [article.id]).get(article.id, ())
    all_near = considered(connection, article.id, semantic=settings.site.semantic)
    near = [one for one in all_near if one.article_id not in led][:MOST_PASSED_OVER]
    others = kept.read(connection, {*led, *(one.article_id for one in near)})
    return Answer(
        heading="It leads to",
        found=tuple(
            about_article(
                others[one.article_id],
                settings,
                words=reason(one),
                figures=None if one.by_hand else {"strength": one.score, **_parts(one.figures)},
                method=one.method,
            )
            for one in found
        ),
        passed_over=tuple(
            about_article(
                others[one.article_id],
                settings,
                words=_barred(one, others[one.article_id], article, never),
                figures={"strength": one.strength, **_parts(one.figures)},
                method=METHOD,
            )
            for one in near
        ),
        nothing="nothing: rather none than filler",
    )


def editors(connection: Connection, article: Article, settings: Settings) -> Answer:
    """Return what editorial.yaml says of it, and what of that has no effect now."""
    said = said_of(connection, article.id, settings)
    lines = {line for line, _ in said}
    return Answer(
        heading="Decided by hand",
        found=tuple(Ground(words=words) for _, words in said),
        passed_over=tuple(
            Ground(words=str(one)) for one in unknown(connection, settings) if one.line in lines
        ),
        nothing=f"nothing: {EDITORIAL} does not name it",
    )


def _known_by(key: str) -> str:
    kind, mark, name = key.partition(":")
    if mark and kind == "id":
        return f"known there by its id, {name}"
    if mark and kind == "url":
        return f"known there by its page, {name}"
    by = {"id": "its id", "url": "its page", "told": "its page and headline"}
    return f"known there by {by.get(key.partition('#')[0], 'its headline, date and first words')}"


def _dated(article: Article, source: Source | None) -> str:
    if article.published == article.first_seen.replace(microsecond=0):
        if source and source.date is DateOf.FIRST_SEEN:
            return "dated by when we first saw it, as sources.yaml says of its source"
        return "dated by when we first saw it: it has no date that can be believed"
    if source and source.date is DateOf.UPDATED:
        return "dated by when its publisher last changed it, as sources.yaml says of its source"
    return "dated by its publisher"


def _barred(one: Weighed, other: Article, article: Article, never: Collection[str]) -> str:
    """Return why an article does not lead to a candidate."""
    if one.article_id in never:
        return f"{EDITORIAL} forbids it"
    if one.guard is Guard.WEAK:
        needed = CUT_BY_MEANING if one.likeness.meaning else CUT
        return f"{one.guard}: {one.likeness.score:.2f}, and {needed:.2f} is needed"
    if one.guard is not None:
        return one.guard
    if other.first_seen > article.first_seen:
        return "it came later"
    return "it was not as near when this was judged; `broadsheet rejudge` would tell"


def _parts(figures: Iterable[tuple[str, float]]) -> dict[str, float]:
    return {_PARTS.get(name, name): part for name, part in figures}


def _citation(one: Citation, other: Article, settings: Settings) -> Ground:
    own = f" (of one {one.own}, and so not counted)" if one.own else ""
    words = f"\u201c{one.excerpt}\u201d{own}" if one.excerpt else f"without words{own}"
    return about_article(other, settings, words=words, method=one.method)


def about_article(
    other: Article,
    settings: Settings,
    *,
    words: str,
    figures: Mapping[str, float] | None = None,
    method: str = "",
) -> Ground:
    """Return a ground that is about another article."""
    source = source_of(other, settings)
    return Ground(
        words=words,
        about=f"{other.title} \u2014 {source.name if source else other.source_id}",
        id=other.id,
        address=other.permalink or settings.site.base_url + other.path,
        figures=figures,
        method=method,
    )


def source_of(article: Article, settings: Settings) -> Source | None:
    """Return the source of an article as it is in the settings; None where it is not."""
    return next((one for one in settings.sources if one.id == article.source_id), None)
