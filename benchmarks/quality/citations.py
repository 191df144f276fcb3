"""Citations to read: `python -m benchmarks.quality.citations FOLDER [COUNT]`.

FOLDER is what `python -m benchmarks.captured FOLDER` has made. All citations by other sources are
printed, and so many of a source's own, chosen at random and always the same.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from aggregator.model import Article, ArticleId, Citation
from aggregator.store import articles as kept
from aggregator.store import citations
from aggregator.store.address import database_url
from aggregator.store.engine import open_to_read


def listed(connection: Connection, *, count: int) -> Iterator[str]:
    """Yield how many citations there are, and those to be read."""
    found = [
        one
        for some in citations.citing(connection, kept.every(connection)).values()
        for one in some
    ]
    others = [one for one in found if not one.own]
    own = sorted((one for one in found if one.own), key=lambda one: (one.citing, one.cited))
    chosen = [*others, *random.Random(2025).sample(own, min(count, len(own)))]  # noqa: S311
    articles = kept.read(connection, {one for each in chosen for one in (each.citing, each.cited)})
    yield f"{len(found)} citations, {len(others)} by other sources; {len(chosen)} to be read"
    yield from (_told(one, articles) for one in chosen)


def _told(one: Citation, articles: dict[ArticleId, Article]) -> str:
    citing, cited = articles[one.citing], articles[one.cited]
    return (
        f"\n{citing.source_id}: {citing.title}\n  -> {cited.source_id}: {cited.title}\n"
        f"  {one.address}\n  {one.excerpt or '(nothing is quoted)'}"
    )


def main(folder: Path, count: int) -> None:
    """Print the citations of the paper in a folder."""
    with open_to_read(database_url(folder / "state")) as connection:
        if connection is None:
            sys.exit(f"there is no paper in {folder}")
        print("\n".join(listed(connection, count=count)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 30)
