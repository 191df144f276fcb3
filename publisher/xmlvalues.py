"""Which values the documents we write may hold. Pure; None is for what they may not."""

import re
from typing import Final

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE: Final = re.compile(r"[^\s/;]+/[^\s/;]+(;.*)?")


def xml_text(value: str) -> str:
    """Return the text without what XML 1.0 (2.2, Char) has no way to write."""
    return _NOT_XML.sub("", value)


def iri(value: str | None) -> str | None:
    """Return an absolute IRI of any scheme: an id, or the scheme of a category."""
    return _admit(_IRI, value)


def web_address(value: str | None) -> str | None:
    """Return an absolute address that a reader may safely follow."""
    return _admit(_WEB_ADDRESS, value)


def email(value: str | None) -> str | None:
    """Return what RFC 4287 (3.2.3) can take for an e-mail address."""
    return _admit(_EMAIL, value)


def language_tag(value: str | None) -> str | None:
    """Return a tag of the shape RFC 4287 (2, atomLanguageTag) asks for."""
    return _admit(_LANGUAGE, value)


def media_type(value: str | None) -> str | None:
    """Return a media type (RFC 4287, 4.2.7.3)."""
    return _admit(_MEDIA_TYPE, value)


def _admit(pattern: re.Pattern[str], value: str | None) -> str | None:
    return value if value is not None and pattern.fullmatch(value) else None
