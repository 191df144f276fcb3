"""The names in a text: capitalised phrases for people, places and organisations. Pure."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import dropwhile, pairwise
from typing import Final

from aggregator.stopwords import DETERMINERS, PARTICLES, STOP_WORDS, TITLES
from aggregator.tolls import NUMBERS
from aggregator.words import UNSPACED, Run, Token, primary, sentences

_GERMAN_NOUN: Final = re.compile(
    r"(?:ung|heit|keit|schaft|tion|sion|tät|nis|tum|ismus)(?:en|s|se|es|ern)?$"
)
_HIRAGANA: Final = re.compile("[\u3040-\u309f]")  # Japanese grammar, hardly ever a name


LONGEST = 8  # words of a name; a longer run of capitals is a headline or a trick


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A name: `key` to compare, `surface` to show."""

    key: str
    surface: str


def phrases(text: str, language: str) -> tuple[str, ...]:
    """Return the folded names of people, places and organisations in a plain text.

    Scripts without capitals give every pair of neighbouring words instead: few pairs but names
    are shared by two texts.
    """
    return tuple(phrase.key for phrase in named(sentences(text, language), language))


def named(text: tuple[Run, ...], language: str) -> Iterator[Phrase]:
    """Yield the names in a text, with the surface of each.

    Where capitals tell nothing (a Headline In Title Case, the first word of a sentence) only
    names the rest of the text vouches for are taken.
    """
    language = primary(language)
    sure, doubtful = _names(text, language)
    vouched = {key(part) for run in sure for part in (run, *((word,) for word in run))}
    for run in doubtful:
        sure.extend(_vouched(run, vouched))
    for run in sure:
        yield Phrase(key=key(run), surface=surface(run))
    yield from _pairs(text)


def has_case(word: str) -> bool:
    """Return whether the script of a word has capitals to begin names with; numbers say yes.

    Georgian has capitals (Unicode 11), yet begins no word with one: its title case is itself.
    """
    return not word[0].isalpha() or not word[0] == word[0].title() == word[0].lower()


def key(run: Iterable[Token]) -> str:
    """Return what a run of words is compared by: its stems."""
    return " ".join(word.stem for word in run)


def surface(run: Run) -> str:
    """Return a run of words as it was written."""
    written = run[0].surface + "".join(word.before + word.surface for word in run[1:])
    return " ".join(written.split())


def _names(text: tuple[Run, ...], language: str) -> tuple[list[Run], list[Run]]:
    """Return the runs of capitalised words that surely are names, and those that may be.

    A word alone at the start of a sentence may be: in English it mostly is one, unless the text
    has it in small letters too (measured: without these, nDCG@5 falls by .01).
    """
    sure: list[Run] = []
    doubtful: list[Run] = []
    stop = STOP_WORDS.get(language, frozenset())
    common = _common_nouns(text) if language == "de" else frozenset()
    small = {word.stem for sentence in text for word in sentence if word.surface[0].islower()}
    for sentence in text:
        is_headline = language != "de" and _is_headline(sentence, stop)
        for start, run in _runs(sentence):
            name = run if start else _without_opening(run, stop | NUMBERS)
            is_opening = start == 0 and name == run and len(run) == 1 and not run[0].is_acronym
            is_doubtful = is_opening and (language != "en" or run[0].stem in small)
            if is_headline or is_doubtful:
                doubtful.append(name)
            elif len(name) > 1 or (name and name[0].stem not in common):
                sure.append(name)
    return sure, doubtful


def _runs(sentence: Run) -> Iterator[tuple[int, Run]]:
    """Yield each run of capitalised words with its place in the sentence.

    Particles and numbers may stand inside ("Bank of England", "Flight 171"), a title ends what
    went before it: "Russian President | Vladimir Putin".
    """
    start = end = 0
    for index, word in enumerate(sentence):
        if end and (
            word.before.strip().strip("-'\u2019") or _is_possessive(word) or index > end + 2
        ):
            yield from _trimmed(sentence, start, end)
            end = 0
        if word.is_capitalised:
            is_title = word.folded in TITLES
            if is_title and end:
                yield from _trimmed(sentence, start, end)
            start = start if end and not is_title else index
            end = index + 1
        elif end == index and end and word.surface.isdigit():
            end = index + 1
        elif end and word.folded not in PARTICLES:
            yield from _trimmed(sentence, start, end)
            end = 0
    if end:
        yield from _trimmed(sentence, start, end)


def _trimmed(sentence: Run, start: int, end: int) -> Iterator[tuple[int, Run]]:
    while start < end and sentence[start].folded in TITLES | PARTICLES:
        start += 1
    if start < end <= start + LONGEST:
        yield start, sentence[start:end]


def _without_opening(run: Run, stop: AbstractSet[str]) -> Run:
    """Return a run without the words that are capitals only because a sentence begins."""
    return tuple(dropwhile(lambda word: not word.is_acronym and word.folded in stop, run))


def _is_headline(sentence: Run, stop: AbstractSet[str]) -> bool:
    words = [word for word in sentence if word.surface[0].isalpha() and word.folded not in stop]
    cased = [word.surface[0].isupper() for word in words if len(word.folded) > 1]
    return len(cased) >= 4 and sum(cased) > 0.8 * len(cased)


def _is_possessive(word: Token) -> bool:
    return word.folded == "s" and word.before in {"'", "\u2019"}


def _vouched(run: Run, vouched: AbstractSet[str]) -> Iterator[Run]:
    """Yield the longest parts of a doubtful run that are names elsewhere; acronyms always are."""
    start = 0
    while start < len(run):
        for end in range(min(len(run), start + LONGEST), start, -1):
            part = run[start:end]
            if key(part) in vouched or (len(part) == 1 and part[0].is_acronym):
                yield part
                start = end
                break
        else:
            start += 1


def _common_nouns(text: tuple[Run, ...]) -> frozenset[str]:
    """Return the stems German writes as common nouns here: after a determiner, or by ending."""
    return frozenset(
        word.stem
        for sentence in text
        for before, word in pairwise((sentence[0], *sentence))
        if not word.is_acronym
        and (
            before.folded in DETERMINERS
            or before.surface.isdigit()
            or _GERMAN_NOUN.search(word.folded)
        )
    )


def _pairs(text: tuple[Run, ...]) -> Iterator[Phrase]:
    for sentence in text:
        for left, right in pairwise(sentence):
            if has_case(left.surface) or has_case(right.surface) or right.before.strip():
                continue
            run = surface((left, right))
            if right.before or not re.match(f"[{UNSPACED}]", run):
                yield Phrase(key=key((left, right)), surface=run)
            elif not _HIRAGANA.search(run):
                written = left.surface + right.surface[1:]  # letter pairs overlap
                yield Phrase(key=written, surface=written)
