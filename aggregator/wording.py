"""What a person at a terminal reads of decisions: why they were taken, and would be otherwise."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from shutil import get_terminal_size
from textwrap import wrap

from aggregator.answers import Answer, Ground
from aggregator.console import out, print_records
from aggregator.labels import FEWEST
from aggregator.model import Settings
from aggregator.rejudging import Difference
from aggregator.review import Unplaced
from aggregator.settings_editorial import EDITORIAL
from aggregator.status import minute
from aggregator.teaching import NOTHING, Taught
from aggregator.why import Explanation

NARROWEST = 30  # columns; below that a terminal is left to wrap by itself


def print_explanations(found: Sequence[Explanation], *, as_json: bool) -> None:
    """Print why articles are as they are: a title each, and beneath it question by question."""
    if as_json:
        _print_json([one.as_json() for one in found])
        return
    for one in found:
        # Where it is in the paper is one of the questions.
        print_records([replace(one.record, sections=())], as_json=False)
        for answer in one.answers.values():
            _print_answer(answer)


def print_differences(found: Iterable[Difference], *, judged: int, as_json: bool) -> None:
    """Print what is decided otherwise of articles, one by one as it is found, and how much."""
    if as_json:
        out.print(f'{{"judged": {judged}, "changed": [', markup=False, end="")
        for at, each in enumerate(found):
            out.print(f"{',' if at else ''}\n{json.dumps(each.as_json())}", markup=False, end="")
        out.print("]}", markup=False)
        return
    counted: Counter[str] = Counter()
    changed = 0
    for one in found:
        changed += 1
        out.print(printable(one.title) or "(no title)", style="bold", markup=False)
        for mark, decisions in (("-", one.gone), ("+", one.new), ("~", one.reworded)):
            for decision in decisions:
                counted[decision.kind] += 1
                why = f" ({decision.reason})" if mark != "-" and decision.reason else ""
                _print_line(f"  {mark} {decision.kind}: ", f"{decision.about}{why}")
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(counted.items()))
    beneath = f" ({kinds})" if kinds else ""
    out.print(f"{judged} articles judged again, {changed} decided otherwise{beneath}", markup=False)


def print_taught(taught: Taught, settings: Settings, *, as_json: bool) -> None:
    """Print what was learnt: from how many labels, and how it did on what was held out."""
    if as_json:
        _print_json(taught.as_json())
        return
    for section in settings.sections:
        if section.slug in taught.labels:
            _print_line(f"{taught.labels[section.slug]:>7} ", f"labels of {section.title}")
        if (few := taught.left_out.get(section.slug)) is not None:
            words = f"of {section.title}: left out, {FEWEST} are needed"
            _print_line(f"{few:>7} ", words, style="dim")
    known = taught.classifier
    if known is None:
        _print_line("", NOTHING)
        return
    for how, needed in (("by words", known.by_words), ("with the embedding", known.by_both)):
        if needed and needed.rule is not None:
            _print_line(
                "",
                f"{how}, held out: {needed.coverage:.0%} would be placed, {needed.precision:.0%} "
                f"of these rightly; {needed.rule:.2f} is needed",
            )
            for slug, more in needed.exceptions.items():
                least = "never sure enough" if more is None else f"{more:.2f} is needed"
                _print_line("  ", f"{slug}: {least}")
        elif needed:
            _print_line("", f"{how}, held out: too much is wrong; it places nothing")
    state = "learnt" if taught.is_new else "nothing new to learn: as learnt"
    when = f"{known.trained_at:%Y-%m-%d %H:%M} UTC"
    _print_line("", f"{state} {when}, version {known.version}, in {taught.file}")


def print_queue(found: Sequence[Unplaced], *, waiting: int, as_json: bool) -> None:
    """Print what nobody can place, each with the line that would place it."""
    if as_json:
        _print_json({"waiting": waiting, "articles": [one.as_json() for one in found]})
        return
    for one in found:
        out.print(printable(one.title) or "(no title)", style="bold", markup=False)
        _print_line("  ", f"{one.source}, {minute(one.published)}, {one.id}")
        near = ", ".join(f"{title} {guess.share:.2f}" for title, guess in one.guesses)
        _print_line("  ", f"nearest: {near}" if near else "no classifier knows its words")
        _print_line("    ", one.line, style="cyan")
    if not waiting:
        _print_line("", "nothing waits: all of the last sixty days is in a section")
        return
    where = f"put such a line under section: in {EDITORIAL}"
    _print_line("", f"{len(found)} of {waiting} shown; {where}")


def printable(words: str) -> str:
    """Return words of others so that they can do a terminal no harm."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in words)


def _print_answer(answer: Answer) -> None:
    methods = sorted({one.method for one in (*answer.found, *answer.passed_over) if one.method})
    by = f" [{', '.join(methods)}]" if methods else ""
    out.print(f"{answer.heading}{by}", style="bold", markup=False)
    for ground in answer.found:
        for first, words in _told(ground):
            _print_line(first, words)
    if not answer.found and answer.nothing:
        _print_line("  ", answer.nothing)
    for ground in answer.passed_over:
        for first, words in _told(ground, mark="not "):
            _print_line(first, words, style="dim")


def _told(ground: Ground, *, mark: str = "") -> Iterator[tuple[str, str]]:
    """Yield what is printed of a ground, line by line: what begins the line, and the rest."""
    if not ground.address:
        yield f"  {mark}", f"{ground.about}: {ground.words}" if ground.about else ground.words
        return
    yield f"  {mark}", ground.about
    yield "      ", ground.words
    if ground.figures:
        yield "      ", ", ".join(_figure(*pair) for pair in ground.figures.items())
    yield "      ", ground.address


def _figure(name: str, part: float) -> str:
    return f"{name} {part}" if isinstance(part, int) else f"{name} {part:.2f}"


def _print_line(first: str, words: str, *, style: str | None = None) -> None:
    """Print a line, wrapped beneath itself on a terminal, and whole where it goes elsewhere."""
    width = get_terminal_size().columns if out.is_terminal else 0
    lines = [printable(words)]
    if width >= NARROWEST:
        # An address that is broken leads nowhere.
        lines = wrap(
            lines[0], width - len(first), break_long_words=False, break_on_hyphens=False
        ) or [""]
    for at, line in enumerate(lines):
        out.print(f"{' ' * len(first) if at else first}{line}", style=style, markup=False)


def _print_json(value: object) -> None:
    out.print(json.dumps(value, indent=2), markup=False)
