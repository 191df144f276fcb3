"""The command line: what an operator types, and the exit codes a script can rely on.

0: done; a paper is out. 2: the configuration or the call is wrong. 3: nothing could be published.
75: another copy holds the state (EX_TEMPFAIL: try again). 130: stopped by Ctrl-C.
"""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import TextIOWrapper
from pathlib import Path

import click

from aggregator import console, demo, logs
from aggregator.article_commands import (
    release_command,
    remove_command,
    restore_command,
    show_command,
)
from aggregator.clock import utc_now
from aggregator.config_commands import check_command, init_command
from aggregator.console import in_words
from aggregator.db_commands import db
from aggregator.editors import unknown
from aggregator.hub_status import status as hub_status
from aggregator.intake import Outcome
from aggregator.judging_commands import rejudge_command, why_command
from aggregator.list_commands import discover_command, export_command, import_command
from aggregator.model import Settings
from aggregator.newsroom import Newsroom, open_newsroom
from aggregator.nightly import Nightly
from aggregator.pipeline import Report, print_paper
from aggregator.pipeline import build as build_paper
from aggregator.places import (
    OUTPUT_HELP,
    STATE_HELP,
    Places,
    as_json,
    examples,
    folder_option,
    load_beside,
    with_places,
)
from aggregator.printing import Printed
from aggregator.pushing import open_pushing
from aggregator.review import count
from aggregator.running import TICK, open_fetcher
from aggregator.running import run as run_for_ever
from aggregator.running import serve as serve_for_ever
from aggregator.section_commands import review_command, train_command
from aggregator.status import statuses
from aggregator.store.address import address, shown
from aggregator.store.aside import held
from aggregator.store.engine import open_to_read
from aggregator.store.sources import entries, remembered
from aggregator.telling import open_telling
from aggregator.telling import tell as tell_hubs
from aggregator.watch import ConfigWatch
from feeds.errors import PublishError
from publisher.serve import Server

