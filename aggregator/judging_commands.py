"""The commands about what is decided of articles: why, and what judging anew would change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import Connection

from aggregator import console, wording
from aggregator.classifier_file import FILE, Classifiers
from aggregator.clock import utc_now
from aggregator.console import in_words
from aggregator.model import Settings
from aggregator.newsroom import open_newsroom
from aggregator.pipeline import decide_and_print
from aggregator.places import Places, as_json, examples, load_beside, with_places
from aggregator.rejudging import Rejudged, differences, noted, rejudged, take_over
from aggregator.removal import unknown
from aggregator.store.engine import open_to_read, transaction
from aggregator.why import explain
from feeds.errors import BroadsheetError


@click.command(
    name="why",
    short_help="Say why an article is where it is, and leads where it leads.",
    epilog=examples("broadsheet why https://their.example/page", "broadsheet why ID --json"),
)
@click.argument("article")
@with_places
@as_json
@in_words
def why_command(*, places: Places, article: str, as_json: bool) -> None:
    """Say why ARTICLE, the address of its page or its id, is as it is in the paper.

    How it came in, what was decided of it and on what grounds; what was passed over and why. Each
    decision is shown with its method.
    """
    settings = load_beside(places.output)(places.config)
    with open_to_read(places.database_for(settings)) as connection:
        if connection is None:
            raise unknown("nothing we know", article)
        classifier = Classifiers(places.state / FILE).current()
        found = explain(connection, article, settings, classifier)
    wording.print_explanations(found, as_json=as_json)


@click.command(
    name="rejudge",
    short_help="Judge again what came, under today's methods; see first what would change.",
    epilog=examples(
        "broadsheet rejudge --dry-run --days 30    what would change, article by article",
        "broadsheet rejudge --since 2026-05-01     change it, and print it",
    ),
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only what was first seen on this day (UTC) or later.",
)
@click.option("--days", type=click.IntRange(min=1), help="Only what was first seen within so many.")
@with_places
@as_json
@in_words
def rejudge_command(
    *, places: Places, dry_run: bool, since: datetime | None, days: int | None, as_json: bool
) -> None:
    """Judge again, in the order it came, all that is kept, or what came of late.

    It is done on a copy, so a paper at work may go on with --dry-run; without, it must be stopped.
    What editors decided by hand stays.
    """
    settings = load_beside(places.output)(places.config)
    if since and days:
        raise BroadsheetError("write --since or --days, not both")
    if days:
        since = utc_now() - timedelta(days=days)
    moment = since and since.replace(tzinfo=UTC)
    if dry_run:
        with open_to_read(places.database_for(settings)) as connection:
            if connection is None:
                raise BroadsheetError("there is nothing yet that could be judged again")
            with _copy(places, connection, settings, since=moment) as (copy, after):
                found = differences(connection, after, copy.ids, settings)
                wording.print_differences(found, judged=len(copy.ids), as_json=as_json)
        return
    _rejudge(places, settings, since=moment, as_json=as_json)


def _rejudge(places: Places, settings: Settings, *, since: datetime | None, as_json: bool) -> None:
    url = places.database_for(settings)
    with open_newsroom(state=places.state, output=places.output, database=url) as newsroom:
        with (
            transaction(newsroom.engine) as connection,
            _copy(places, connection, settings, since=since) as (copy, after),
        ):
            found = noted(connection, differences(connection, after, copy.ids, settings))
            wording.print_differences(found, judged=len(copy.ids), as_json=as_json)
            take_over(after, connection, copy.ids)
        decide_and_print(newsroom, settings, now=utc_now())


@contextmanager
def _copy(
    places: Places, connection: Connection, settings: Settings, *, since: datetime | None
) -> Iterator[tuple[Rejudged, Connection]]:
    """Yield a copy that is judged again, and a connection to it."""
    places.state.mkdir(parents=True, exist_ok=True)
    with console.working("judging again") as tell:
        copied = rejudged(
            connection,
            settings,
            places.state,
            since=since,
            tell=tell,
            classifier=Classifiers(places.state / FILE).current(),
        )
        with copied as copy, transaction(copy.engine) as after:
            yield copy, after
