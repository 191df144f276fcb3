"""A list of feeds as OPML 2.0 that keeps our settings: what `feeds.opml` reads back. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree
from lxml.etree import _Element

from feeds.opml import NAMESPACE, Listing, Subscription
from publisher.xmlvalues import xml_text

PREFIX = "broadsheet"


def render(listing: Listing, *, modified: datetime | None = None) -> bytes:
    """Return the list in UTF-8; feeds beneath their folders, in the order of both.

    The attributes stand in one fixed order and ours are in a namespace of our own, so that
    other readers take the list as it is and a list under version control differs only where
    it changed.
    """
    document = etree.Element("opml", version="2.0", nsmap={PREFIX: NAMESPACE})
    head = etree.SubElement(document, "head")
    etree.SubElement(head, "title").text = xml_text(listing.title)
    if modified is not None:
        date = format_datetime(modified.astimezone(UTC), usegmt=True)
        etree.SubElement(head, "dateModified").text = date
    elements: dict[tuple[str, ...], _Element] = {(): etree.SubElement(document, "body")}
    for folder in listing.folders:
        element = etree.SubElement(elements[folder.path[:-1]], "outline")
        element.set("text", xml_text(folder.path[-1]))
        _set_ours(element, folder.settings)
        elements[folder.path] = element
    for subscription in listing.subscriptions:
        _append(elements[subscription.folders], subscription)
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _append(parent: _Element, subscription: Subscription) -> None:
    element = etree.SubElement(parent, "outline")
    attributes = {
        "text": subscription.title or subscription.feed,
        "type": "rss",  # OPML 2.0 says rss of Atom feeds too
        "title": subscription.title,
        "xmlUrl": subscription.feed,
        "htmlUrl": subscription.home,
        "language": subscription.language,
    }
    for name, value in attributes.items():
        if value:
            element.set(name, xml_text(value))
    _set_ours(element, subscription.settings)


def _set_ours(element: _Element, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        element.set(f"{{{NAMESPACE}}}{name}", xml_text(value))
