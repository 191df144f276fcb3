"""Editors win: what editorial.yaml says is taken over, and what it touches is decided anew."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import permutations

from sqlalchemy import Connection

from aggregator.classifier import Classifier
from aggregator.collapsing import reopen
from aggregator.hearing import text_of
from aggregator.model import ArticleId, Settings
from aggregator.placing import place
from aggregator.ruling import Kind, Ruling
from aggregator.settings_editorial import EDITORIAL, GROUPS
from aggregator.store import articles as kept
from aggregator.store import links, rulings, stories
from aggregator.store.rulings import Ruled
from feeds.errors import Problem
from feeds.urls import canonical, host_of

# What is said of copies and stories: those it is about are judged anew.
_TOGETHER = (Kind.SAME, Kind.COPIES, Kind.APART, Kind.LEAD)


def heed(connection: Connection, settings: Settings, classifier: Classifier | None = None) -> None:
    """Take over what editors say now; decide anew what that touches, and nothing else.

    Names are looked up each time: an article may come after what is said of it, or go.
    """
    held, wanted = rulings.every(connection), _in_force(connection, settings)
    gone, new = held - wanted, wanted - held
    if not (gone or new):
        return
    rulings.change(connection, gone=gone, new=new)
    touched: dict[Kind, set[ArticleId]] = defaultdict(set)
    for one in gone | new:
        touched[one.kind].add(one.article_id)
    for some in kept.chunks(touched.pop(Kind.SECTION, set())):
        articles = kept.read(connection, some)
        texts = {one: text_of(article) for one, article in articles.items()}
        place(connection, articles, texts, settings, classifier)
    led_by_hand = {one.article_id for one in gone if one.kind is Kind.LEAD}
    kept.mark(connection, "article", stories.relead(connection, led_by_hand))
    together = set().union(*(touched.pop(kind, set()) for kind in _TOGETHER))
    reopen(connection, together | _beside(connection, together))
    led = set().union(*touched.values())
    kept.mark(connection, "article", kept.dated(connection, led))


def _beside(connection: Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
    """Return who tells a story with any of these: it is put together as if it were told now."""
    told = stories.of(connection, ids).values()
    return {member.article_id for story in told for member in story.members}


def unknown(connection: Connection, settings: Settings) -> tuple[Problem, ...]:
    """Return where editorial.yaml names what is no article now, in the order of its lines.

    It is no mistake: an article may be taken out, or come yet.
    """
    found = _called(connection, settings)
    problems = [
        Problem(
            file=EDITORIAL,
            line=ruling.line,
            key=ruling.kind,
            problem=f"no article goes by {name!r} now",
            hint="what is said of it waits until there is one",
        )
        for ruling in settings.rulings
        for name in _names(ruling)
        if not found.get(name)
    ]
    return tuple(dict.fromkeys(sorted(problems, key=lambda problem: problem.line or 0)))


def picks(connection: Connection, settings: Settings, *, now: datetime) -> dict[ArticleId, str]:
    """Return Editors' Picks as they are in force now, in their order, with each one's note.

    Names are looked up each time: nothing an article goes through can make it lose its place.
    """
    chosen = [one for one in settings.rulings if one.kind is Kind.PICK and one.is_in_force(now)]
    chosen.sort(key=lambda one: (one.order is None, one.order or 0))
    found = _called(connection, replace(settings, rulings=tuple(chosen)))
    picked: dict[ArticleId, str] = {}
    for one in chosen:
        for article_id in sorted(found.get(one.articles[0], ())):
            picked.setdefault(article_id, one.note)
    return picked


def said_of(
    connection: Connection, article_id: ArticleId, settings: Settings
) -> tuple[tuple[int | None, str], ...]:
    """Return the lines of editorial.yaml that name an article, and what each says of whom."""
    found = _called(connection, settings)
    return tuple(
        (ruling.line, f"{EDITORIAL}:{ruling.line}: {ruling.kind}: {_said(ruling)}")
        for ruling in settings.rulings
        if any(article_id in found.get(name, ()) for name in _names(ruling))
    )


def _in_force(connection: Connection, settings: Settings) -> set[Ruled]:
    """Return what editors say of articles there are; the later line wins."""
    found = _called(connection, settings)
    said: dict[tuple[Kind, ArticleId], dict[str, None]] = {}
    for ruling in settings.rulings:
        if ruling.kind is Kind.PICK:  # it decides nothing of an article, but what is printed
            continue
        for one, others in _pairs(ruling, found):
            if ruling.kind is Kind.SECTION:
                said[ruling.kind, one] = dict.fromkeys(others)
            else:
                said.setdefault((ruling.kind, one), {}).update(dict.fromkeys(others))
    return {
        Ruled(kind=kind, article_id=one, other=other, rank=rank)
        for (kind, one), others in said.items()
        for rank, other in enumerate(others)
    }


def _pairs(
    ruling: Ruling, found: Mapping[str, set[ArticleId]]
) -> Iterator[tuple[ArticleId, list[str]]]:
    """Yield each article a ruling is about, with what it says of it."""
    if ruling.kind in GROUPS:
        for one, other in permutations(ruling.articles, 2):
            yield from _crossed(found.get(one, ()), found.get(other, ()))
    elif ruling.kind in {Kind.SECTION, Kind.LEAD}:
        for article_id in sorted(found.get(ruling.articles[0], ())):
            yield article_id, list(ruling.to) or [article_id]
    else:
        for other in ruling.to:
            yield from _crossed(found.get(ruling.articles[0], ()), found.get(other, ()))


def _crossed(
    ones: Iterable[ArticleId], others: Iterable[ArticleId]
) -> Iterator[tuple[ArticleId, list[str]]]:
    for one in sorted(ones):
        yield one, [other for other in sorted(others) if other != one]


def _called(connection: Connection, settings: Settings) -> dict[str, set[ArticleId]]:
    """Return which articles go by what editors say: ours by its address, and no other.

    Of several at a page those that are most surely at home there: anybody may lead to it.
    """
    names = {name for ruling in settings.rulings for name in _names(ruling)}
    base = settings.site.base_url
    paths = {one: one.removeprefix(base).removesuffix("index.html") for one in names}
    found = rulings.called(connection, {one: _spellings(one) for one in sorted(names)}, {})
    pages = {one: f"{path.rstrip('/')}/" for one, path in sorted(paths.items())}
    return _at_home(connection, found) | rulings.called(connection, {}, pages)


def _at_home(
    connection: Connection, found: Mapping[str, set[ArticleId]]
) -> dict[str, set[ArticleId]]:
    several = {one for ids in found.values() if len(ids) > 1 for one in ids}
    sources = kept.sources_of(connection, several)
    homes = links.homes(connection) if several else {}

    def surest(name: str, ids: set[ArticleId]) -> set[ArticleId]:
        at = {one: homes[sources[one]].at(host_of(name)) for one in ids}
        return {one for one in ids if at[one] == max(at.values())}

    return {name: surest(name, ids) if len(ids) > 1 else ids for name, ids in found.items()}


def _said(ruling: Ruling) -> str:
    to = f" \u2192 {', '.join(ruling.to)}" if ruling.to else ""
    note = f": {ruling.note}" if ruling.note else ""
    since = f" from {ruling.since:%Y-%m-%d %H:%M} UTC" if ruling.since else ""
    until = f" until {ruling.until:%Y-%m-%d %H:%M} UTC" if ruling.until else ""
    return f"{', '.join(ruling.articles)}{to}{since}{until}{note}"


def _names(ruling: Ruling) -> tuple[str, ...]:
    return ruling.articles + (() if ruling.kind is Kind.SECTION else ruling.to)


def _spellings(name: str) -> set[str]:
    """Return what a name may be known as: itself, or a page, by http or https."""
    page = canonical(name)
    scheme, mark, rest = page.partition("://")
    other = {"http": "https", "https": "http"}.get(scheme)
    return {name, page, f"{other}{mark}{rest}"} if other else {name, page}