host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to serve the paper on."
)
port_option = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8420,
    show_default=True,
    help="The port to serve the paper on; 0: any free.",
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "broadsheet demo                    see it work, off-line",
        "broadsheet init paper && cd paper  a paper of your own",
        "broadsheet check                   is config/sources.yaml all right?",
        "broadsheet build                   pull what is due, and publish",
        "broadsheet run                     the same for ever, and serve it",
        "broadsheet serve                   serve what is printed, and no more",
        "broadsheet status                  how is each source?",
    ),
)
@click.version_option(package_name="broadsheet")
def main() -> None:
    """Turn a list of feeds into a newspaper that feed readers subscribe to."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name in a script the terminal does not know
            stream.reconfigure(errors="backslashreplace")
    logs.configure()


@main.command(
    short_help="Pull what is due, decide, publish.",
    epilog=examples("broadsheet build", "broadsheet build --all --json"),
)
@with_places
@click.option("--all", "everything", is_flag=True, help="Ask every source, due or not.")
@as_json
@in_words
def build(*, places: Places, everything: bool, as_json: bool) -> None:
    """Pull what is due, decide, publish.

    A source that fails stops nothing: it is named, with why, and the paper comes out.
    """
    settings = load_beside(places.output)(places.config)
    told = list[Outcome]()
    try:
        with (
            _newsroom(places, settings) as newsroom,
            open_fetcher(settings) as fetch,
            console.pulling(told.append) as tell,
        ):
            report = build_paper(
                newsroom, settings, fetch=fetch, now=utc_now(), everything=everything, tell=tell
            )
            tell_hubs(newsroom.engine, places.output, settings)
    except PublishError as error:  # why there is no paper may well be what the sources said
        report = Report(outcomes=tuple(told), printed=Printed())
        console.print_report(report, as_json=as_json, error=error)
        if as_json:
            sys.exit(console.UNPUBLISHED)
        raise
    console.print_report(report, as_json=as_json)


@main.command(
    short_help="Pull and publish for ever, and serve the paper.",
    epilog=examples("broadsheet run", "broadsheet run --host 0.0.0.0 --port 8080"),
)
@with_places
@host_option
@port_option
@click.option(
    "--tick",
    type=click.FloatRange(min=0.1),
    default=TICK.total_seconds(),
    hidden=True,
    help="How many seconds between two looks at what is due.",
)
@in_words
def run(*, places: Places, host: str, port: int, tick: float) -> None:
    """Pull and publish for ever, and serve the paper.

    The configuration is read again when it changes; while it is broken, the last good one
    stays. SIGTERM or Ctrl-C ends it.
    """
    watch = ConfigWatch(places.config, load_beside(places.output))
    settings = watch.current()
    with (
        _newsroom(places, settings) as newsroom,
        open_pushing(newsroom.engine) as pushing,
        open_telling(newsroom.engine, places.output, pushing.beside) as telling,
    ):
        server = Server(places.output, host=host, port=port, beside=pushing.beside)
        run_for_ever(
            newsroom,
            server,
            watch.current,
            started=_say_where(host),
            every=timedelta(seconds=tick),
            pushing=pushing,
            telling=telling,
            nightly=Nightly(places.options, places.environment),
        )


@main.command(
    short_help="Serve the paper as it is printed.",
    epilog=examples("broadsheet serve", "broadsheet serve --output /srv/www/paper --port 8080"),
)
@folder_option("output", Path("public"), OUTPUT_HELP)
@host_option
@port_option
@in_words
def serve(*, output: Path, host: str, port: int) -> None:
    """Serve the paper as it is printed: nothing is pulled, and nothing written.

    What another Broadsheet prints there meanwhile is served at once. Pushes are heard by `run`
    alone. SIGTERM or Ctrl-C ends it.
    """
    if not output.is_dir():
        console.print_error(
            f"there is no paper in {output} yet; until `broadsheet build` prints one, readers are "
            "asked to come again"
        )
    serve_for_ever(Server(output, host=host, port=port), started=_say_where(host))


@main.command(
    short_help="Lay everything out again, without network.",
    epilog=examples("broadsheet publish", "broadsheet publish --output /srv/www/paper"),
)
@with_places
@in_words
def publish(*, places: Places) -> None:
    """Lay everything out again from what is stored, without network."""
    settings = load_beside(places.output)(places.config)
    with _newsroom(places, settings) as newsroom, console.working("printing"):
        printed = print_paper(newsroom, settings, now=utc_now(), everything=True)
        tell_hubs(newsroom.engine, places.output, settings)
    console.print_printed(printed)


@main.command(
    short_help="Show how each source is.",
    epilog=examples(
        "broadsheet status",
        "broadsheet status --json | jq '.[] | select(.error)'",
        "broadsheet status --hubs           who is told of news, and who is not",
    ),
)
@with_places
@click.option("--hubs", "hubs_alone", is_flag=True, help="Show the paper's hubs and nothing else.")
@as_json
@in_words
def status(*, places: Places, hubs_alone: bool, as_json: bool) -> None:
    """Show each source: its state, its entries, its next turn, and its last error in words.

    Below them it shows the paper's hubs, if it has any: what they know of, and who is sent what.
    """
    settings = load_beside(places.output)(places.config)
    url = places.database_for(settings)
    with open_to_read(url) as connection:
        if connection is None and not as_json:
            console.err.print(f"nothing is remembered in {shown(address(url))} yet", markup=False)
        known = remembered(connection) if connection else {}
        counted = entries(connection) if connection else {}
        waiting = held(connection) if connection else {}
        strangers = unknown(connection, settings) if connection else ()
        unplaced = count(connection, now=utc_now()) if connection and settings.sections else 0
        hubs = hub_status(connection, settings.site)
    if hubs_alone:
        console.print_hubs(hubs, as_json=as_json, now=utc_now())
        return
    console.print_notes(strangers)
    rows = statuses(settings, known, counted, waiting)
    console.print_statuses(rows, as_json=as_json, now=utc_now())
    if as_json:
        return
    if unplaced:
        console.print_unplaced(unplaced)
    console.print_hubs(hubs, as_json=False, now=utc_now())


@main.command(
    name="demo",
    short_help="See it all work, off-line, on a sample wire.",
    epilog=examples(
        "broadsheet demo", "broadsheet demo --once --output /tmp/paper --state /tmp/paper-state"
    ),
)
@click.option("--once", is_flag=True, help="Build the paper and end, instead of serving it.")
# The environment's folders are the operator's own paper, which the sample must not touch.
@folder_option("state", Path("demo/state"), STATE_HELP, from_environment=False)
@folder_option("output", Path("demo/public"), OUTPUT_HELP, from_environment=False)
@host_option
@port_option
@in_words
def demo_command(*, once: bool, state: Path, output: Path, host: str, port: int) -> None:
    """Run the whole product off-line, on a sample wire of our own."""
    places = f"--config {demo.config(state)} --state {state} --output {output}"
    asking = f"ask of any article: broadsheet why ADDRESS {places}"
    if once:
        console.print_report(demo.once(state=state, output=output, port=port), as_json=False)
        console.out.print(f"the paper is in {output}; {asking}", markup=False)
    else:
        started = _say_where(host, asking)
        demo.serve(state=state, output=output, host=host, port=port, started=started)


def _newsroom(places: Places, settings: Settings) -> AbstractContextManager[Newsroom]:
    url = places.database_for(settings)
    return open_newsroom(state=places.state, output=places.output, database=url)


def _say_where(host: str, more: str = "") -> Callable[[int], None]:
    def say(port: int) -> None:
        name = f"[{host}]" if ":" in host else host
        console.err.print(f"the paper is at http://{name}:{port}/", markup=False)
        if more:
            console.err.print(more, markup=False)

    return say


for _command in (
    *(init_command, check_command, db, import_command, export_command, discover_command),
    *(train_command, review_command),
    *(why_command, rejudge_command, show_command, remove_command, restore_command, release_command),
):
    main.add_command(_command)

if __name__ == "__main__":
    main()
