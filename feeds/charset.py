"""From bytes to characters, by what the bytes show before what the publisher says."""

import codecs
import re

from feeds.lettering import family, guess

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{1,40})", re.IGNORECASE
)
# What Python calls an encoding but no publisher means (idna, punycode, hex) stays out.
_KNOWN = re.compile(
    r"(?:x-)?(?:us-ascii|ascii|latin|utf|iso|windows|cp|koi8|gb|hz|big5|euc|shift|sjis|ks|tis|mac)[\w.:-]*",
    re.IGNORECASE,
)
# Names people write for what Python calls otherwise.
_ALIASES = (
    (re.compile(r"x-(.+)"), r"\1"),
    (re.compile(r"(?:win|cp)-?(125\d)"), r"cp\1"),
    (re.compile(r"iso-?8859-8-[ei]"), "cp1255"),
)
_STATEFUL = re.compile(r"(?:iso-?2022|hz)", re.IGNORECASE)
# Browsers read the left as the right (WHATWG Encoding, 4.2), and so publishers mean it.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "koi8-r": "koi8-u",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Where a document has what ISO 8859 has no letters for, it is in windows' version of it.
_SIBLINGS = {
    "iso8859-2": "cp1250",
    "iso8859-6": "cp1256",
    "iso8859-7": "cp1253",
    "iso8859-8": "cp1255",
    "iso8859-13": "cp1257",
}
_NO_LETTER = re.compile(rb"[\x80-\x9f]")
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252"})
# Letters of Latin-1 and the punctuation of Unicode, encoded twice.
_TAIL = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xC0))
_DOUBLED = re.compile(f"\u00e2\u20ac[{_TAIL}]|[\u00c2\u00c3][{_TAIL}]")
_SIGNS = ("\u00e2\u20ac", "\u00c2", "\u00c3")  # what each of them begins with
_PROOF = 3  # of the letters; a Portuguese capital before a quotation mark looks like one
_SERVER_DEFAULTS = frozenset({"ascii", "iso8859-1"})


def decode(body: bytes, *, content_type: str = "") -> tuple[str, str | None]:
    """Return the text of a document, and what was wrong with its charset, in words.

    A byte order mark comes first, then bytes that are valid UTF-8, which other text hardly
    ever is by chance; only then the Content-Type and the XML declaration (RFC 7303, 3), unless
    the letters speak for another. Never fails: what fits nothing is read as windows-1252.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) if encoding == "utf-8" else 0 :].decode(encoding, "replace"), None
    if (wide := _utf16(body)) is not None:
        return body.decode(wide, "replace"), None
    said = _said(body, content_type)
    for encoding in (name for name in said if _STATEFUL.match(name)):
        return body.decode(encoding, "replace"), None
    if body.isascii() and b"\x1b" in body and (escaped := guess(body)):
        return body.decode(escaped, "replace"), None
    try:
        return body.decode("utf-8"), _overridden(body, said)
    except UnicodeDecodeError:
        return _legacy(body, said)


def undoubled(text: str) -> str:
    """Return text that was encoded to UTF-8 twice as it was meant; any other as it is.

    All of it, or what of it cannot be meant: a quotation mark that became "\u00e2\u20ac\u2122".
    """
    if text.isascii():
        return text
    try:
        return text.encode("cp1252", "c1_bytes").decode("utf-8")
    except UnicodeError:
        pass
    if not any(sign in text for sign in _SIGNS):
        return text
    signs = _DOUBLED.findall(text)
    if len(signs) < _PROOF and not any(sign[0] == "\u00e2" for sign in signs):
        return text
    return _DOUBLED.sub(lambda sign: sign[0].encode("cp1252", "c1_bytes").decode("utf-8"), text)


def _said(body: bytes, content_type: str) -> list[str]:
    """Return the encodings named, most trusted first, by Python's names for them.

    A server's iso-8859-1 is mostly its default, so the document's own word goes before it.
    """
    header = _HEADER.search(content_type)
    declaration = _DECLARATION.search(body[:1024])
    names = [match and _python_name(match[1]) for match in (header, declaration)]
    named = [name for name in names if name]
    return sorted(named, key=_SERVER_DEFAULTS.__contains__)


def _python_name(written: str | bytes) -> str | None:
    name = written if isinstance(written, str) else written.decode("ascii", "replace")
    if not _KNOWN.fullmatch(name):
        return None
    meant = (pattern.sub(by, name) for pattern, by in _ALIASES if pattern.fullmatch(name.lower()))
    for each in (name, *meant):
        try:
            return codecs.lookup(each).name
        except LookupError:
            continue
    return None


def _utf16(body: bytes) -> str | None:
    """Return the UTF-16 a document without a mark is in, by its first two characters."""
    start = body[:4]
    if len(start) == 4 and start[0] and not start[1] and start[2] and not start[3]:
        return "utf-16-le"
    if len(start) == 4 and not start[0] and start[1] and not start[2] and start[3]:
        return "utf-16-be"
    return None


def _overridden(body: bytes, said: list[str]) -> str | None:
    if not said or said[0] == "utf-8" or body.isascii():
        return None
    return f"the document says it is {said[0]} and is UTF-8"


def _legacy(body: bytes, said: list[str]) -> tuple[str, str | None]:
    """Read what is not UTF-8, by what is said of it, unless its letters say otherwise."""
    for name in said:
        if name.startswith("utf"):
            continue
        meant = _SIBLINGS.get(name, name) if _NO_LETTER.search(body) else name
        meant = _MEANT.get(meant, meant)
        text = body.decode(meant, "cp1252_bytes" if name in _MEANT else "replace")
        if text.count("\ufffd") * 100 > len(text):
            continue
        rivals = family(meant)
        other = guess(body, rivals) if rivals or name in _LATIN else None
        if other is None or codecs.lookup(other) == codecs.lookup(meant):
            return text, None
        return _by_its_letters(body, other)
    if not _is_mostly_utf8(body) and (other := guess(body)):
        return _by_its_letters(body, other)
    note = "the document is not the UTF-8 it should be; the odd bytes are read as windows-1252"
    return body.decode("utf-8", "cp1252_bytes"), note


def _by_its_letters(body: bytes, encoding: str) -> tuple[str, str]:
    note = "the document is not in the charset it says it is; by its letters it is in"
    return body.decode(encoding, "replace"), f"{note} {encoding}"


def _is_mostly_utf8(body: bytes) -> bool:
    """Say whether more characters are well-formed UTF-8 than are not, of those beyond ASCII."""
    text = body.decode("utf-8", "replace")
    odd = text.count("\ufffd")
    wide = len(text) - len(text.encode("ascii", "ignore")) - odd
    return wide > odd


def _cp1252_bytes(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes a decoder refuses as windows-1252, and its five gaps as latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join(_character(byte) for byte in odd), error.end


def _character(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


def _c1_bytes(error: UnicodeError) -> tuple[bytes, int]:
    """Write a C1 control, which windows-1252 lacks, as the byte it was."""
    if isinstance(error, UnicodeEncodeError):
        odd = error.object[error.start : error.end]
        if all("\x80" <= character <= "\x9f" for character in odd):
            return odd.encode("latin-1"), error.end
    raise error


codecs.register_error("cp1252_bytes", _cp1252_bytes)
codecs.register_error("c1_bytes", _c1_bytes)
