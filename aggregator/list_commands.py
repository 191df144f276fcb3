"""The commands that exchange lists of feeds with other readers, and find a site's feeds."""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import click

from aggregator.clock import utc_now
from aggregator.console import in_words
from aggregator.model import Settings
from aggregator.opml_import import imported
from aggregator.opml_settings import Unfilled, listing_of
from aggregator.places import Places, with_places
from aggregator.pull import AGENT, agent
from aggregator.settings import FILE, parse
from aggregator.yamlmarks import read_file
from feeds.discover import discover
from feeds.errors import BroadsheetError, ParseError, SettingsError
from feeds.fetch import Fetched, Fetcher, Request
from feeds.opml import LARGEST, read
from feeds.parse import parse as parse_feed
from feeds.sandbox import Sandbox
from publisher.subscriptions import render

with_http = click.option(
    "--with-http",
    is_flag=True,
    help="Take each source's http settings along: headers, cookie, auth, proxy and the others.",
)


@click.command(name="import", short_help="Make a sources.yaml of another reader's list (OPML).")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write sources.yaml into; printed unless given.",
)
@click.option(
    "--base-url",
    default="http://127.0.0.1:8420/",
    show_default=True,
    help="Where readers will find the paper.",
)
@with_http
@in_words
def import_command(*, file: Path, into: Path | None, base_url: str, with_http: bool) -> None:
    """Make a sources.yaml of FILE, an OPML list; its folders become sections.

    A sources.yaml that is there is never touched. Use --with-http only with a list of your own:
    it may send your environment's variables to the sources it names.
    """
    with file.open("rb") as opened:
        listing = read(opened.read(LARGEST + 1))
    made = imported(
        listing, title=listing.title or file.stem, base_url=base_url, with_http=with_http
    )
    if into is None:
        click.echo(made.text, nl=False)
        return
    _write(into / FILE, made.text)
    click.echo(f"wrote {into / FILE}: {made.sources} sources, {len(made.notes)} notes", err=True)


@click.command(name="export", short_help="Print the sources as a list for other readers (OPML).")
@with_places
@with_http
@in_words
def export_command(*, places: Places, with_http: bool) -> None:
    """Print the sources as OPML: any reader takes it, and `broadsheet import` loses nothing.

    It says no secret: what is ${NAME} in sources.yaml stays so, and what is written out becomes so.
    """
    settings = parse(
        read_file(places.config / FILE),
        environ=Unfilled(os.environ),
        directory=places.config.absolute(),
    )
    listing = listing_of(settings, with_http=with_http)
    click.echo(render(listing, modified=utc_now()), nl=False)
    for note in listing.notes:
        click.echo(note, err=True)


@click.command(name="discover", short_help="Find the feeds of a site.")
@click.argument("url")
@with_places
@in_words
def discover_command(*, url: str, places: Places) -> None:
    """Print the feeds that the page at URL leads to, best first.

    Only what the page itself names is looked at, never a guess: no site is asked for addresses
    that it does not have. Write the one you want into sources.yaml, as feed:.
    """
    paper = _paper(places)
    allowed = paper.site.allow_networks if paper else ()
    address = url if "://" in url else f"https://{url}"
    with closing(Fetcher(allow_networks=allowed)) as fetch:
        reply = fetch(Request(url=address, user_agent=agent(paper) if paper else AGENT))
    if not isinstance(reply, Fetched):
        raise BroadsheetError(f"{url}: nothing came")
    try:
        with Sandbox(parse_feed) as read_safely:
            read_safely(reply.body, reply.url, reply.content_type)
    except ParseError as error:
        click.echo("\n".join(_found(reply, error)))
    else:
        click.echo(f"{reply.url}  (a feed itself)")


def _found(reply: Fetched, error: ParseError) -> Iterator[str]:
    """Yield a line for each feed a page leads to; raise BroadsheetError, saying why, for none."""
    found = discover(
        reply.body, base_url=reply.url, links=reply.links, content_type=reply.content_type
    )
    if not found:
        raise BroadsheetError(f"{reply.url} leads to no feed: {error}") from error
    for each in found:
        yield "  ".join(filter(None, (each.href, f"({each.kind.value})", each.title)))


def _paper(places: Places) -> Settings | None:
    """Return the paper here, for which we ask; None where there is none that can be used."""
    with suppress(SettingsError):
        return parse(read_file(places.config / FILE), environ=Unfilled(os.environ))
    return None


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise BroadsheetError(f"{path} is there already; nothing was written") from error
    except OSError as error:
        raise BroadsheetError(f"{path} cannot be written: {error.strerror}") from error
