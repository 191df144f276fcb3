"""The commands about sections: teach the classifier, and see what nobody can place."""

from pathlib import Path

import click

from aggregator import console, wording
from aggregator.classifier_file import FILE, Classifiers
from aggregator.clock import utc_now
from aggregator.console import in_words
from aggregator.places import Places, as_json, examples, load_beside, with_places
from aggregator.review import count, queue
from aggregator.store.engine import open_to_read
from aggregator.teaching import prepare, teach
from feeds.errors import BroadsheetError

MOST = 20  # articles shown at a time


@click.command(
    name="train",
    short_help="Learn from what is placed where what nobody places belongs.",
    epilog=examples("broadsheet train", "broadsheet train --if-changed    as every night"),
)
@click.option("--if-changed", is_flag=True, help="Only if there is anything new to learn from.")
@with_places
@as_json
@in_words
def train_command(*, places: Places, if_changed: bool, as_json: bool) -> None:
    """Learn from articles whose section you or their sources say where others belong.

    It takes ten articles of a section, in two sections at least, and scikit-learn. A paper at work
    may go on; it places by what was learnt at its next look. `run` does so every night.
    """
    settings = load_beside(places.output)(places.config)
    with console.working("learning"):
        with open_to_read(places.database_for(settings)) as connection:
            if connection is None:
                raise BroadsheetError("there is nothing to learn from: no article has come yet")
            told = prepare(connection, settings)
        taught = teach(told, settings, _file(places), now=utc_now(), if_changed=if_changed)
    wording.print_taught(taught, settings, as_json=as_json)


@click.command(
    name="review",
    short_help="Show what nobody can place, and how you would.",
    epilog=examples("broadsheet review", "broadsheet review --limit 100 --json"),
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=MOST, show_default=True, help="At most so many."
)
@with_places
@as_json
@in_words
def review_command(*, places: Places, limit: int, as_json: bool) -> None:
    """Show the articles of the last sixty days that are in no section, newest first.

    Each with what the classifier is nearest to, and the line that places it there, to stand under
    `section:` in editorial.yaml: what you decide is learnt from.
    """
    settings = load_beside(places.output)(places.config)
    now = utc_now()
    with open_to_read(places.database_for(settings)) as connection:
        known = Classifiers(_file(places)).current()
        found = list(queue(connection, settings, known, now=now, limit=limit)) if connection else []
        waiting = count(connection, now=now) if connection else 0
    wording.print_queue(found, waiting=waiting, as_json=as_json)


def _file(places: Places) -> Path:
    return places.state / FILE
