"""What a worker is given to do. Whoever gives it loads nothing of what it is done with."""

from collections.abc import Set as AbstractSet

from feeds.reading import Reading

NEEDS = ("feeds.parse",)  # what whoever does the work is to load beforehand


def read(
    body: bytes, base_url: str, content_type: str = "", seen: AbstractSet[str] = frozenset()
) -> Reading:
    """Return what `feeds.parse.parse_unseen` does, and raise what it raises."""
    from feeds.parse import parse_unseen  # noqa: PLC0415 -- see above

    return parse_unseen(body, base_url, content_type, seen)
