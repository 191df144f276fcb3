"""Characters dealt with once, at the door: what XML cannot hold, what turns a page over. Pure.

Nothing that comes in later needs to ask again whether a text has controls in it, turns the
direction of what is printed after it, or is written with the same letters composed otherwise.
"""

import re
import unicodedata

# Not XML 1.0 Char (2.2), a lone surrogate among them.
_NOT_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
# Numbers 128 to 159 mean windows-1252 to everyone who writes them (HTML, 13.2.5.80).
_C1 = re.compile("[\x80-\x9f]")
_ODD = re.compile(f"[{_NOT_XML}\x80-\x9f]")
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
_UNKNOWN = re.compile(f"[{_NOT_XML}]")
# Delete, Bidi_Control of Unicode, the byte order mark, zero-width space and the soft hyphen.
_INVISIBLE = re.compile(
    "[\x7f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]"
)
# Of these what may turn over a page: embeddings, overrides, isolates. A mark of direction, which
# Arabic and Hebrew need between words and signs, and the places where a word may break can stay.
_TURNING = "\x7f\u202a-\u202e\u2066-\u2069\ufeff"
# Marks above and below a letter. No language needs five of them; a flood covers other lines.
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_TURNED = re.compile(f"[{_TURNING}]")
_SUSPECT = re.compile(f"[{_TURNING}{_MARKS}]")
_FLOOD = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_BETWEEN_BRACKETS = re.compile(r"[^<>]+")


def legal(text: str) -> str:
    """Return text of XML 1.0's characters, with C1 controls read as windows-1252."""
    if _is_plain(text) or _ODD.search(text) is None:
        return text
    kept = _UNKNOWN.sub("", text)
    return _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), kept)


def _is_plain(text: str) -> bool:
    """Say of most texts, at one look at their bytes, that nothing in them is odd.

    A pattern takes three times as long; what may be one of ours in UTF-8 is left to it.
    """
    try:
        written = text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return False
    if len(written.translate(None, _CONTROLS)) < len(written):
        return False
    return len(written) == len(text) or not (b"\xc2" in written or b"\xef\xbf" in written)


def clean_text(text: str) -> str:
    """Return one line of text fit for XML and for the eye.

    XML 1.0 characters alone, NFC, no control or bidirectional override, no flood of accents,
    white space collapsed.
    """
    kept = legal(text)
    if not kept.isascii():
        kept = _FLOOD.sub(r"\1", _INVISIBLE.sub("", kept))
        kept = unicodedata.normalize("NFC", kept)
    elif "\x7f" in kept:
        kept = kept.replace("\x7f", "")
    return " ".join(kept.split())


def _is_western(text: str) -> bool:
    """Say whether all letters are of Latin-1, which has each composed and turns nothing over."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def clean_markup(html: str) -> str:
    """Return legal markup with nothing in it that turns the text around it over; in NFC.

    No bracket of a tag is ever composed with what comes after it: ">" and U+0338 would be "≯".
    """
    if html.isascii() or _is_western(html):
        return html.replace("\x7f", "")
    kept = html
    if _SUSPECT.search(html):
        kept = _FLOOD.sub(r"\1", _TURNED.sub("", html))
    if unicodedata.is_normalized("NFC", kept):
        return kept
    return _BETWEEN_BRACKETS.sub(lambda match: unicodedata.normalize("NFC", match[0]), kept)
