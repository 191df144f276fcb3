"""A document as a tree of elements; the only place where lxml is given bytes of strangers."""

from dataclasses import dataclass

from lxml import etree

from feeds.rawnames import Element


@dataclass(frozen=True, slots=True)
class Tree:
    """A document's root, and whether it is well-formed, namespaces included."""

    root: Element
    is_sound: bool


def grow(document: bytes, *, base_url: str) -> Tree | None:
    """Return the tree of a document, of which what is broken is left out; None for no XML at all.

    Nothing is loaded from elsewhere and no entity is expanded.
    """
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser, base_url=base_url)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    faults = parser.error_log.filter_from_errors()
    return Tree(root=root, is_sound=len(faults) == 0)


def written(root: Element) -> bytes:
    """Return a tree as a document in UTF-8."""
    return etree.tostring(root, encoding="utf-8")
