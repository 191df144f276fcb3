"""The copies in a paper, to be read: `python -m benchmarks.quality.merges FOLDER`.

FOLDER is what `python -m benchmarks.captured` left.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from aggregator.copies import in_words
from aggregator.store import articles as kept
from aggregator.store import copies
from aggregator.store.address import database_url
from aggregator.store.engine import open_to_read


def listed(connection: Connection) -> Iterator[str]:
    """Yield each copy under its leader, with their pages and why they are one."""
    found = copies.of(connection, kept.every(connection)).values()
    ids = {one for copy in found for one in (copy.article_id, copy.leader_id)}
    articles = kept.read(connection, ids)
    for copy in sorted(found, key=lambda copy: (copy.by, copy.leader_id, copy.article_id)):
        yield f"\n{copy.by}: {in_words(copy)}"
        for one in (articles[copy.leader_id], articles[copy.article_id]):
            yield f"  [{one.language}] {one.source_id}: {one.title}\n    {one.permalink}"
    yield f"\n{len(found)} copies"


def main(folder: Path) -> None:
    """Print the copies in the paper in a folder."""
    with open_to_read(database_url(folder / "state")) as connection:
        if connection is None:
            sys.exit(f"there is no paper in {folder}")
        print("\n".join(listed(connection)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
