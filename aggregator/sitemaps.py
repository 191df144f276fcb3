"""The sitemap: the pages of the paper that are to be found here, and when each last changed.

An article that has a page of its own elsewhere is to be found there: ours names that one as the
canonical one (decision 38).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from json import dumps, loads

from sqlalchemy import Connection

from aggregator.issuing import Issuer
from aggregator.model import Section
from aggregator.store import layout as laid
from aggregator.store.own import own
from publisher import sitemap
from publisher.kinds import SUBSCRIBE
from publisher.sitemap import News, Place
from publisher.theme import ROBOTS

YOUNG = timedelta(days=2)  # older than the newest is no news


def files(issuer: Issuer, lists: Sequence[Section]) -> tuple[dict[str, bytes], list[str]]:
    """Return the sitemap with its parts, and those parts that are no more.

    What is news goes by the newest article, not by a clock: the same paper has the same sitemap.
    """
    base, connection = issuer.settings.site.base_url, issuer.connection
    parts: dict[str, list[Place]] = defaultdict(list)
    for one in (None, *lists):
        home = f"{base}{one.path}/" if one else base
        parts["pages"].append(Place(href=home, modified=issuer.changed(one)))
        parts["pages"].append(Place(href=f"{home}{SUBSCRIBE}/"))
    ours = own(connection)
    for article in ours:
        month = "-".join(article.path.split("/")[1:3])
        parts[f"articles-{month}"].append(Place(href=base + article.path, modified=article.updated))
    young = [one for one in ours if one.published > ours[-1].published - YOUNG]
    news = [
        News(href=base + one.path, title=one.title, language=one.language, published=one.published)
        for one in reversed(young)
    ]
    made = sitemap.render(parts, news, base_url=base, paper=issuer.settings.site.title)
    robots = issuer.settings.theme.robots
    made[ROBOTS] = sitemap.robots(base) if robots is None else robots.encode()
    return made, sorted(_printed(connection) - made.keys())


def note(connection: Connection, made: Iterable[str]) -> None:
    """Note which files there are, so that those which are no more are taken away."""
    laid.note(connection, "sitemap", dumps(sorted(made)))


def _printed(connection: Connection) -> set[str]:
    return set(loads(laid.noted(connection, "sitemap") or "[]"))
