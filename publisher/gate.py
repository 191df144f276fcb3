"""The gate: nothing unsound replaces a published feed, and no bad entry stops the others. Pure.

What is about to be published is read back from its bytes. It passes if it is well-formed and
says all it was made of; what that was is admitted (unique ids, absolute addresses, what is
demanded is there), and no date in it is before one that readers have seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from feeds.errors import PublishError
from feeds.model import Entry, Feed
from publisher.admission import sift
from publisher.formats import ALL, Format, placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What may be published, by the names of files, and what was set aside, each with why.

    A format that is not among the `files` keeps what it has.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    set_aside: tuple[str, ...] = ()


def issue(feed: Feed, *, before: Feed | None = None, formats: Sequence[Format] = ALL) -> Passed:
    """Return a feed in every format, so far as it is sound; `before` is what is published now.

    An entry that cannot be written is left out of all formats, so that they stay the same; one
    whose date would go back stays as it was. Raises PublishError where the fault is the feed's.
    """
    sound, left_out = sift(feed)
    sound, held = _not_before(sound, before) if before else (sound, ())
    files, failed = _written(sound, formats)
    if not failed:
        return Passed(files=files, set_aside=(*left_out, *held))
    kept, bad = _each_alone(sound, formats)
    if kept.entries or not sound.entries:
        files, failed = _written(kept, formats)
    return Passed(files=files, set_aside=(*left_out, *held, *bad, *failed))


def last(document: bytes | None, one: Format) -> Feed | None:
    """Return what is published now, or None for nothing, or for what is none of our feeds."""
    try:
        return one.read(document) if document else None
    except PublishError:
        return None  # cut short by whatever befell it: what replaces it can only be better


def _not_before(feed: Feed, before: Feed) -> tuple[Feed, tuple[str, ...]]:
    """Return the feed without dates that readers have seen pass, and what was held back."""
    known = {entry.id: entry for entry in before.entries}
    held = {
        entry.id: known[entry.id]
        for entry in feed.entries
        if entry.id in known and entry.updated < known[entry.id].updated
    }
    reasons = tuple(
        f"entry {entry.id!r}: it was changed {held[entry.id].updated.isoformat()}, and would now "
        f"have been {entry.updated.isoformat()}; it stays as it was published"
        for entry in feed.entries
        if entry.id in held
    )
    entries = tuple(held.get(entry.id, entry) for entry in feed.entries)
    return replace(feed, updated=max(feed.updated, before.updated), entries=entries), reasons


def _written(feed: Feed, formats: Sequence[Format]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the feed in those formats in which it is sound, and why it is not in the others."""
    files: dict[str, bytes] = {}
    failed: list[str] = []
    for one in formats:
        here = placed(feed, one)
        try:
            files[one.kind.name] = _checked(here, one)
        except PublishError as error:
            failed.append(f"feed {here.self_href!r}: {error}; what is published stays")
    return files, tuple(failed)


def _each_alone(feed: Feed, formats: Sequence[Format]) -> tuple[Feed, tuple[str, ...]]:
    """Return the feed without the entries that are not sound even alone, and why not.

    Where a format has none that is, the format is at fault and no entry.
    """
    bad: dict[str, str] = {}
    for one in formats:
        faults = dict(_faults(feed, one))
        bad = faults | bad if len(faults) < len(feed.entries) else bad
    kept = tuple(entry for entry in feed.entries if entry.id not in bad)
    return replace(feed, entries=kept), tuple(
        bad[entry.id] for entry in feed.entries if entry.id in bad
    )


def _faults(feed: Feed, one: Format) -> Iterator[tuple[str, str]]:
    """Yield the ids of the entries that are not sound alone in a format, and why not."""
    for entry in feed.entries:
        try:
            _checked(placed(replace(feed, entries=(entry,)), one), one)
        except PublishError as error:
            yield entry.id, f"entry {entry.id!r}: as {one.kind.title} {error}"


def _checked(feed: Feed, one: Format) -> bytes:
    """Return an admitted feed as a document that gives it back. Raises PublishError, saying why."""
    try:
        document = one.write(feed)
    except ValueError as error:  # what a library will not write, such as a control character
        raise PublishError(f"it cannot be written: {error}") from error
    found = one.read(document)
    if found != feed:
        raise PublishError(f"it would not say the same: {_difference(feed, found)}")
    return document


def _difference(feed: Feed, found: Feed) -> str:
    """Return in words what a document says otherwise than the feed it was made of."""
    if len(found.entries) != len(feed.entries):
        return f"{len(found.entries)} entries of {len(feed.entries)}"
    for entry, other in zip(feed.entries, found.entries, strict=True):
        if entry != other:
            return f"the {_differing(entry, other)} of entry {entry.id!r}"
    return f"the {_differing(feed, found)} of the feed"


def _differing(one: Feed | Entry, other: Feed | Entry) -> str:
    names = [each.name for each in fields(one)]
    return ", ".join(name for name in names if getattr(one, name) != getattr(other, name))
