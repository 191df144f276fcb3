"""Which encoding bytes are in that nobody names rightly, told by the letters they would be. Pure.

Only for text that is mostly in letters beyond ASCII: Cyrillic in windows-1251 sent as UTF-8 is
unreadable, while a French accent in the wrong encoding is a nuisance that windows-1252 cures.
"""

import codecs
import re
from collections.abc import Iterable

_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 200_000  # bytes that are looked at
_LEAST = 8  # bytes beyond ASCII; fewer say nothing
_LONG = 3  # a run of so many is no accent in a Latin word
_LEAST_LONG, _LEAST_LIKELY = 0.6, 0.6  # shares: of the bytes in long runs, of the usual letters

# The letters most of a language's text is made of.
_CYRILLIC = frozenset("оеаинтсрвлкмдпуі")
_USUAL = {
    "cp1251": _CYRILLIC,
    "koi8_u": _CYRILLIC,
    "cp866": _CYRILLIC,
    "iso8859_5": _CYRILLIC,
    "cp1253": frozenset("αοιετσνηυρπκμλςωάίόέήύ"),
    "cp1255": frozenset("יוהלארתבמשנדעחםק"),
    "cp1256": frozenset("البيترنمهودسعةكقفأ"),
    "cp874": frozenset("านรอกเงมยลวดท่้ัิีห"),
}
_ESCAPED = re.compile(rb"\x1b(?:\$[@B]|\(J)")  # to Japanese and back (ISO-2022-JP)


def guess(body: bytes, among: Iterable[str] = ()) -> str | None:
    """Return Python's name of the encoding that `body` is in, or None where nothing speaks for one.

    `among` are the only ones it may be, if there are any. A text of a few words can be told;
    one of Latin letters with accents never is.
    """
    runs = _RUN.findall(body[:_SAMPLE])
    total = sum(map(len, runs))
    if total < _LEAST:
        return "iso2022_jp" if _ESCAPED.search(body) and not among else None
    if sum(len(run) for run in runs if len(run) >= _LONG) < _LEAST_LONG * total:
        return None
    likely = {name: _likelihood(name, body[:_SAMPLE], runs) for name in among or _ALL}
    best = max(likely, key=likely.__getitem__)
    return best if likely[best] >= _LEAST_LIKELY else None


def family(name: str) -> tuple[str, ...]:
    """Return the encodings that one is taken for, itself among them: publishers mix these up."""
    said = codecs.lookup(name)
    return next((some for some in _FAMILIES if said in map(codecs.lookup, some)), ())


def _likelihood(name: str, body: bytes, runs: list[bytes]) -> float:
    """Return the share of the letters that are usual ones, were the text in this encoding."""
    if usual := _USUAL.get(name):
        text = b"".join(runs).decode(name, "replace")
        return sum(map(text.count, usual)) / len(text) * _weight(name, text)
    try:
        text = codecs.getincrementaldecoder(name)("strict").decode(body)
    except UnicodeDecodeError:
        return 0.0
    wide = [letter for letter in text if letter > "\x7f"]
    return _WIDE[name](wide) if wide else 0.0


def _weight(name: str, text: str) -> float:
    """Return less for Greek without an accent, which is Hebrew; more for Thai, of many letters."""
    if name == "cp1253":
        return 1.0 if sum(map(text.count, "άέήίόύώ")) >= 0.03 * len(text) else 0.5
    return 1.4 if name == "cp874" else 1.0


def _japanese(letters: list[str]) -> float:
    """Return how Japanese letters look: kana in plenty, none of them of half width."""
    kana = sum("\u3041" <= letter <= "\u30fe" for letter in letters)
    halves = sum("\uff61" <= letter <= "\uff9f" for letter in letters)
    return min(1.0, 2.5 * kana / len(letters)) - 2 * halves / len(letters)


def _korean(letters: list[str]) -> float:
    """Return the share of syllables; Chinese read as Korean has four Hanja in ten letters."""
    share = sum("\uac00" <= letter <= "\ud7a3" for letter in letters) / len(letters)
    return share if share >= 0.85 else 0.0


def _simplified(letters: list[str]) -> float:
    """Return the share of the usual 3,755 characters, those of the first level of GB 2312."""
    return _first_level(letters, "gb2312", 0xB0, 0xD7) * 0.98


def _traditional(letters: list[str]) -> float:
    """Return the share of the usual 5,401 characters, those of the first level of Big5."""
    return _first_level(letters, "big5", 0xA4, 0xC6) * 0.97


def _first_level(letters: list[str], name: str, first: int, last: int) -> float:
    leads = (letter.encode(name, "ignore")[:1] for letter in letters)
    usual = sum(bytes([first]) <= lead <= bytes([last]) for lead in leads)
    marks = sum("\u3000" <= letter <= "\u303f" or letter >= "\uff00" for letter in letters)
    return usual / max(1, len(letters) - marks)


_WIDE = {
    "euc_jp": _japanese,
    "cp932": _japanese,
    "euc_kr": _korean,
    "gb18030": _simplified,
    "big5": _traditional,
}
_ALL = (*_WIDE, *_USUAL)
_FAMILIES = (("cp1251", "koi8_u", "cp866", "iso8859_5"), ("euc_jp", "cp932"))
