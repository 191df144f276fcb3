"""The reader library at the same work; run by the interpreter it is installed for.

`python with_reader.py ADDRESSES DATABASE`, or `python with_reader.py --count DATABASE`, or
`--entries DATABASE` for a line of JSON each.
"""

import json
import sys
from pathlib import Path

from reader import make_reader  # type: ignore[import-not-found]  # never in our own environment

WORKERS = 8  # more make it slower


def update(addresses: Path, database: str) -> None:
    """Bring the database up to date with the feeds, each of them, due or not."""
    with make_reader(database) as reader:
        for url in addresses.read_text("utf-8").split():
            reader.add_feed(url, exist_ok=True)
        reader.update_feeds(workers=WORKERS, scheduled=False)


def count(database: str) -> int:
    """Return how many entries it has."""
    with make_reader(database) as reader:
        return int(reader.get_entry_counts().total)


def tell(database: str) -> None:
    """Print each entry: its feed, title, link, and date in seconds of the epoch."""
    with make_reader(database) as reader:
        for one in reader.get_entries():
            date = int((one.published or one.updated).timestamp())
            said = {"feed": one.feed_url, "title": one.title, "link": one.link, "date": date}
            print(json.dumps(said))


if __name__ == "__main__":
    if sys.argv[1] == "--entries":
        tell(sys.argv[2])
    elif sys.argv[1] == "--count":
        print(count(sys.argv[2]))
    else:
        update(Path(sys.argv[1]), sys.argv[2])
