"""The words of a text, by sentence, and their stems. Pure.

Comparisons are of folded forms: case and accents gone, inflection cut where snowball knows the
language. The surface kept beside a folded form is only ever shown to people.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final

import Stemmer

from aggregator.stopwords import CALENDAR, STOP_WORDS

_ALGORITHMS: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_KNOWN_ALGORITHMS: Final = frozenset(Stemmer.algorithms())
# Thai, Lao, Burmese, Khmer, Japanese and Chinese put no spaces between words.
UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Where there may be marks; ideographs, Hangul and what is private make three quarters of the rest.
_BLOCKS: Final = chain(range(0x300, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x10000))
_MARKS: Final = "".join(
    chr(code) for code in _BLOCKS if unicodedata.category(chr(code))[0] == "M"
)  # vowel signs of Indic scripts and the like, which `\w` leaves out
LONGEST: Final = 64  # letters of a word: what is longer is data, and breaks an index of PostgreSQL
TOKEN: Final = re.compile(f"[{UNSPACED}]+|(?:(?![{UNSPACED}])[^\\W_][{_MARKS}]*)+")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_INITIALS: Final = re.compile(r"\b(?:[A-Z]\.){2,}")
_SENTENCE_ENDS: Final = re.compile(r"[.!?…:;•|\n\"“”«»„(\u2014\u2013]")
_ABBREVIATED: Final = frozenset(
    ("mr", "mrs", "ms", "dr", "st", "gen", "col", "lt", "sgt", "gov", "sen", "rep", "prof", "rev")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word as written, folded and stemmed, with what stood between it and the one before."""

    surface: str
    folded: str
    stem: str
    before: str
    is_acronym: bool

    @property
    def is_capitalised(self) -> bool:
        """Whether it starts as a name does; one letter or a month does not name anybody."""
        return self.surface[0].isupper() and len(self.folded) > 1 and self.folded not in CALENDAR


Run = tuple[Token, ...]


@lru_cache(maxsize=1_000)
def primary(language: str) -> str:
    """Return the primary subtag of a language tag: "en" of "en-GB" (RFC 5646, 2.2.1)."""
    return re.split("[-_]", language, maxsplit=1)[0].lower()


def stems(text: str, language: str) -> tuple[str, ...]:
    """Return the stems of a plain text in order, without stop words and bare numbers.

    "US" and "WHO" are kept where "us" and "who" are not. Numbers go: measured, they relate one
    toll to another ("27 killed"), and mean nothing to the reader who asks for the reason.
    """
    return tuple(word.stem for word in content(sentences(text, language), language))


@lru_cache(maxsize=100)  # of a few articles: what is heard is placed, too
def sentences(text: str, language: str) -> tuple[Run, ...]:
    """Return the words of a plain text by sentence; scripts without spaces come in letter pairs."""
    language = primary(language)
    sentence: list[tuple[str, str]] = []
    found: list[Run] = []
    for surface, before in _split(unicodedata.normalize("NFC", text.replace("\u00ad", ""))):
        abbreviated = sentence and before.strip() == "." and sentence[-1][0].lower() in _ABBREVIATED
        if sentence and not abbreviated and _SENTENCE_ENDS.search(before):
            found.append(_tokens(sentence, language))
            sentence = []
        sentence.append((surface, before))
    return (*found, _tokens(sentence, language)) if sentence else ()


def content(text: Iterable[Run], language: str) -> Iterator[Token]:
    """Yield the words that carry a subject: no stop words, single letters or bare numbers."""
    stop = STOP_WORDS.get(primary(language), frozenset())
    for sentence in text:
        for word in sentence:
            is_said = word.is_acronym or word.folded not in stop
            if is_said and len(word.folded) > 1 and not word.surface.isdigit():
                yield word


def is_acronym(word: str, *, longest: int = 5) -> bool:
    """Return whether a word is short and all capitals: its case is then part of its meaning."""
    return 1 < len(word) <= longest and word.isupper() and word.isalpha()


def _split(text: str) -> Iterator[tuple[str, str]]:
    text = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), text)  # U.S. is US
    end = 0
    for match in TOKEN.finditer(text):
        if len(match[0]) > LONGEST and not _UNSPACED.match(match[0]):
            continue  # it stands between the words around it
        before, end, word = text[end : match.start()], match.end(), match[0]
        if len(word) > 2 and _UNSPACED.match(word):
            for index, (left, right) in enumerate(pairwise(word)):
                yield left + right, "" if index else before
        else:
            yield word, before


def _tokens(sentence: list[tuple[str, str]], language: str) -> Run:
    capitals = sum(word.isupper() for word, _ in sentence if len(word) > 1)
    is_shouted = capitals > 3 and capitals > len(sentence) / 2
    return tuple(
        Token(
            surface=word,
            folded=(folded := _folded(word, language)),
            stem=_stem(folded, language),
            before=before,
            is_acronym=not is_shouted and is_acronym(word),
        )
        for word, before in sentence
    )


def _folded(word: str, language: str) -> str:
    if language in {"tr", "az"}:
        word = word.replace("I", "\u0131")
    return word.lower().replace("\u0307", "")  # the dot that lower() leaves of İ


@lru_cache(maxsize=100_000)
def _stem(folded: str, language: str) -> str:
    algorithm = _ALGORITHMS.get(language)
    if algorithm in _KNOWN_ALGORITHMS:  # a stemmer keeps state while it works: one a call
        folded = Stemmer.Stemmer(algorithm, 0).stemWord(folded) or folded
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", folded))
    return unicodedata.normalize("NFC", bare)
