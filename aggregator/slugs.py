"""Names as they stand in addresses: lower-case ASCII words joined by hyphens."""
# ruff: noqa: RUF001 (letters of other alphabets that look like Latin ones are the point here)

import re
import unicodedata

PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST = 64
_WORDS = re.compile("[a-z0-9]+")

# Letters that Unicode does not decompose: Latin, then the Greek and Cyrillic of European papers.
_SPELT = {
    "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
    "θ": "th", "χ": "ch", "ψ": "ps",
    "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya", "є": "ye",
    "ї": "yi", "ђ": "dj", "љ": "lj", "њ": "nj", "џ": "dz", "ѕ": "dz", "ь": "",
}  # fmt: skip
_LETTERS = (
    str.maketrans("øđðłıħŋŧə", "oddlihnta")
    | str.maketrans("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo")
    | str.maketrans("абвгдезийклмнопрстуфхъыэіґјћ", "abvgdeziyklmnoprstufhayeigjc")
    | str.maketrans(_SPELT)
)


def slug(title: str) -> str:
    """Return a title's slug, at most `LONGEST` characters; "" where no letter can be spelt."""
    if title.isascii():
        return _joined(title.lower())
    # some accented letters are letters of their own (й), others only carry an accent (ά)
    spelt = unicodedata.normalize("NFKC", title).casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", spelt).translate(_LETTERS)
    return _joined(decomposed.encode("ascii", "ignore").decode())


def _joined(letters: str) -> str:
    words = _WORDS.findall(letters.replace("'", ""))
    return "-".join(words)[:LONGEST].rstrip("-")
