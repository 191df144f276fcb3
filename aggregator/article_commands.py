"""The commands about single articles, and about what is held: show, remove, restore, release."""

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy import Connection

from aggregator import console
from aggregator.clock import utc_now
from aggregator.console import in_words
from aggregator.model import Settings, Source
from aggregator.newsroom import open_newsroom
from aggregator.pipeline import decide_and_print
from aggregator.places import Places, as_json, examples, load_beside, with_places
from aggregator.record import records
from aggregator.removal import release, remove, restore, unknown
from aggregator.settings_words import closest, did_you_mean
from aggregator.store.engine import open_beside, open_to_read, transaction
from feeds.errors import BroadsheetError, StateHeldError

_Answer = TypeVar("_Answer")


@click.command(
    name="show",
    short_help="Show where an article is, why, and what changed in it.",
    epilog=examples("broadsheet show https://their.example/page"),
)
@click.argument("article")
@with_places
@as_json
@in_words
def show_command(*, places: Places, article: str, as_json: bool) -> None:
    """Show what is known of ARTICLE, the address of its page or its id.

    Where it is in the paper and why, or why it is not; and what its source changed in it, and when.
    """
    settings = load_beside(places.output)(places.config)
    with open_to_read(places.database_for(settings)) as connection:
        if connection is None:
            raise unknown("nothing we know", article)
        found = records(connection, article, settings)
    console.print_records(found, as_json=as_json)


@click.command(name="remove", short_help="Take an article out of the paper.")
@click.argument("article")
@click.option("--reason", default="", help="Why; it is kept with the article.")
@with_places
@in_words
def remove_command(*, places: Places, article: str, reason: str) -> None:
    """Take ARTICLE, the address of its page or its id, out of all feeds, lists and pages.

    It does not come back though its source still carries it; `broadsheet restore` brings it back.
    """
    settings = load_beside(places.output)(places.config)
    taken = _change(
        places,
        settings,
        lambda connection: remove(connection, article, settings, reason=reason, now=utc_now()),
    )
    for one in taken:
        console.out.print(f"removed: {one.title}", markup=False)


@click.command(name="restore", short_help="Bring an article back that was taken out.")
@click.argument("article")
@with_places
@in_words
def restore_command(*, places: Places, article: str) -> None:
    """Bring ARTICLE, the address of its page or its id, back under its old id and address."""
    settings = load_beside(places.output)(places.config)
    back = _change(places, settings, lambda connection: restore(connection, article, settings))
    for one in back:
        console.out.print(f"restored: {one.title}", markup=False)


@click.command(name="release", short_help="Let in what is held of a source that flooded us.")
@click.argument("source")
@click.option("--newest", type=click.IntRange(min=0), help="Let in so many of them alone.")
@click.option("--discard", is_flag=True, help="Hold the rest no longer: it is never news.")
@with_places
@in_words
def release_command(*, places: Places, source: str, newest: int | None, discard: bool) -> None:
    """Let in what is held of SOURCE, its name or id: all of it, unless you say otherwise."""
    settings = load_beside(places.output)(places.config)
    named = _named(source, settings)
    came, rest = _change(
        places,
        settings,
        lambda connection: release(connection, named, newest=newest, discard=discard),
    )
    what = "discarded" if discard else "held"
    console.out.print(f"{named.name}: {came} articles let in, {rest} {what}", markup=False)


def _change(places: Places, settings: Settings, change: Callable[[Connection], _Answer]) -> _Answer:
    """Change what is kept and print it, or have it printed by the Broadsheet that is at work."""
    try:
        with open_newsroom(
            state=places.state, output=places.output, database=places.database_for(settings)
        ) as newsroom:
            with transaction(newsroom.engine) as connection:
                answer = change(connection)
            decide_and_print(newsroom, settings, now=utc_now())
            return answer
    except StateHeldError:
        pass
    # A change is one transaction, and its marks are in the database: the next tick prints it.
    engine = open_beside(places.database_for(settings))
    try:
        with transaction(engine) as connection:
            answer = change(connection)
    finally:
        engine.dispose()
    console.err.print("the Broadsheet at work prints it in a moment", markup=False)
    return answer


def _named(name: str, settings: Settings) -> Source:
    for source in settings.sources:
        if name in {source.id, source.name}:
            return source
    names = tuple(one for source in settings.sources for one in (source.id, source.name))
    hint = did_you_mean(closest(name, names))
    raise BroadsheetError(f"no source is called {name!r}" + (f" ({hint})" if hint else ""))
