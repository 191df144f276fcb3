"""What a person at a terminal sees: progress, tables, and what went wrong, in words."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from shutil import get_terminal_size
from typing import Any

from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from aggregator.hub_status import HubStatus
from aggregator.intake import Outcome
from aggregator.pipeline import Report, Told
from aggregator.printing import Printed
from aggregator.record import WORDS, Record
from aggregator.status import SourceStatus, ago, many, minute
from feeds.errors import (
    BroadsheetError,
    Problem,
    PublishError,
    SettingsError,
    StateHeldError,
    StoreError,
)

MISCONFIGURED, UNPUBLISHED, HELD, INTERRUPTED = 2, 3, 75, 130
COLOURS = {"ok": "green", "new": "yellow", "off": "dim"}  # all other states are trouble

_NARROWEST_NAME = 12
_HEADINGS = ("state", "entries", "new", "last success", "next turn", "because of")

# Words are printed as they are: not cut or wrapped, not coloured at will, no :code: made a picture.
out = Console(width=1_000, highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def in_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn our errors into words and the exit code that goes with them."""

    @wraps(command)
    def guarded(**arguments: Any) -> None:
        try:
            command(**arguments)
        except BroadsheetError as error:
            if arguments.get("as_json"):
                _print_json(_error_as_json(error))
            print_error(str(error))
            sys.exit(_code(error))
        except KeyboardInterrupt:
            print_error("interrupted; what was kept so far stays")
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            raise  # whoever read our words has gone; click ends without more of them
        except OSError as error:  # such as a report that no longer fits on the disk
            print_error(f"{error.filename or 'cannot write'}: {error.strerror}")
            sys.exit(UNPUBLISHED)

    return guarded


def _error_as_json(error: BroadsheetError) -> dict[str, object]:
    problems = error.problems if isinstance(error, SettingsError) else ()
    return {"error": str(error), "problems": [asdict(problem) for problem in problems]}


def _code(error: BroadsheetError) -> int:
    match error:
        case StateHeldError():
            return HELD
        case StoreError() | PublishError():
            return UNPUBLISHED
        case _:
            return MISCONFIGURED


@contextmanager
def pulling(hear: Callable[[Outcome], object]) -> Iterator[Told]:
    """Yield what is to be told of each source; `hear` is told, and on a terminal a bar moves.

    Once all sources have answered the bar says that the paper is being printed.
    """
    with _bar() as bar:
        task = bar.add_task("pulling", total=None, last="")

        def tell(outcome: Outcome, done: int, total: int) -> None:
            hear(outcome)
            if done < total:
                last = f"{done}/{total} {_shown(outcome.name)}"
                # the first at once: two answers may be closer together than two looks at the bar
                bar.update(task, completed=done, total=total, last=last, refresh=done == 1)
            else:
                bar.update(task, description="printing", total=None, last="")

        yield tell


