"""What a person at a terminal sees: progress, tables, and what went wrong, in words."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from aggregator.intake import Outcome
from aggregator.pipeline import Report, Told
from aggregator.status import SourceStatus
from feeds.errors import Problem

COLOURS = {"ok": "green", "failing": "red", "gone": "red", "new": "yellow", "off": "dim"}

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Told]:
    """Yield what is to be told of each source; on a terminal a bar moves with it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("pulling", total=None)

        def tell(outcome: Outcome, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=escape(outcome.name)[:40])

        yield tell


def print_problems(problems: Sequence[Problem]) -> None:
    """Print the mistakes in the configuration as JSON: a list, empty where all is well."""
    out.print_json(json.dumps([asdict(problem) for problem in problems]))


def print_report(report: Report, *, as_json: bool) -> None:
    """Print what a build did: one line in all, and one for each source that failed."""
    if as_json:
        out.print_json(json.dumps(_report_as_json(report)))
        return
    failed = [outcome for outcome in report.outcomes if outcome.error]
    for outcome in failed:
        out.print(f"[red]failed[/] {escape(outcome.name)}: {escape(outcome.error or '')}")
    for fault in report.printed.faults:
        out.print(f"[yellow]left out[/] {escape(fault)}")
    new = sum(outcome.new for outcome in report.outcomes)
    changed = sum(outcome.changed for outcome in report.outcomes)
    out.print(
        f"{_many(len(report.outcomes), 'source')} asked, {len(failed)} failed; "
        f"{_many(new, 'new article')}, {changed} changed; "
        f"{_many(report.printed.changed, 'file')} written"
    )


def print_statuses(rows: Sequence[SourceStatus], *, as_json: bool, now: datetime) -> None:
    """Print how each source is."""
    if as_json:
        out.print_json(json.dumps([row.as_json() for row in rows]))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("source", "state", "entries", "new", "last success", "next turn", "error"):
        table.add_column(heading, justify="right" if heading in {"entries", "new"} else "left")
    for row in rows:
        table.add_row(
            escape(row.name),
            f"[{COLOURS.get(row.state, 'default')}]{row.state}[/]",
            str(row.entries),
            str(row.new),
            ago(row.last_success, now) or "never",
            ago(row.next_fetch, now) or "-",
            escape(row.error or ""),
        )
    out.print(table, soft_wrap=False)


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how far a moment is from now in words: "3 min ago", "in 2 h"; "" for none."""
    if moment is None:
        return ""
    seconds = int((moment - now).total_seconds())
    size = abs(seconds)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if size >= length:
            words = f"{size // length} {unit}"
            return f"in {words}" if seconds > 0 else f"{words} ago"
    return "in a moment" if seconds > 0 else "just now"


def _report_as_json(report: Report) -> dict[str, object]:
    return {
        "sources": [
            {
                "id": outcome.source_id,
                "name": outcome.name,
                "new": outcome.new,
                "changed": outcome.changed,
                "skipped": outcome.skipped,
                "error": outcome.error,
            }
            for outcome in report.outcomes
        ],
        "written": report.printed.changed,
        "left_out": list(report.printed.faults),
    }


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