@contextmanager
def working(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal that something is under way; what is yielded may be told how far."""
    with _bar() as bar:
        task = bar.add_task(what, total=None, last="")
        yield lambda done, total: bar.update(
            task, completed=done, total=total, last=f"{done}/{total}"
        )


def print_error(words: str) -> None:
    """Print why a command could not do what it was asked for."""
    err.print(_shown(words), style="red")


def print_problems(problems: Sequence[Problem]) -> None:
    """Print the mistakes in the configuration as JSON: a list, empty where all is well."""
    _print_json([asdict(problem) for problem in problems])


def print_notes(problems: Sequence[Problem]) -> None:
    """Print, beside what was asked for, what in the configuration has no effect now."""
    for problem in problems:
        err.print(f"[yellow]{_shown(str(problem))}[/]")


def print_report(report: Report, *, as_json: bool, error: PublishError | None = None) -> None:
    """Print what a build did: one line in all, and one for each source that failed.

    `error` is why nothing came of it; as text it is the caller's to print.
    """
    if as_json:
        _print_json(_report_as_json(report) | {"error": str(error) if error else None})
        return
    failed = [outcome for outcome in report.outcomes if outcome.error]
    for outcome in failed:
        out.print(f"[red]failed[/] {_shown(outcome.name)}: {_shown(outcome.error or '')}")
    _print_faults(report.printed)
    new = sum(outcome.new for outcome in report.outcomes)
    changed = sum(outcome.changed for outcome in report.outcomes)
    out.print(
        f"{many(len(report.outcomes), 'source')} asked, {len(failed)} failed; "
        f"{many(new, 'new article')}, {changed} changed; "
        f"{many(report.printed.changed, 'file')} written"
    )


def print_printed(printed: Printed) -> None:
    """Print what laying out again did."""
    _print_faults(printed)
    out.print(f"{many(printed.changed, 'file')} written, {printed.unchanged} as they were")


def print_statuses(rows: Sequence[SourceStatus], *, as_json: bool, now: datetime) -> None:
    """Print how each source is: a line for each, and below them what is wrong with which."""
    if as_json:
        _print_json([row.as_json() for row in rows])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    beside = [_beside(row, now) for row in rows]
    table.add_column("source", no_wrap=True, max_width=_room_for_names([_HEADINGS, *beside]))
    for heading in _HEADINGS:
        justify: JustifyMethod = "right" if heading in {"entries", "new"} else "left"
        table.add_column(heading, no_wrap=True, justify=justify)
    for row, (state, *others) in zip(rows, beside, strict=True):
        table.add_row(_shown(row.name), f"[{_colour(row)}]{state}[/]", *others)
    out.print(table, soft_wrap=False)
    for row in rows:
        if row.error:
            out.print(f"[{_colour(row)}]{_shown(row.name)}[/]: {_shown(row.error)}")
        if row.held:
            out.print(
                f"[yellow]{_shown(row.name)}[/]: {many(row.held, 'article')} of a flood held; "
                f"`broadsheet release {_shown(row.id)}` lets them in, with --discard it does not"
            )
        for note in (row.notes or "").splitlines():
            out.print(f"[dim]{_shown(row.name)}: {_shown(note)}[/]")
        if row.cure:
            name = "  " if row.error else f"{_shown(row.name)}: "
            out.print(f"{name}{_shown(row.cure)}")


def print_unplaced(articles: int) -> None:
    """Print how many articles wait for somebody to place them."""
    out.print(f"{many(articles, 'article')} in no section; `broadsheet review` shows them")


def print_hubs(hubs: HubStatus, *, as_json: bool, now: datetime) -> None:
    """Print how the paper's hubs are, in words; nothing where it has none."""
    if as_json:
        _print_json(hubs.as_json())
        return
    for words, is_well in hubs.lines(now=now):
        out.print(_shown(words), style=None if is_well else "red")


def print_records(records: Sequence[Record], *, as_json: bool) -> None:
    """Print what is known of articles: a title each, and beneath it all the rest."""
    if as_json:
        _print_json([record.as_json() for record in records])
        return
    for record in records:
        out.print(f"[bold]{_shown(record.title) or '(no title)'}[/]")
        for name, words in _told(record):
            out.print(f"  {name:<13} {_shown(words)}")


def _told(record: Record) -> Iterator[tuple[str, str]]:
    """Yield what `show` shows of an article, line by line."""
    yield "source", record.source
    yield "is", f"{WORDS[record.state]}, since {minute(record.since)}"
    known = {"because": record.comment, "its page": record.permalink, "in the paper": record.page}
    yield from ((name, words) for name, words in known.items() if words)
    yield "ids", ", ".join(filter(None, (record.id, record.atom_id)))
    yield from (("section", f"{title}: {reason}") for title, reason in record.sections)
    for change in record.changes:
        fields = ", ".join(field.replace("_", " ") for field in change.fields)
        before = f' (was "{change.title}")' if "title" in change.fields else ""
        yield "changed", f"{minute(change.at)}: {fields}{before}"
    if record.waits_until:
        yield "to change", f"{minute(record.waits_until)}: it has changed too often for now"


def _beside(row: SourceStatus, now: datetime) -> tuple[str, ...]:
    """Return what `status` shows beside a source's name."""
    if row.state == "new":
        turn = "due"
    elif row.next_fetch is None:
        turn = "-"
    else:
        turn = "due" if row.next_fetch <= now else ago(row.next_fetch, now)
    success = ago(row.last_success, now) or "never"
    return row.state, str(row.entries), str(row.new), success, turn, row.why or ""


def _room_for_names(beside: Sequence[Sequence[str]]) -> int | None:
    """Return the columns a terminal leaves for names: they alone are ever cut; None: as many."""
    if not out.is_terminal:
        return None
    taken = sum(2 + max(map(len, column)) for column in zip(*beside, strict=True))
    return max(get_terminal_size().columns - taken, _NARROWEST_NAME)


def _colour(row: SourceStatus) -> str:
    return COLOURS.get(row.state, "red")


def _report_as_json(report: Report) -> dict[str, object]:
    return {
        "sources": [
            {
                "id": outcome.source_id,
                "name": outcome.name,
                "new": outcome.new,
                "changed": outcome.changed,
                "skipped": outcome.skipped,
                "withdrawn": outcome.withdrawn,
                "error": outcome.error,
            }
            for outcome in report.outcomes
        ],
        "written": report.printed.changed,
        "left_out": list(report.printed.faults),
    }


def _bar() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}", style="dim"),
    )
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _print_json(value: object) -> None:
    # In ASCII, which no locale can refuse; rich's own way would colour it.
    out.print(json.dumps(value, indent=2), markup=False)


def _print_faults(printed: Printed) -> None:
    for fault in printed.faults:
        out.print(f"[yellow]left out[/] {_shown(fault)}")


def _shown(words: str) -> str:
    """Return words of others so that they can do a terminal no harm, nor be taken for markup."""
    lines = words.split("\n")
    return escape("\n".join("".join(c if c.isprintable() else "\ufffd" for c in s) for s in lines))
